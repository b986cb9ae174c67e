import { describe, expect, it } from "vitest";
import { rendered } from "../../../support/mapping-template.ts";

const text = (template: string, body = '{"a":{"b":1},"n":null,"e":"","z":0,"f":false,"l":[]}') =>
  rendered(template, { body }).text;

/**
 * AWS's answers: tests/aws/services/apigateway/test_apigateway_common.py of
 * https://github.com/localstack/localstack/tree/8b9a79f05846835cf4dff63ab7eefdde9df83783
 */
describe("what is not there", () => {
  it.each([
    ["a variable", "$nothing"],
    ["a property of one", "$nothing.of.it"],
    ["a property of a text", "$input.body.title"],
    ["a path", '$input.path("$.x.y")'],
    ["null", '$input.path("$.n")'],
    ["a method's null", '$input.path("$").get("x")'],
    ["an item of what is no list", '$input.path("$.a")[0]'],
    ["a parameter", '$input.params("x")'],
    ["a stage variable", "$stageVariables.x"],
    ["a value of the context", "$context.identity.user"],
    ["a reference in quiet notation", "$!{nothing}"],
  ])("prints nothing: %s", (_, reference) => {
    expect(text(`[${reference}]`)).toBe("[]");
  });

  it("equals $null and an empty text", () => {
    expect(text('#if($x == $null)a#end#if($x == "")b#end#if($input.path("$.n") == "")c#end')).toBe("abc");
  });

  it("prints nothing once a variable has it, whatever the variable had before", () => {
    expect(text('#set($x = 1)#set($x = $input.path("$.x"))[$x]')).toBe("[]");
  });

  it("is a text of no characters to methods of texts, and nothing to all others", () => {
    expect(text('$x.toString().equals("FAILED") $x.length() [$x.size()] [$x.get("k").y]')).toBe(
      "false 0 [] []",
    );
  });

  it("is an empty text as an argument and beside an operator", () => {
    expect(text('#set($m = {})#set($k = $m.put("k", $x))$m#set($s = "a" + $x)$s $util.urlEncode($x)')).toBe(
      "{k=}a ",
    );
  });

  it("has no items", () => {
    expect(text('#foreach($i in $x)i#end#foreach($i in $input.path("$.e"))i#end')).toBe("");
  });
});

/** As in Velocity 1.7; for API Gateway it is neither documented nor recorded. */
describe("conditions", () => {
  const truth = (condition: string) => text(`#if(${condition})true#{else}false#end`);

  it.each([
    ["$nothing", "false"],
    ['$input.path("$.n")', "false"],
    ['$input.params("none")', "false"],
    ['$input.path("$.f")', "false"],
    ['$input.path("$.e")', "true"],
    ['$input.path("$.z")', "true"],
    ['$input.path("$.l")', "true"],
    ["!$nothing", "true"],
    ["true", "true"],
    ['"text"', "false"],
    ["1", "false"],
    ["1 == 1.0", "true"],
    ['1 == "1"', "true"],
    ['"a" == "a" && !false', "true"],
    ['"b" > "a"', "false"],
    ["7 / 2 == 3 and 7 % 2 == 1", "true"],
    ["$nothing > 0", "false"],
  ])("%s is %s", (condition, expected) => {
    expect(truth(condition)).toBe(expected);
  });
});
