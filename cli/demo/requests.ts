import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { createPlainFile } from "./plain-file.ts";
import { createDemoSample } from "./sample.ts";
import { largeBytes, smallBytes } from "./scenario.ts";

/** Payloads to try a running stack with. */
const folder = join(".cache", "samples");
const json = "-H 'Content-Type: application/json'";

export function writeSamples(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "small.json"), createDemoSample("small", smallBytes).body);
  writeFileSync(join(folder, "large.json"), createDemoSample("large", largeBytes).body);
  if (domain.plainFiles) writeFileSync(join(folder, "file"), createPlainFile().bytes);
}

/** Commands that send the samples and read what became of them. */
export function showRequests(url: string): string[] {
  const records = `${url}${SHARED_PATH}`;
  const group = encodeURIComponent(String(domain.example[domain.listedBy]));
  return [
    `curl -sS ${json} --data-binary @${folder}/small.json ${records}/r-1`,
    `curl -sS ${json} --data-binary @${folder}/large.json ${records}/r-2`,
    `curl -sS ${records}/r-2/submissions/<submissionId>`,
    `curl -sS ${records}/r-2`,
    `curl -sS '${records}?${domain.listedBy}=${group}'`,
    `curl -sS -o document ${records}/r-2/documents/<sha256>`,
    ...(domain.plainFiles ? showFileRequests(`${records}/r-2/files`) : []),
    `curl -sS -X DELETE ${records}/r-2`,
  ];
}

function showFileRequests(files: string): string[] {
  const headers = Object.entries(createPlainFile().headers).map(([name, value]) => `-H '${name}: ${value}'`);
  return [
    `curl -sS ${headers.join(" ")} --data-binary @${folder}/file ${files}/f-1`,
    `curl -sS ${files}/f-1/submissions/<submissionId>`,
    `curl -sS ${files}/f-1`,
    `curl -sS ${files}`,
    `curl -sS -o file ${files}/f-1/documents/<sha256>`,
  ];
}
