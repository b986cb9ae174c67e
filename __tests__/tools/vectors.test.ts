import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { main } from "../../tools/vectors.ts";
import { callCommand } from "../support/call-command.ts";

const folder = mkdtempSync(join(tmpdir(), "vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));

const uri =
  "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:fn/invocations";

const vector = {
  name: "an unknown path answers 403",
  confidence: "recorded",
  source: "https://example.com",
  api: { method: "GET", path: "/a", integration: { type: "aws_proxy", httpMethod: "POST", uri } },
  request: { method: "GET", path: "/b" },
  backend: null,
  response: { status: 403 },
};
const failing = { ...vector, name: "an unknown path answers 404", response: { status: 404 } };

const fileOf = (cases: readonly unknown[]) => JSON.stringify({ topic: "t", source: "s", cases });
writeFileSync(join(folder, "routing.json"), fileOf([vector, failing]));
writeFileSync(join(folder, "zz-broken.json"), "{");

describe("npm run vectors", () => {
  it("names the cases that fail, then how many pass, by area and confidence", async () => {
    const { code, stdout } = await callCommand(main, [folder]);

    expect(stdout.split("\n")).toEqual([
      "routing.json: an unknown path answers 404",
      "  status: expected 404, got 403",
      "zz-broken.json: the file",
      expect.stringContaining("  this is not a file of vectors: SyntaxError"),
      "area       passed  recorded  documented  derived",
      "routing    1/2     1/2       -           -",
      "zz-broken  0/1     -         -           -",
      "all        1/3     1/2       -           -",
      "",
      "1 of 3 vectors pass.",
      "",
    ]);
    expect(code).toBe(1);
  });

  it("says the same as JSON", async () => {
    const { code, stdout } = await callCommand(main, [folder, "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      passed: 1,
      total: 3,
      failures: [
        { file: "routing.json", name: failing.name, differences: ["status: expected 404, got 403"] },
        { file: "zz-broken.json" },
      ],
      coverage: [{ area: "routing", passed: 1, total: 2 }, { area: "zz-broken" }],
    });
    expect(code).toBe(1);
  });
});
