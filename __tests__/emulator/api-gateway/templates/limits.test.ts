import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../../emulator/api-gateway/gateway-error.ts";
import { createWork } from "../../../../emulator/api-gateway/templates/velocity/work.ts";
import { rendered } from "../../../support/mapping-template.ts";

function detailOf(template: string, body = "", work = createWork()): string {
  try {
    rendered(template, { body, work });
  } catch (error) {
    if (error instanceof GatewayError) return `${error.type}: ${error.detail}`;
    throw error;
  }
  return expect.fail("the template did not fail");
}

describe("#foreach", () => {
  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
  it("ends after 1,000 iterations, as Velocity does with a limit: without a word", () => {
    const { text } = rendered(
      "#foreach($i in [1..1005])#set($n = $i)#end$n#foreach($i in [1..1000])#set($m = $i)#end $m",
    );

    expect(text).toBe("1000 1000");
  });

  it("ends at #break, in blocks as well, and goes on around it", () => {
    const inner = "#foreach($j in [1..3])#if($j == 2)#if(true)#break#end#end$i$j,#end";

    expect(rendered(`#foreach($i in [1..2])${inner}#end.`).text).toBe("11,21,.");
  });

  it("has its state, and that of the loop around it", () => {
    const inner =
      "#foreach($j in ['a','b'])$foreach.parent.count$foreach.count$foreach.first$foreach.last #end";

    expect(rendered(`#foreach($i in [5..6])${inner}$velocityCount;#end[$foreach.index$i]`).text).toBe(
      "11truefalse 12falsetrue 1;21truefalse 22falsetrue 2;[]",
    );
  });
});

describe("#stop and #break outside of a loop", () => {
  it("end the template", () => {
    expect(rendered("#foreach($i in [1..3])$i#if($i == 2)#stop#end#end never").text).toBe("12");
    expect(rendered("a#break b").text).toBe("a");
  });
});

describe("#macro and #define", () => {
  it("are rendered where they are called, with their parameters", () => {
    expect(rendered("#macro(pair $k $v)$k=$v;#end#pair('a' 1)#set($x = 'y')#pair($x, $x)").text).toBe(
      "a=1;y=y;",
    );
    expect(rendered("#define($block)[$x]#end#set($x = 1)$block#set($x = 2)$block").text).toBe("[1][2]");
  });

  it("may call each other 20 deep", () => {
    const to = (depth: number) => `#macro(r $x)$x #if($x < ${depth})#set($y = $x + 1)#r($y)#end#end#r(1)`;

    expect(rendered(to(20)).text).toContain(" 20 ");
    expect(detailOf(to(21))).toContain("macros call each other more than 20 deep");
    expect(detailOf("#define($d)$d#end$d")).toContain("macros call each other more than 20 deep");
  });
});

describe("a template that does not end by itself", () => {
  const deep = `${'{"a":['.repeat(100)}"${"x".repeat(10_000)}"${"]}".repeat(100)}`;
  const loops = (depth: number, inner: string): string =>
    depth === 0 ? inner : `#foreach($i${depth} in [1..1000])${loops(depth - 1, inner)}#end`;

  it.each([
    ["loops within loops", loops(3, "$x"), "it takes more steps than a template may"],
    ["a text that doubles", `#set($x = "xxxxxxxx")${loops(1, '#set($x = "$x$x")')}`, "a template may"],
    [
      "a number that squares",
      `#set($x = 9)${loops(1, "#set($x = $x * $x)")}`,
      "a number of more than 1,000 digits",
    ],
    [
      "a list that doubles",
      `#set($x = [1])${loops(1, "#set($y = $x.addAll($x))")}`,
      "a list that is too long",
    ],
    ["a list that holds itself", "#set($x = [1])#set($y = $x.add($x))$x", "nested too deep"],
    [
      "a map that holds itself",
      "#set($x = {})#set($x.x = $x)#if($x == $x.toString())a#end",
      "nested too deep",
    ],
    ["lists that hold each other twice", `#set($x = [1])${loops(1, "#set($x = [$x, $x])")}$x`, ""],
    [
      "two such that are compared",
      `#set($x = [1])#set($y = [1])#foreach($i in [1..60])#set($x = [$x, $x])#set($y = [$y, $y])#end#if($x == $y)a#end`,
      "it takes more steps than a template may",
    ],
    [
      "a list that is shifted again and again",
      `#set($x = [])${loops(1, "#set($y = $x.add(0, $i1))")}`,
      "it takes more steps than a template may",
    ],
    [
      "parts of a list, copied again and again",
      `#set($x = [1..1000])${loops(1, "#set($y = $x.subList(0, 1000))")}`,
      "it takes more steps than a template may",
    ],
    ...["keySet", "values", "entrySet"].map((view): [string, string, string] => [
      `a map's ${view}, made again and again`,
      `#set($x = {})${loops(1, "#set($y = $x.put($i1, 1))")}${loops(1, `#set($y = $x.${view}())`)}`,
      "it takes more steps than a template may",
    ]),
    ["a number without end", `#set($x = ${"9".repeat(1001)})`, "a number has more than 1000 digits"],
    [
      "a path that finds everything again",
      `$input.path("$${"..*".repeat(20)}")`,
      "more steps than a template may",
    ],
    [
      "long texts in a loop",
      `#set($x = $input.body)${loops(2, "#if($x.toUpperCase() == $x)a#end")}`,
      "more steps than a template may",
    ],
    ["a range", "#foreach($i in [1..2147483647])#end", "a range has more than 100000 numbers"],
    ["operators without end", `#set($x = 1${" + 1".repeat(70_000)})$x`, "nested too deep"],
    [
      "replacements that grow",
      `#set($x = "xxxxxxxx")${loops(1, '#set($x = $x.replace("x", "xxxxxxxx"))')}`,
      "",
    ],
  ])("fails: %s", (_, template, reason) => {
    const detail = detailOf(template, deep, { steps: 400_000, patternMilliseconds: 0 });

    expect(detail).toContain("API_CONFIGURATION_ERROR: A template failed");
    expect(detail).toContain(reason);
  });

  it("may do more than one that copies a large body, and no more", () => {
    const items = Array.from({ length: 100_000 }, (_, index) => `{"id":"item-${index}"}`);
    const body = `{"items":[${items.join(",")}]}`;

    expect(rendered("$input.json('$')", { body }).text).toBe(body);
    expect(rendered("$util.escapeJavaScript($input.body)", { body }).text).toContain("item-99999");
    expect(createWork()).toEqual({ steps: 5_000_000, patternMilliseconds: 2_000 });
  });

  it("fails for a pattern that tries endlessly", () => {
    const template = '#set($x = $input.body.matches("(a+)+"))$x';

    expect(detailOf(template, `${"a".repeat(40)}b`, { steps: 10_000, patternMilliseconds: 50 })).toContain(
      "at line 1, column 23: a pattern is wrong, or takes too long",
    );
  });

  it("fails for a body that is nested without end", () => {
    expect(detailOf("$input.path('$')", "[".repeat(100_000))).toContain("the body is not JSON");
  });
});
