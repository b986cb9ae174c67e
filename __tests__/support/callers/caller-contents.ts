import * as z from "zod/mini";
import { domain } from "../../../domain/domain.ts";
import { replaceFiles } from "../../../domain/files.ts";
import { createSample } from "../../../domain/sample.ts";
import { sha256Hex, toBytes } from "../function-payloads.ts";
import { aPlainFile, sampleGroup } from "../function-records.ts";

/** What is sent, and what a reader sees of it once it is stored. */
export interface CallerContent {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Undefined where it is not acceptable. */
  readonly kept: Readonly<Record<string, unknown>> | undefined;
  /** Of a payload; undefined of a plain file. */
  readonly group: string | undefined;
  /** The bytes of its files by their hashes. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export type Contents = readonly [CallerContent, ...CallerContent[]];

/** Two groups where the domain has more than one that is made of letters or digits. */
export const groups: readonly [string, ...string[]] = [sampleGroup, ...otherGroups()];

function otherGroups(): string[] {
  const { [domain.listedBy]: schema = z.never() } = domain.contract.shape;
  return ["0", "1", "A"]
    .map((last) => sampleGroup.slice(0, -1) + last)
    .filter((group) => group !== sampleGroup && z.safeParse(schema, group).success)
    .slice(0, 1);
}

/** The same for all callers, so that what one has the bytes of is another's as well. */
export function payloads(): Contents {
  const valid = [0, 1, 2].flatMap((mark) => groups.map((group) => payloadOf(String(mark), group)));
  const broken = [Buffer.from("{"), toBytes({ ...createSample().record, [domain.listedBy]: 7 })];
  return [payloadOf("first", sampleGroup), ...valid, ...broken.map((bytes) => refused(bytes))];
}

function payloadOf(mark: string, group: string): CallerContent {
  const sample = createSample({ mark });
  const record = { ...sample.record, [domain.listedBy]: group };
  return {
    bytes: toBytes(record),
    contentType: "application/json",
    kept: replaceFiles(domain.contract.parse(record), domain.files, ({ fileName, contentType, data }) => {
      const bytes = Buffer.from(data, "base64");
      return { fileName, contentType, sha256: sha256Hex(bytes), sizeBytes: bytes.length };
    }),
    group,
    files: new Map(sample.files.map(({ sha256, bytes }) => [sha256, bytes])),
  };
}

export function plainFiles(): Contents {
  const valid = [0, 1, 2].map((mark) => {
    const { bytes, contentType, sha256 } = aPlainFile(String(mark));
    const fileName = `file ${mark}`;
    return {
      bytes,
      contentType,
      kept: { fileName, contentType, sha256, sizeBytes: bytes.length },
      group: undefined,
      files: new Map([[sha256, bytes]]),
    };
  });
  const { contentType } = aPlainFile();
  return [refused(Buffer.from("no file"), contentType), ...valid];
}

function refused(bytes: Buffer, contentType = "application/json"): CallerContent {
  return { bytes, contentType, kept: undefined, group: undefined, files: new Map() };
}
