import type { ObjectVersion } from "./object-version.ts";
import { S3Error } from "./s3-error.ts";

/** Both ends are included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range header asks for; undefined for all of the object, as of a header with several ranges or none that is valid.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws S3Error InvalidRange if it begins behind the object's end
 */
export function parseRange(range: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, first = "", last = ""] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const suffixBytes = Number(last);
  const start = first === "" ? Math.max(0, sizeBytes - suffixBytes) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start >= sizeBytes || (first === "" && suffixBytes === 0)) {
    throw new S3Error(416, "InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: range ?? "",
      ActualObjectSize: String(sizeBytes),
    });
  }
  return start > end ? undefined : { start, end };
}

/**
 * The bytes of a part; an object that was not uploaded in parts is part 1 of itself.
 * @throws S3Error InvalidPartNumber, InvalidArgument
 */
export function rangeOfPart({ parts, sizeBytes }: ObjectVersion, partNumber: string): ByteRange {
  const number = Number(partNumber);
  if (!/^\d+$/.test(partNumber) || number < 1 || number > 10_000) {
    throw new S3Error(
      400,
      "InvalidArgument",
      "Part number must be an integer between 1 and 10000, inclusive",
      { ArgumentName: "partNumber", ArgumentValue: partNumber },
    );
  }
  const sizes = parts?.map((part) => part.sizeBytes) ?? [sizeBytes];
  const size = sizes[number - 1];
  if (size === undefined) {
    throw new S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", {
      PartNumberRequested: partNumber,
      ActualPartCount: String(sizes.length),
    });
  }
  const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
  return { start, end: start + size - 1 };
}
