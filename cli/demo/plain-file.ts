import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { domain } from "../../domain/domain.ts";
import { LARGE_API, SHARED_PATH } from "../../domain/names.ts";
import { type Answer, type Client, jsonOf, objectOf } from "./client.ts";
import { createDemoFile } from "./sample.ts";
import {
  bytesCheck,
  type Check,
  describe,
  duration,
  megabytes,
  outcomeCheck,
  type Step,
  statusCheck,
} from "./step.ts";

const plainFileBytes = 300_000;

/** A file as it is sent without a record around it. */
export interface PlainFile {
  readonly fileName: string;
  readonly headers: Readonly<Record<"Content-Type" | "x-file-name", string>>;
  readonly bytes: Buffer;
}

/** Of the first media type of the domain, with a name that its header has to encode. */
export function createPlainFile(): PlainFile {
  const [mediaType] = domain.mediaTypes;
  if (mediaType === undefined) throw new Error(`the domain "${domain.collection}" has no media type`);
  const fileName = `à part.${mediaType.extensions[0]}`;
  return {
    fileName,
    headers: { "Content-Type": mediaType.name, "x-file-name": encodeURIComponent(fileName) },
    bytes: createDemoFile(mediaType, "A plain file", plainFileBytes),
  };
}

/** Sends a file to an item that has a record, and reads it back. */
export async function sendPlainFile(client: Client, item: string): Promise<Step> {
  const file = createPlainFile();
  const path = `${SHARED_PATH}/${item}/files/file-1`;
  const sent = await client.send("POST", path, file.bytes, file.headers);
  const outcome = await client.followStatusUrl(path, sent);
  const read = await client.send("GET", path);
  const documentPath = `${path}/documents/${createHash("sha256").update(file.bytes).digest("hex")}`;
  const bytes = await client.send("GET", documentPath);
  const record = await client.send("GET", `${SHARED_PATH}/${item}`);
  return {
    title: `A plain file of the small ${domain.noun}, ${megabytes(file.bytes.length)}`,
    way: [
      `client ─► proxy ─► API ${LARGE_API} ─► S3 ─► SQS ─► function queue   ${duration(sent)}`,
      `documents bucket ─► S3 GetObject, no code ─► API ${LARGE_API} ─► client   ${duration(bytes)}`,
    ],
    checks: [
      statusCheck("it is accepted", 202, sent),
      outcomeCheck("its submission is stored", "stored", outcome),
      fileCheck(file, documentPath, read),
      bytesCheck("it comes back", file.bytes, bytes),
      listedCheck(record),
    ],
  };
}

function fileCheck({ fileName, headers, bytes }: PlainFile, documentPath: string, answer: Answer): Check {
  const { fileName: name, contentType, sizeBytes, path } = jsonOf(answer);
  const expected = {
    name: fileName,
    contentType: headers["Content-Type"],
    sizeBytes: bytes.length,
    path: documentPath,
  };
  return {
    expected: "its record has its name, type, size and path",
    passed: isDeepStrictEqual({ name, contentType, sizeBytes, path }, expected),
    got: describe(answer),
  };
}

function listedCheck(answer: Answer): Check {
  const { files } = jsonOf(answer);
  const ids = Array.isArray(files) ? files.map((file: unknown) => objectOf(file)["fileId"]) : [];
  return {
    expected: `the ${domain.noun} lists it`,
    passed: isDeepStrictEqual(ids, ["file-1"]),
    got: describe(answer),
  };
}
