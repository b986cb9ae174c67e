/** What happened to an object, by the names of https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
export interface S3Event {
  readonly name: `ObjectCreated:${string}` | `ObjectRemoved:${string}`;
  readonly bucket: string;
  readonly key: string;
  /** Undefined of a removal. */
  readonly sizeBytes?: number | undefined;
  /** Without quotes; undefined of a removal. */
  readonly eTag?: string | undefined;
  /** Undefined where the bucket has never kept versions. */
  readonly versionId?: string | undefined;
  readonly sourceIp: string;
}
