import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, type Scope } from "../../../emulator/terraform/evaluate.ts";
import { parseTemplate } from "../../../emulator/terraform/expression.ts";
import { escapeTerraform } from "../../../openapi/escape-terraform.ts";
import { itHolds } from "../../support/property.ts";

const values: Readonly<Record<string, unknown>> = {
  name: "north",
  count: 3,
  on: true,
  list: ["b", "a"],
  map: { key: "value", "dashed-key": 1 },
};

const scope: Scope = {
  lookUp: ([first, second = ""]) => {
    if (first !== "var" || !Object.hasOwn(values, second)) throw new Error(`there is no ${first}.${second}`);
    return { value: values[second], names: 2 };
  },
};

const resolve = (text: string) => evaluate(parseTemplate(text), scope);

describe(parseTemplate, () => {
  it.each<[string, unknown]>([
    ["plain text", "plain text"],
    ["", ""],
    ["${var.count}", 3],
    ["${var.list}", ["b", "a"]],
    ["a-${var.name}-${var.count}", "a-north-3"],
    ["$${var.name} %%{ if }", "${var.name} %{ if }"],
    ["$context.requestId costs 5$", "$context.requestId costs 5$"],
    ['back\\slash "quotes"', 'back\\slash "quotes"'],
    ['${"a\\"b\\u0041\\n"}', 'a"bA\n'],
    ['${"nested ${var.name}"}', "nested north"],
    ['${"$${kept}"}', "${kept}"],
    ["${var.list[1]}", "a"],
    ["${var.list.0}", "b"],
    ['${var.map["dashed-key"]}', 1],
    ["${var.map.key}", "value"],
    ["${[1, var.count,]}", [1, 3]],
    ['${{a = 1, "b" : 2, (var.name) = 3}}', { a: 1, b: 2, north: 3 }],
  ])("gives for %j %j", (text, value) => {
    expect(resolve(text)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["7 % 4 / 2", 1.5],
    ["-var.count + 1", -2],
    ["!var.on", false],
    ["!var.on || var.count >= 3 && true", true],
    ["var.count == 3", true],
    ['var.name != "north"', false],
    ['var.on ? "yes" : "no"', "yes"],
    ["1 < 2 ? 1 > 2 ? 1 : 2 : 3", 2],
    ["1e3", 1000],
    ["null", null],
    ["((6 * var.count) + 0)", 18],
  ])("computes %s", (expression, value) => {
    expect(resolve(`\${${expression}}`)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ["sha256(var.name)", "dc365e79d41cfae1c3c0d969319ae62165b81b1815a86c32bbc6c64cbdf2311b"],
    ['element(["a", "b"], 3)', "b"],
    ["sort(tolist(var.list))", ["a", "b"]],
    ['element(split(":", "a:b:c"), 1)', "b"],
    ['trimprefix("table/a", "table/")', "a"],
    ['trimprefix("a/table/", "table/")', "a/table/"],
    ['cidrsubnet("10.20.0.0/24", 2, 1)', "10.20.0.64/26"],
    ['cidrsubnet("172.16.5.9/16", 8, 255)', "172.16.255.0/24"],
    ['join(", ", var.list)', "b, a"],
    ['cidrhost("10.20.0.9/24", 0)', "10.20.0.0"],
    ['cidrhost("10.0.0.0/8", 258)', "10.0.1.2"],
    ['cidrhost("2001:0DB8:1::9/48", 0)', "2001:db8:1::"],
    ['can(cidrhost("10.0.0.0/33", 0)) || can(cidrhost("10.0.0/8", 0)) || can(cidrhost("x/8", 0))', false],
    [
      "[for each in var.list : [each, var.count]]",
      [
        ["b", 3],
        ["a", 3],
      ],
    ],
    ["[for x in [[1], [2]] : x[0] + 1]", [2, 3]],
    ['try(var.map.none, var.none, "else")', "else"],
    ['can(var.map.none) || !can(regex("^[a-z]+$", var.name))', false],
    [
      "[alltrue([true, var.on]), alltrue([false]), anytrue([]), anytrue([false, true])]",
      [true, false, false, true],
    ],
    ["[ceil(1.2), floor(1.8)]", [2, 1]],
    ['[contains(var.list, "a"), contains([1, 2], 3)]', [true, false]],
    ['[length(distinct(["a", "a"])), length(var.name), length(var.map)]', [1, 5, 2]],
    [
      "[keys(var.map), values({b = 1, a = 2})]",
      [
        ["dashed-key", "key"],
        [2, 1],
      ],
    ],
    ['[startswith("ab", "a"), endswith("ab", "a"), strcontains("abc", "b")]', [true, false, true]],
    ['[lower("aB"), tonumber("12"), format(".%s.", var.name)]', ["ab", 12, ".north."]],
    ['setintersection(flatten(["a", ["b", ["c"]]]), ["c", "a"])', ["a", "c"]],
    ['jsondecode("{\\"a\\": [1]}").a', [1]],
    ['regex("[0-9]+", "ab12")', "12"],
    ['jsonencode({b = 1, a = "<&>"})', '{"a":"\\u003c\\u0026\\u003e","b":1}'],
  ])("calls %s", (expression, value) => {
    expect(resolve(`\${${expression}}`)).toEqual(value);
  });

  it.each([
    ["${var.none}", "there is no var.none"],
    ["${var.map.none}", 'there is no "none" in {"key":"value","dashed-key":1}'],
    ["${upper(var.name)}", 'the function "upper" is not known here'],
    ["text ${var.list}", '["b","a"] cannot be converted to text'],
    ["text ${null}", "null cannot be converted to text"],
    ["${try(var.none)}", "no argument of try can be evaluated"],
    ["${[for each in var.name : each]}", '"north" is not a list'],
    ['${regex("^[a-m]", var.name)}', '"north" does not match ^[a-m]'],
    ["${1 + var.name}", '"north" is not a number'],
    ["${var.name ? 1 : 2}", '"north" is neither true nor false'],
    ['${cidrsubnet("10.0.0.0/30", 4, 0)}', '"10.0.0.0/30" has no subnet 0 of 4 more bits'],
  ])("refuses to evaluate %s", (text, message) => {
    expect(() => resolve(text)).toThrow(message);
  });

  it.each([
    ["${", "a value is missing at character 3"],
    ["${var.name", '"}" is missing at character 11'],
    ["${1 +}", "a value is missing"],
    ["${[1 2]}", '"]" is missing'],
    ["%{ if true }x%{ endif }", "template directives are not resolved here"],
    ["${{for x in var.list : x => x}}", "only [for … in … : …] is resolved here"],
    ["${[for]}", "only [for … in … : …] is resolved here"],
    ['${"\\q"}', '"\\q" is no escape'],
    ["${[for x in var.list]}", '":" is missing'],
  ])("refuses to parse %s", (text, message) => {
    expect(() => resolve(text)).toThrow(SyntaxError);
    expect(() => resolve(text)).toThrow(message);
  });

  itHolds(
    "leaves text without interpolations as it is",
    fc.property(fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a", '"', "\\", "é") }), (text) => {
      const escaped = escapeTerraform(text);
      // A dollar before an escape would belong to it.
      fc.pre(!/\$\$\$|%%%/.test(escaped));
      expect(resolve(escaped)).toBe(text);
    }),
  );

  itHolds(
    "encodes JSON that means the same",
    fc.property(fc.jsonValue(), (value) => {
      const text = evaluate(
        { kind: "call", name: "jsonencode", args: [{ kind: "name", name: "value" }] },
        { lookUp: () => ({ value, names: 1 }) },
      );
      expect(JSON.parse(String(text))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
