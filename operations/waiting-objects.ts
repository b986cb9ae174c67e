import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";

/** What waits in the intake bucket, as a listing tells it: that needs no right to read payloads. */
export interface WaitingObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
}

export interface IntakeListing {
  find(key: string): Promise<WaitingObject | undefined>;
  /** Every object below a prefix, page by page, in the order of keys. */
  pages(prefix: string): AsyncGenerator<readonly WaitingObject[]>;
}

export type S3Calls = Pick<S3Client, "send">;

/** The bucket of that name has to belong to that account. */
export function createIntakeListing(
  s3: S3Calls,
  { intakeBucket, accountId }: { intakeBucket: string; accountId: string },
): IntakeListing {
  const address = { Bucket: intakeBucket, ExpectedBucketOwner: accountId };
  return {
    async find(key) {
      // The key itself sorts first among those that it is a prefix of.
      const page = await s3.send(new ListObjectsV2Command({ ...address, Prefix: key, MaxKeys: 1 }));
      return objectsOf(page).find((object) => object.key === key);
    },
    async *pages(prefix) {
      let token: string | undefined;
      do {
        const page: ListObjectsV2CommandOutput = await s3.send(
          new ListObjectsV2Command({
            ...address,
            Prefix: prefix,
            ...(token && { ContinuationToken: token }),
          }),
        );
        yield objectsOf(page);
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
  };
}

function objectsOf({ Contents = [] }: ListObjectsV2CommandOutput): WaitingObject[] {
  return Contents.map(({ Key = "", Size = 0, LastModified }) => ({
    key: Key,
    sizeBytes: Size,
    writtenAt: LastModified?.getTime() ?? 0,
  }));
}
