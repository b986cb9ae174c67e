/** A bucket, and the account that it must belong to: whoever took over its name gets nothing, and gives nothing. */
export interface OwnedBucket {
  readonly name: string;
  readonly owner: string;
}

/** What every call of S3 says of its bucket. */
export function addressOf({ name, owner }: OwnedBucket) {
  return { Bucket: name, ExpectedBucketOwner: owner } as const;
}
