import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CALLER_RIGHTS, type CallerRight } from "../../contract/caller-rights.ts";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import type { Callers } from "../../proxy/callers.ts";
import { credentialOf } from "../local-callers.ts";
import { createPlainFile } from "./plain-file.ts";
import { createDemoSample } from "./sample.ts";
import { largeBytes, smallBytes } from "./scenario.ts";

/** Payloads to try a running stack with. */
const folder = join(".cache", "samples");
const json = headerOption({ "Content-Type": "application/json" });

export function writeSamples(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "small.json"), createDemoSample("small", smallBytes).body);
  writeFileSync(join(folder, "large.json"), createDemoSample("large", largeBytes).body);
  if (domain.plainFiles) writeFileSync(join(folder, "file"), createPlainFile().bytes);
}

/** How to be each caller, a line for each. */
export function showCredentials(callers: Callers): string[] {
  if (callers === SHARED_CALLER)
    return [`no credentials are needed: every request has the caller ${SHARED_CALLER}`];
  return callers.map(
    ({ name, may }) => `caller ${name} (${may.join(", ")}): ${headerOption(credentialOf(name))}`,
  );
}

/** Commands that send the samples and read what became of them, of the caller that may do most, as far as it may. */
export function showRequests(url: string, callers: Callers): string[] {
  const records = `${url}${SHARED_PATH}`;
  const group = encodeURIComponent(String(domain.example[domain.listedBy]));
  const [caller] = callers === SHARED_CALLER ? [] : callers.toSorted((a, b) => b.may.length - a.may.length);
  const may = caller?.may ?? CALLER_RIGHTS;
  const curl = ["curl -sS", ...(caller ? [headerOption(credentialOf(caller.name))] : [])].join(" ");
  const requests: readonly (readonly [CallerRight, string])[] = [
    ["write", `${json} --data-binary @${folder}/small.json ${records}/r-1`],
    ["write", `${json} --data-binary @${folder}/large.json ${records}/r-2`],
    ["read", `${records}/<statusUrl>`],
    ["read", `${records}/r-2`],
    ["read", `'${records}?${domain.listedBy}=${group}'`],
    ["read", `-o document ${records}/r-2/documents/<sha256>`],
    ...(domain.plainFiles ? fileRequests(`${records}/r-2/files`) : []),
    ["delete", `-X DELETE ${records}/r-2`],
  ];
  return requests.flatMap(([right, rest]) => (may.includes(right) ? [`${curl} ${rest}`] : []));
}

function fileRequests(files: string): (readonly [CallerRight, string])[] {
  return [
    ["write", `${headerOption(createPlainFile().headers)} --data-binary @${folder}/file ${files}/f-1`],
    ["read", `${files}/<statusUrl>`],
    ["read", `${files}/f-1`],
    ["read", files],
    ["read", `-o file ${files}/f-1/documents/<sha256>`],
  ];
}

/** Of curl. */
function headerOption(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `-H '${name}: ${value}'`)
    .join(" ");
}
