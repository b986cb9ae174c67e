import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compareSynthesis } from "../../../cli/support/compare-synthesis.ts";

const root = mkdtempSync(join(tmpdir(), "compare-"));
afterAll(() => rmSync(root, { recursive: true }));

type Files = Readonly<Record<string, unknown>>;

const STACK = "stacks/items-dev/cdk.tf.json";
const stack = (version: string, resource: unknown = {}) => ({
  "//": { metadata: { stackName: "items-dev", version } },
  resource,
});

/** A folder as one library writes it; texts are files as they are. */
function synthesis(version: string, files: Files): string {
  const folder = mkdtempSync(join(root, "out-"));
  for (const [name, content] of Object.entries({ "manifest.json": { stacks: {}, version }, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

const compare = (one: Files, other: Files) =>
  compareSynthesis(synthesis("0.21.0", one), synthesis("0.24.0", other));

describe(compareSynthesis, () => {
  it("finds the same where only the stamp, blanks and the order of keys differ", () => {
    const other = JSON.stringify(stack("0.24.0", { b: [], a: 1 }), null, 2).replace("[]", "[\n  ]");

    expect(compare({ [STACK]: stack("0.21.0", { a: 1, b: [] }) }, { [STACK]: other })).toEqual({
      stacks: { "items-dev": [], "manifest.json": [] },
      versions: ["0.21.0", "0.24.0"],
    });
  });

  it.each([
    [{ a: 1 }, { a: 2 }, "/resource/a is 1 by cdktf, 2 by cdktn"],
    [{ a: 1 }, {}, "/resource/a is 1 by cdktf, absent by cdktn"],
    [{}, { a: null }, "/resource/a is absent by cdktf, null by cdktn"],
    [{ a: [1] }, { a: [1, 2] }, "/resource/a/1 is absent by cdktf, 2 by cdktn"],
    [{ a: [] }, { a: {} }, "/resource/a is [] by cdktf, {} by cdktn"],
    [{ a: "1" }, { a: 1 }, '/resource/a is "1" by cdktf, 1 by cdktn'],
    [{ a: "x".repeat(100) }, {}, `/resource/a is "${"x".repeat(76)}… by cdktf, absent by cdktn`],
  ])("tells %j from %j", (one, other, line) => {
    const { stacks } = compare({ [STACK]: stack("0.21.0", one) }, { [STACK]: stack("0.24.0", other) });

    expect(stacks["items-dev"]).toEqual([`${STACK}: ${line}`]);
  });

  it("refuses to compare a library with itself", () => {
    expect(() => compareSynthesis(synthesis("0.21.0", {}), synthesis("0.21.0", {}))).toThrow(
      "Both results name the version 0.21.0, so cdktn did not replace cdktf. Delete .cache/cdktn and run the command again.",
    );
  });

  it("compares metadata but for the version", () => {
    const other = { ...stack("0.24.0"), "//": { metadata: { stackName: "items", version: "0.24.0" } } };

    expect(compare({ [STACK]: stack("0.21.0") }, { [STACK]: other }).stacks["items-dev"]).toEqual([
      `${STACK}: ////metadata/stackName is "items-dev" by cdktf, "items" by cdktn`,
    ]);
  });

  it("compares other files by their bytes, and names those that one has alone", () => {
    const asset = "stacks/items-dev/assets/functions.zip";
    const found = compare(
      { [asset]: "one", "stacks/items-dev/left": "", "stacks/gone/cdk.tf.json": {} },
      { [asset]: "two", "stacks/items-dev/right": "" },
    );

    expect(found.stacks).toMatchObject({
      gone: ["stacks/gone/cdk.tf.json is in only one of the two results"],
      "items-dev": [
        `${asset}: other bytes`,
        "stacks/items-dev/left is in only one of the two results",
        "stacks/items-dev/right is in only one of the two results",
      ],
    });
  });
});
