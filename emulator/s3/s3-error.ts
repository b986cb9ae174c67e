/** An answer of Amazon S3 that is an error, with its code: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements of the answer, such as Key. */
  readonly details: Readonly<Record<string, string>>;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "S3Error";
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

export function noSuchBucket(BucketName: string): S3Error {
  return new S3Error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName });
}

export function bucketNotEmpty(BucketName: string, hasVersions: boolean): S3Error {
  const versions = hasVersions ? ". You must delete all versions in the bucket." : "";
  return new S3Error(409, "BucketNotEmpty", `The bucket you tried to delete is not empty${versions}`, {
    BucketName,
  });
}

export function incompleteBody(): S3Error {
  return new S3Error(
    400,
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );
}

export function wrongMd5(expected: Buffer, calculated: Buffer): S3Error {
  return new S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.", {
    ExpectedDigest: expected.toString("hex"),
    CalculatedDigest: calculated.toString("base64"),
  });
}

/** @param name the algorithm, in the letters that Amazon S3 writes it with here */
export function wrongChecksum(name: string): S3Error {
  return new S3Error(400, "BadDigest", `The ${name} you specified did not match the calculated checksum.`);
}

export function noSuchKey(Key: string, headers: Readonly<Record<string, string>> = {}): S3Error {
  return new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key }, headers);
}

export function noSuchVersion(Key: string, VersionId: string): S3Error {
  return new S3Error(404, "NoSuchVersion", "The specified version does not exist.", { Key, VersionId });
}

export function invalidArgument(message: string, ArgumentName: string, ArgumentValue: string): S3Error {
  return new S3Error(400, "InvalidArgument", message, { ArgumentName, ArgumentValue });
}

export function invalidRequest(message: string): S3Error {
  return new S3Error(400, "InvalidRequest", message);
}

export function unsupportedAlgorithm(): S3Error {
  return invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  );
}

/** Of a condition, by the name of its header. */
export function preconditionFailed(Condition: string): S3Error {
  return new S3Error(
    412,
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
    {
      Condition,
    },
  );
}

/** Amazon S3 knows it and this does not. */
export function notImplemented(what: string): S3Error {
  return new S3Error(501, "NotImplemented", `The local S3 does not execute ${what}.`);
}
