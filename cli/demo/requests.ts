import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CALLER_RIGHTS, type CallerRight } from "../../contract/caller-rights.ts";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { replaceFiles } from "../../domain/files.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { createSample, type Sample } from "../../domain/sample.ts";
import type { Callers } from "../../proxy/callers.ts";
import { credentialOf } from "../local-callers.ts";
import { createPlainFile, type PlainFile } from "./plain-file.ts";
import { createDemoSample } from "./sample.ts";
import { largeBytes } from "./scenario.ts";

/** Payloads to try a running stack with. */
const folder = join(".cache", "samples");
const json = headerOption({ "Content-Type": "application/json" });

/** What `npm start` writes to the folder, and its requests send. */
export interface Samples {
  readonly small: string;
  readonly large: Sample;
  readonly plainFile: PlainFile | undefined;
}

/** The small one is short and easy to read and to edit: without checksums, which would hold for one content alone. */
export function createSamples(): Samples {
  const { record } = createSample({ mark: "small" });
  const readable = replaceFiles(record, domain.files, ({ fileName, contentType, data }) => ({
    fileName,
    contentType,
    data,
  }));
  return {
    small: `${JSON.stringify(readable, null, 2)}\n`,
    large: createDemoSample("large", largeBytes),
    plainFile: domain.plainFiles ? createPlainFile() : undefined,
  };
}

export function writeSamples({ small, large, plainFile }: Samples): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "small.json"), small);
  writeFileSync(join(folder, "large.json"), large.body);
  if (plainFile !== undefined) writeFileSync(join(folder, "file"), plainFile.bytes);
}

/** How to be each caller, a line for each. */
export function showCredentials(callers: Callers): string[] {
  if (callers === SHARED_CALLER)
    return [`no credentials are needed: every request has the caller ${SHARED_CALLER}`];
  return callers.map(
    ({ name, may }) => `caller ${name} (${may.join(", ")}): ${headerOption(credentialOf(name))}`,
  );
}

interface Request {
  readonly right: CallerRight;
  /** What the request does. */
  readonly label: string;
  /** The arguments of curl. */
  readonly rest: string;
}

/**
 * Commands that send the samples and read what became of them, of the caller that may do most, as far as it may. A comment above each
 * says what it does.
 */
export function showRequests(url: string, callers: Callers, samples: Samples): string[] {
  const [caller] = callers === SHARED_CALLER ? [] : callers.toSorted((a, b) => b.may.length - a.may.length);
  const may = caller?.may ?? CALLER_RIGHTS;
  const curl = ["curl -sS", ...(caller ? [headerOption(credentialOf(caller.name))] : [])].join(" ");
  return requestsOf(`${url}${SHARED_PATH}`, samples)
    .filter(({ right }) => may.includes(right))
    .flatMap(({ label, rest }) => [`# ${label}`, `${curl} ${rest}`]);
}

function requestsOf(records: string, { large, plainFile }: Samples): Request[] {
  const { noun, listedBy, example } = domain;
  const group = String(example[listedBy]);
  const [document] = large.files;
  const send = (file: string, item: string) =>
    `${json} --data-binary @${join(folder, file)} ${records}/${item}`;
  return [
    {
      right: "write",
      label: `send a small ${noun}: edit the file to send your own`,
      rest: send("small.json", "r-1"),
    },
    { right: "read", label: `read this ${noun}`, rest: `${records}/r-1` },
    {
      right: "write",
      label: `send a large ${noun}: the answer has a statusUrl`,
      rest: send("large.json", "r-2"),
    },
    {
      right: "read",
      label: "read its outcome: put the statusUrl in place of <statusUrl>",
      rest: `'${records}/<statusUrl>'`,
    },
    { right: "read", label: `read this ${noun}`, rest: `${records}/r-2` },
    ...(document
      ? [download("download its document", "document", `${records}/r-2/documents/${document.sha256}`)]
      : []),
    {
      right: "read",
      label: `list the ${domain.collection} with ${listedBy} ${group}`,
      rest: `'${records}?${listedBy}=${encodeURIComponent(group)}'`,
    },
    ...(plainFile ? fileRequests(`${records}/r-2/files`, plainFile) : []),
    { right: "delete", label: `delete a ${noun}`, rest: `-X DELETE ${records}/r-2` },
  ];
}

function fileRequests(files: string, { headers, bytes }: PlainFile): Request[] {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return [
    {
      right: "write",
      label: "send a plain file: the answer has a statusUrl",
      rest: `${headerOption(headers)} --data-binary @${join(folder, "file")} ${files}/f-1`,
    },
    {
      right: "read",
      label: "read its outcome: put the statusUrl in place of <statusUrl>",
      rest: `'${files}/<statusUrl>'`,
    },
    { right: "read", label: "read its name, type and size", rest: `${files}/f-1` },
    { right: "read", label: "list the plain files of this item", rest: files },
    download("download the plain file", "file", `${files}/f-1/documents/${sha256}`),
  ];
}

function download(label: string, to: string, url: string): Request {
  return { right: "read", label, rest: `-o ${to} ${url}` };
}

/** Of curl. */
function headerOption(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `-H '${name}: ${value}'`)
    .join(" ");
}
