import { domain } from "../../domain/domain.ts";
import type { FilePart } from "../../domain/files.ts";
import { filesOf } from "../../domain/files.ts";
import type { MediaType } from "../../domain/media-types.ts";
import { createFile } from "../../domain/sample.ts";
import { MAX_FILES } from "../../functions/ingestion/payload/check-files.ts";
import { aRecord, firstFile, toBytes, withFirstFile } from "./function-payloads.ts";

type AnyRecord = Record<string, unknown>;

export const maxPayloadBytes = 10_485_760;
export const record = aRecord();
export const recordText = JSON.stringify(record);

const first = firstFile().part;

/** The first place that holds a list of files, if the domain has one. */
const listPlace = domain.files.find((place) => place.endsWith(".*") && place.split("*").length === 2);
const [listedFile = { file: first }] = filesOf(record, listPlace === undefined ? [] : [listPlace]);

/** A small file as the list takes it, or else the domain's first one. */
export const smallFile: FilePart = {
  ...listedFile.file,
  sha256: undefined,
  data: dataOf(0, listedFile.file),
};

/** A file that is what it says, in base64. */
export function dataOf(sizeBytes: number, { contentType }: FilePart = first): string {
  const type: MediaType | undefined = domain.mediaTypes.find(({ name }) => name === contentType);
  if (type === undefined) throw new Error(`the domain has no media type ${contentType}`);
  return createFile(type, "padding", sizeBytes).toString("base64");
}

/** A record with this text for the base64 of its first file, and no hash. */
export function recordWith(data: string, changes: Partial<FilePart> = {}): AnyRecord {
  return withFirstFile(record, { sha256: undefined, ...changes, data });
}

/** The same, where JSON.stringify would write another text. @param token the string as it stands in the JSON text */
export function textWith(token: string): string {
  return JSON.stringify(recordWith("@@@@")).replace('"@@@@"', () => token);
}

/** The text of a record with something else in the field by which records are listed. */
export function groupedText(token: string): string {
  return JSON.stringify({ ...record, [domain.listedBy]: "@@@@" }).replace('"@@@@"', () => token);
}

/** The text of a record with other digits for its first number, if it has one. */
export function numberedText(digits: string): string | undefined {
  const [found, end] = /:\d+([,}])/.exec(recordText) ?? [];
  return found && recordText.replace(found, `:${digits}${end}`);
}

/** Many properties that no contract knows. */
export function properties(count: number, value: unknown = 0, name = "p"): AnyRecord {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value]));
}

/** A record with a list of files: where the domain has one, or else where its first file stands. */
export function withList(files: readonly unknown[]): AnyRecord {
  const path = listPlace === undefined ? firstFile().path : listPlace.split(".").slice(0, -1);
  return replaceAt(record, path, files);
}

function replaceAt(value: unknown, [step, ...rest]: readonly (string | number)[], part: unknown): AnyRecord {
  const copy: AnyRecord = Array.isArray(value) ? [...value] : Object.assign({}, value);
  if (step !== undefined) copy[step] = rest.length === 0 ? part : replaceAt(copy[step], rest, part);
  return copy;
}

export function copies(count: number, file: unknown = smallFile): unknown[] {
  return Array.from({ length: count }, () => file);
}

/** Code of the contract's first issue, whatever the bytes of files are. */
export function contractCode(value: unknown): string | undefined {
  return domain.contract.safeParse(value).error?.issues[0]?.code;
}

/** As many files as the contract takes in its list. */
const most = Array.from({ length: MAX_FILES }, (_, index) => MAX_FILES - index).find(
  (count) => contractCode(withList(copies(count))) === undefined,
);

/** A record with as many files as there may be, this text for the base64 of each. */
export function fullRecord(data: string, changes: Partial<FilePart> = {}): AnyRecord {
  return most === undefined
    ? recordWith(data, changes)
    : withList(copies(most, { ...smallFile, ...changes, data }));
}

/** Of one of as many files as there may be, so that together they fill a payload. */
export function fullDataSize(): number {
  const beside = toBytes(fullRecord("")).length + 1000;
  return Math.floor((maxPayloadBytes - beside) / (most ?? 1) / 4) * 3;
}
