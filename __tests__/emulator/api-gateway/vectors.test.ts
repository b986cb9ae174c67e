import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { readVectors } from "../../../emulator/api-gateway/vectors/run-folder.ts";
import { runVector } from "../../../emulator/api-gateway/vectors/run-vector.ts";
import type { Vector } from "../../../emulator/api-gateway/vectors/vector.ts";

const folder = join(import.meta.dirname, "..", "..", "fixtures", "vectors");
const vectors = await readVectors(folder);

describe("recorded and documented behaviour of API Gateway", () => {
  it.each(vectors)("$file: $vector.name", async ({ vector }) => {
    expect(await runVector(vector)).toEqual([]);
  });
});

describe(runVector, () => {
  const [first] = vectors.filter(({ vector }) => vector.backend?.kind === "s3");
  const [event] = vectors.filter(({ vector }) => vector.backend?.kind === "lambda");

  const changed = (vector: Vector | undefined, change: (copy: Vector) => void): Vector => {
    if (vector === undefined) throw new Error("There is no such vector");
    const copy = structuredClone(vector);
    change(copy);
    return copy;
  };

  it.each<[string, string, Vector]>([
    [
      "the status",
      "status",
      changed(first?.vector, (copy) => {
        copy.response.status = 299;
      }),
    ],
    [
      "a header of the answer",
      "headers.X-Missing",
      changed(first?.vector, (copy) => {
        copy.response.headers = { "X-Missing": "{{any}}" };
      }),
    ],
    [
      "a header that must be missing",
      "headers.Content-Type",
      changed(first?.vector, (copy) => {
        copy.response.headersAbsent = ["Content-Type"];
      }),
    ],
    [
      "the body of the answer",
      "body",
      changed(first?.vector, (copy) => {
        copy.response.bodyText = "else";
      }),
    ],
    [
      "the path that S3 is called with",
      "S3 path",
      changed(first?.vector, (copy) => {
        if (copy.backend?.kind === "s3") copy.backend.expect.path = "/else";
      }),
    ],
    [
      "the body that S3 is called with",
      "S3 body",
      changed(first?.vector, (copy) => {
        if (copy.backend?.kind === "s3")
          copy.backend.expect = { ...copy.backend.expect, bodyBase64: undefined, bodyText: "else" };
      }),
    ],
    [
      "that a backend is called at all",
      "backend calls",
      changed(first?.vector, (copy) => {
        copy.backend = null;
      }),
    ],
    [
      "a part of the function's event",
      "event.httpMethod",
      changed(event?.vector, (copy) => {
        if (copy.backend?.kind === "lambda") copy.backend.expectEvent["httpMethod"] = "TRACE";
      }),
    ],
    [
      "a key of the function's event",
      "event. keys missing",
      changed(event?.vector, (copy) => {
        if (copy.backend?.kind === "lambda") copy.backend.expectKeys = { "": ["nothing"] };
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
    await expect(readVectors("tools")).rejects.toThrow('The folder "tools" holds no *.json file of vectors.');
  });

  it("names a file that holds something else", async () => {
    await expect(readVectors(join(import.meta.dirname, "..", "..", "fixtures", "third-api"))).rejects.toThrow(
      /is no file of vectors:\n/,
    );
  });
});
