import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { credentialsOf } from "../contract/aws-client.ts";
import { UserError } from "../contract/user-error.ts";

/** What all stacks together, or what somebody has handed in, may have at most: some hundred kilobytes are usual. */
const MAX_OBJECT_BYTES = 52_428_800;

/** The bucket of the builds. It has its own errors for what a build can do something about. */
export class BuildBucket {
  readonly #s3: S3Client;
  readonly name: string;
  readonly #owner: string;

  /** @param owner the account that the bucket must belong to */
  constructor(name: string, owner: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.#owner = owner;
    const endpoint = env["BUILDS_ENDPOINT_URL"];
    // With an endpoint of its own, the bucket has no host name of its own.
    const region = env["AWS_REGION"];
    this.#s3 = new S3Client({
      ...(endpoint && { endpoint, forcePathStyle: true }),
      ...(region && { region }),
      ...credentialsOf(env),
    });
  }

  /**
   * Returns its version, where the bucket keeps versions.
   * @throws UserError where S3 does not take it
   */
  async put(key: string, body: Buffer | string): Promise<string | undefined> {
    const { VersionId } = await this.#call("write", key, () =>
      this.#s3.send(new PutObjectCommand({ ...this.#address, Key: key, Body: body })),
    );
    return VersionId;
  }

  /**
   * An object, or a version of it; undefined where there is none. Without s3:ListBucket, S3 answers AccessDenied for a missing
   * object: that counts as none, as does an id that it never gave to a version.
   * @throws UserError where S3 does not answer, or the object is too large
   */
  async get(key: string, version?: string): Promise<Buffer | undefined> {
    return this.#call("read", key, async () => {
      try {
        const { Body, ContentLength = 0 } = await this.#s3.send(
          new GetObjectCommand({ ...this.#address, Key: key, ...(version && { VersionId: version }) }),
        );
        if (ContentLength > MAX_OBJECT_BYTES) {
          throw new UserError(
            `s3://${this.name}/${key} has ${ContentLength} bytes. The limit is ${MAX_OBJECT_BYTES}.`,
          );
        }
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        const { name } = error as Error;
        const isUnknownVersion = version !== undefined && name === "InvalidArgument";
        if (isUnknownVersion || ["NoSuchKey", "NoSuchVersion", "AccessDenied"].includes(name))
          return undefined;
        throw error;
      }
    });
  }

  get #address() {
    return { Bucket: this.name, ExpectedBucketOwner: this.#owner };
  }

  async #call<Result>(what: string, key: string, send: () => Promise<Result>): Promise<Result> {
    try {
      return await send();
    } catch (error) {
      if (error instanceof UserError) throw error;
      const { name, message } = error as Error;
      throw new UserError(`Cannot ${what} s3://${this.name}/${key}: ${message || name}.`, { cause: error });
    }
  }
}
