import { describe, expect, it } from "vitest";
import { createSamples, showCredentials, showRequests } from "../../../cli/demo/requests.ts";
import { callersOf } from "../../../cli/local-callers.ts";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { filesOf } from "../../../domain/files.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Callers } from "../../../proxy/callers.ts";
import { loadEnvironment } from "../../support/environments.ts";

const callers = callersOf(loadEnvironment("dev"));
const url = "http://127.0.0.1:8080";
const samples = createSamples();

/** The commands, without the comment above each. */
function commands(of: Callers): string[] {
  return showRequests(url, of, samples).filter((line) => !line.startsWith("# "));
}

/** Those that may not do what stands there. */
function without(right: "read" | "delete"): Callers {
  if (callers === SHARED_CALLER) throw new Error("dev has one tenant");
  return callers.map((caller) => ({ ...caller, may: caller.may.filter((each) => each !== right) }));
}

describe(showCredentials, () => {
  it("has a line for each caller, and one for a single tenant", () => {
    expect(showCredentials(callers)).toEqual([
      "caller saas (read, write, delete): -H 'Authorization: Bearer saas'",
      "caller partner (read, write): -H 'Authorization: Bearer partner'",
    ]);
    expect(showCredentials(SHARED_CALLER)).toEqual([
      "no credentials are needed: every request has the caller shared",
    ]);
  });
});

describe(showRequests, () => {
  it("speaks as the caller that may do most, wherever it stands", () => {
    if (callers === SHARED_CALLER) throw new Error("dev has one tenant");

    for (const lines of [commands(callers), commands(callers.toReversed())]) {
      expect(lines.every((line) => line.startsWith("curl -sS -H 'Authorization: Bearer saas' "))).toBe(true);
      expect(lines.at(-1)).toContain(` -X DELETE ${url}${SHARED_PATH}/r-2`);
    }
  });

  it("sends each sample, reads what came of it right after it, and deletes it", () => {
    const records = `${url}${SHARED_PATH}`;
    const group = encodeURIComponent(String(domain.example[domain.listedBy]));
    const [mediaType] = domain.mediaTypes;
    const curl = "curl -sS -H 'Authorization: Bearer saas'";
    const post = `${curl} -H 'Content-Type: application/json' --data-binary @.cache/samples`;
    const file = `-H 'Content-Type: ${mediaType?.name}' -H 'x-file-name: %C3%A0%20part.${mediaType?.extensions[0]}'`;

    expect(commands(callers).map((line) => line.replaceAll(/[0-9a-f]{64}/g, "<sha256>"))).toEqual([
      `${post}/small.json ${records}/r-1`,
      `${curl} ${records}/r-1`,
      `${post}/large.json ${records}/r-2`,
      `${curl} '${records}/<statusUrl>'`,
      `${curl} ${records}/r-2`,
      `${curl} -o document ${records}/r-2/documents/<sha256>`,
      `${curl} '${records}?${domain.listedBy}=${group}'`,
      ...(domain.plainFiles
        ? [
            `${curl} ${file} --data-binary @.cache/samples/file ${records}/r-2/files/f-1`,
            `${curl} '${records}/r-2/files/<statusUrl>'`,
            `${curl} ${records}/r-2/files/f-1`,
            `${curl} ${records}/r-2/files`,
            `${curl} -o file ${records}/r-2/files/f-1/documents/<sha256>`,
          ]
        : []),
      `${curl} -X DELETE ${records}/r-2`,
    ]);
  });

  it("leaves out what that caller may not do", () => {
    expect(commands(without("delete")).join("\n")).not.toContain("DELETE");
    expect(commands(without("read")).every((line) => /--data-binary|-X DELETE/.test(line))).toBe(true);
  });

  it("names nobody where there is one tenant", () => {
    const lines = commands(SHARED_CALLER);

    expect(lines.join("\n")).not.toContain("Authorization");
    expect(lines).toHaveLength(commands(callers).length);
  });

  it("has a comment above each command, and no placeholder but one that its comment explains", () => {
    const lines = showRequests(url, callers, samples);

    expect(lines.filter((_, index) => index % 2 === 0).every((line) => line.startsWith("# "))).toBe(true);
    for (const [index, line] of lines.entries()) {
      for (const [placeholder] of line.matchAll(/<\w+>/g)) {
        expect(lines[index - (index % 2)]).toContain(placeholder);
        // Redirection, to a shell.
        if (index % 2 === 1) expect(line).toMatch(/'[^']*<\w+>[^']*'$/);
      }
    }
  });
});

describe(createSamples, () => {
  it("has a small one to read and edit: on many lines, short and without checksums", () => {
    const files = filesOf(JSON.parse(samples.small), domain.files);

    expect(files.length).toBeGreaterThan(0);
    for (const { file } of files) expect(Object.keys(file)).toEqual(["fileName", "contentType", "data"]);
    expect(samples.small.split("\n").length).toBeGreaterThan(5);
    expect(samples.small.length).toBeLessThan(10_000);
  });
});
