import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { createComparison } from "../../../emulator/api-gateway/vectors/compare.ts";
import { coverageOf } from "../../../emulator/api-gateway/vectors/coverage.ts";
import { expectedBackends } from "../../../emulator/api-gateway/vectors/expected-backends.ts";
import {
  readVectors,
  runVectors,
  type VectorCase,
  type VectorResult,
} from "../../../emulator/api-gateway/vectors/run-folder.ts";
import { runVector } from "../../../emulator/api-gateway/vectors/run-vector.ts";
import type { ExpectedBackend, Vector } from "../../../emulator/api-gateway/vectors/vector.ts";

const folder = join(import.meta.dirname, "..", "..", "fixtures", "vectors");
const cases = await readVectors(folder);

async function resultsOf(vectors: readonly VectorCase[]): Promise<VectorResult[]> {
  const results = [];
  for await (const result of runVectors(vectors)) results.push(result);
  return results;
}

describe("recorded and documented behaviour of API Gateway", () => {
  it.each(cases)("$file: $name", async (vector) => {
    expect(await resultsOf([vector])).toMatchObject([{ differences: [] }]);
  });
});

/** The vector that calls such a backend, changed. */
function changed(kind: ExpectedBackend["kind"], change: (copy: Vector) => void): Vector {
  const vectors = cases.flatMap(({ read }) => ("fault" in read ? [] : [read]));
  const found = vectors.find(
    ({ backend }) => backend !== null && !Array.isArray(backend) && backend.kind === kind,
  );
  if (found === undefined) throw new Error(`No vector calls ${kind} alone.`);
  const copy = structuredClone(found);
  change(copy);
  return copy;
}

/** The call that a vector expects. */
function callOf<K extends ExpectedBackend["kind"]>({ backend }: Vector, kind: K) {
  const [only] = [backend].flat();
  if (only?.kind !== kind) throw new Error(`The vector calls no ${kind}.`);
  return only as Extract<ExpectedBackend, { kind: K }>;
}

describe(runVector, () => {
  it.each<[string, string, Vector]>([
    [
      "the status",
      "status",
      changed("s3", (copy) => {
        copy.response.status = 299;
      }),
    ],
    [
      "a header of the answer",
      "headers.X-Missing",
      changed("s3", (copy) => {
        copy.response.headers = { "X-Missing": "{{any}}" };
      }),
    ],
    [
      "a header that must be missing",
      "headers.Content-Type",
      changed("s3", (copy) => {
        copy.response.headersAbsent = ["Content-Type"];
      }),
    ],
    [
      "the body of the answer",
      "body",
      changed("s3", (copy) => {
        copy.response.bodyText = "else";
      }),
    ],
    [
      "the path that S3 is called with",
      "S3 path",
      changed("s3", (copy) => {
        callOf(copy, "s3").expect.path = "/else";
      }),
    ],
    [
      "the body that S3 is called with",
      "S3 body",
      changed("s3", (copy) => {
        const call = callOf(copy, "s3");
        call.expect = { ...call.expect, bodyBase64: undefined, bodyText: "else" };
      }),
    ],
    [
      "that a backend is called at all",
      "backend calls",
      changed("s3", (copy) => {
        copy.backend = null;
      }),
    ],
    [
      "a part of the function's event",
      "event.httpMethod",
      changed("lambda", (copy) => {
        callOf(copy, "lambda").expectEvent["httpMethod"] = "TRACE";
      }),
    ],
    [
      "a key of the function's event",
      "event. keys missing",
      changed("lambda", (copy) => {
        callOf(copy, "lambda").expectKeys = { "": ["nothing"] };
      }),
    ],
    [
      "the whole of what a function is given",
      "payload.surplus",
      changed("lambda", (copy) => {
        callOf(copy, "lambda").expectPayload = { surplus: 1 };
      }),
    ],
    [
      "which function is called",
      "function",
      changed("lambda", (copy) => {
        callOf(copy, "lambda").function = "another";
      }),
    ],
    [
      "that no further backend is called",
      "backend calls",
      changed("lambda", (copy) => {
        copy.backend = [callOf(copy, "lambda"), callOf(copy, "lambda")];
      }),
    ],
  ])("tells apart %s", async (_, where, vector) => {
    const differences = await runVector(vector);

    expect(differences.map((difference) => difference.split(": ")[0])).toContain(where);
  });
});

describe(readVectors, () => {
  it("refuses a folder that is not there", async () => {
    await expect(readVectors("no-such-folder")).rejects.toThrow(
      new UserError('The folder "no-such-folder" cannot be read. Name a folder of vectors.'),
    );
  });

  it("refuses a folder without vectors", async () => {
    await expect(readVectors("tools")).rejects.toThrow('The folder "tools" has no *.json file of vectors.');
  });
});

describe(runVectors, () => {
  const refused = changed("s3", (copy) => {
    copy.api.integration = { type: "magic" };
  });
  const good = changed("lambda", (copy) => {
    copy.confidence = "recorded";
  });

  /** The results of files with these texts. */
  const run = async (files: Readonly<Record<string, string>>) => {
    const own = mkdtempSync(join(tmpdir(), "vectors-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
    try {
      return await resultsOf(await readVectors(own));
    } finally {
      rmSync(own, { recursive: true });
    }
  };
  const fileOf = (...values: readonly unknown[]) =>
    JSON.stringify({ topic: "t", source: "s", cases: values });

  it("fails what it cannot read or deploy, and runs the rest", async () => {
    const results = await run({
      "a.json": "{",
      "b.json": JSON.stringify({ topic: "t" }),
      "c.json": fileOf({ ...good, surplus: 1 }, 7, { ...refused, name: "refused" }, good),
    });

    expect(results.map(({ file, name, differences }) => [file, name, differences.join("\n")])).toEqual([
      ["a.json", "the file", expect.stringContaining("this is not a file of vectors: SyntaxError")],
      ["b.json", "the file", expect.stringContaining("this is not a file of vectors: ")],
      ["c.json", good.name, expect.stringMatching(/^this is not a vector: .*"surplus"/)],
      ["c.json", "case 2", expect.stringContaining("this is not a vector: ")],
      ["c.json", "refused", expect.stringMatching(/^it cannot be run: .+ is not executed here/)],
      ["c.json", good.name, ""],
    ]);
  });

  it("fails a file that cannot be read, and runs the others", async () => {
    const own = mkdtempSync(join(tmpdir(), "vectors-"));
    mkdirSync(join(own, "a.json"));
    writeFileSync(join(own, "b.json"), fileOf(good));
    const results = await resultsOf(await readVectors(own));
    rmSync(own, { recursive: true });

    expect(results).toMatchObject([
      { file: "a.json", name: "the file", differences: [expect.stringContaining("EISDIR")] },
      { file: "b.json", differences: [] },
    ]);
  });

  it("fails a case with more than one body in a place, of which one would not count", async () => {
    const withBodies = (bodies: object) => ({ ...good, response: { status: 200, ...bodies } });

    const results = await run({
      "a.json": fileOf(
        withBodies({ bodyText: "", json: null }),
        withBodies({ bodyText: "", bodyBase64: "" }),
        withBodies({ bodyRepeat: { count: 1 } }),
        withBodies({ bodyRepeat: { text: "a", base64: "YQ==", count: 1 } }),
      ),
    });

    expect(results.map(({ differences }) => differences[0])).toEqual([
      expect.stringContaining("it has more than one body"),
      expect.stringContaining("it has more than one body"),
      expect.stringContaining("text or base64 is repeated"),
      expect.stringContaining("text or base64 is repeated"),
    ]);
  });

  it("ends the pause of a reply that nobody waits for", async () => {
    const late = changed("s3", (copy) => {
      callOf(copy, "s3").reply = { ...callOf(copy, "s3").reply, delayMs: 60_000 };
    });
    const { backends } = expectedBackends(late, createComparison());
    const waiting = new AbortController();
    const request = { method: "PUT", target: "/b/k", headers: [], body: Buffer.alloc(0) };

    const reply = backends.s3(request, waiting.signal);
    waiting.abort();

    await expect(reply).rejects.toThrow("aborted");
  });

  it("counts them by area and confidence", async () => {
    const results = await run({
      "a.json": "{",
      "b.json": fileOf(good, { ...good, surplus: 1 }, { ...good, confidence: "derived" }),
    });

    expect(coverageOf(results)).toMatchObject([
      { area: "a", passed: 0, total: 1, byConfidence: { recorded: { passed: 0, total: 0 } } },
      {
        area: "b",
        passed: 2,
        total: 3,
        byConfidence: { recorded: { passed: 1, total: 2 }, derived: { passed: 1, total: 1 } },
      },
    ]);
  });
});
