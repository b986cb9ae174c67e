import { describe, expect, it } from "vitest";
import { editEnvironment } from "../../../cli/spec/add/edit-environment.ts";

const before = [{ name: "one" }, { name: "two" }];
const entry = { name: "orders", bindings: { "queue.orders": { kind: "existing", name: "orders" } } };
const added = `    {
      name: "orders",
      bindings: { "queue.orders": { kind: "existing", name: "orders" } },
    },
`.replace(/bindings: \{ (.*) \},/, "bindings: {\n        $1,\n      },");

const edit = (text: string, change: Partial<Parameters<typeof editEnvironment>[1]> = {}) =>
  editEnvironment(text, { environment: "dev", before, entry, ...change });

describe(editEnvironment, () => {
  it("breaks up a list of one line, and keeps how its elements are written", () => {
    const text =
      'export const dev = {\n  apis: [{ name: "one" }, { name: TWO }],\n  tags: { a: "b" }, // odd   blanks\n} satisfies E;\n';

    expect(edit(text)).toBe(
      text.replace(
        '[{ name: "one" }, { name: TWO }]',
        `[\n    { name: "one" },\n    { name: TWO },\n${added}  ]`,
      ),
    );
  });

  it("puts the comma that is missing, and keeps comments and the ends of lines", () => {
    const text =
      'export const dev = {\r\n  apis: [\r\n    { name: "one" },\r\n    { name: "two" } // last\r\n    // more to come\r\n  ]\r\n};\r\n';

    expect(edit(text)).toBe(
      text.replace('"two" }', '"two" },').replace("  ]", `${added.replaceAll("\n", "\r\n")}  ]`),
    );
  });

  it("changes a value where it stands, and takes comments out with what they are about", () => {
    const text = `export const dev = {
  apis: [
    {
      name: "orders",
      stageVariables: {
        // Stays.
        a: "1",

        // Of two lines,
        // both about b.
        b: "2", // too
        c: "3",
      },
    },
  ],
};
`;
    const existing = { name: "orders", stageVariables: { a: "1", b: "2", c: "3" } };
    const wished = { name: "orders", stageVariables: { a: "4", c: "3", d: "5" } };

    expect(edit(text, { before: [existing], entry: wished })).toBe(
      text
        .replace('a: "1"', 'a: "4"')
        .replace(/ *\/\/ Of two.*\/\/ too\n/s, "")
        .replace('        c: "3",\n', '        c: "3",\n        d: "5",\n'),
    );
  });

  it("adds to an import that is there, by the names that it gives", () => {
    const text =
      'import { domain, SMALL_API as SMALL } from "../domain/names.ts";\n\nexport const dev = {\n  tags: {},\n};\n';

    const edited = edit(text, { before: undefined });

    expect(edited).toContain('import { domain, LARGE_API, SMALL_API as SMALL } from "../domain/names.ts";');
    expect(edited).toContain("    { name: SMALL },\n    { name: LARGE_API },\n");
  });

  it.each([
    ["no object", "export const dev = make();", "has a constant dev that is not a plain object"],
    ["no such constant", "export const test = {};", "has no constant dev"],
    ["a list of another place", "export const dev = {\n  apis,\n};", "has apis that are not a plain list"],
    [
      "a comment between elements of one line",
      "export const dev = {\n  apis: [a /* b */, c],\n};",
      "has a comment inside",
    ],
    ["no TypeScript", "export const dev = {", "is not valid TypeScript"],
  ])("refuses %s", (_, text, message) => {
    expect(() => edit(text)).toThrow(message);
  });
});
