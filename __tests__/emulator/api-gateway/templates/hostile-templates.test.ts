import fc from "fast-check";
import { render as velocityjs } from "velocityjs";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../../emulator/api-gateway/gateway-error.ts";
import { rendered } from "../../../support/mapping-template.ts";
import { itHolds } from "../../../support/property.ts";

/** The text, or that the template was refused or failed; anything else that is thrown is a fault of the renderer. */
function outcome(template: string, body = '{"a":{"b":[1,"x"]}}'): string | undefined {
  try {
    return rendered(template, { body }).text;
  } catch (error) {
    if (error instanceof GatewayError && !error.detail.includes("an error of this renderer"))
      return undefined;
    throw error;
  }
}

describe("a template", () => {
  const targets = [
    "$x",
    "$input",
    "$util",
    "$context",
    "$stageVariables",
    "$input.body",
    "$input.path('$')",
    "$foreach",
  ];
  const names = [
    "constructor",
    "__proto__",
    "prototype",
    "__lookupGetter__",
    "toLocaleString",
    "valueOf",
    "call",
    "apply",
  ];

  it.each(targets.flatMap((target) => names.map((name) => [target, name])))(
    "reaches nothing of JavaScript by %s and %s",
    (target, name) => {
      const set = "#set($x = {'a': 1})";
      expect(outcome(`${set}[${target}.${name}]`) ?? "[]").toMatch(/^\[(?:\.__\w+|.*\.__\w+)?\]$/);
      expect(outcome(`${set}[${target}["${name}"]]`) ?? "[]").toBe("[]");
      expect(outcome(`${set}[${target}.get("${name}")]`) ?? "[]").toBe("[]");
      const called = outcome(`${set}${target}.${name}.constructor("return process")()`);
      expect(called ?? "").not.toMatch(/process\.|function|native|\[object/);
    },
  );

  const piece = fc.constantFrom(
    ...[
      "$x",
      "$input",
      "$util",
      "$context",
      "$m",
      "$l",
      ".constructor",
      ".__proto__",
      ".get(",
      ".keySet()",
      "[0]",
      "[",
      "]",
    ],
    ...[
      "#if(",
      "#elseif(",
      "#else",
      "#end",
      "#foreach(",
      "$i in ",
      "#set(",
      "#macro(",
      "#define(",
      "#break",
      "#stop",
      ")",
    ],
    ...[
      "(",
      " = ",
      " + ",
      " == ",
      "!",
      "&&",
      "..",
      "'",
      '"',
      "{",
      "}",
      ",",
      "1",
      "-",
      "null",
      "true",
      "##",
      "#*",
      "*#",
      "#[[",
    ],
    ...[
      "]]#",
      "\\",
      "\n",
      " ",
      "${",
      "$!",
      "#",
      "$",
      ".path('$.a')",
      ".json('$..b')",
      ".params(",
      ".replaceAll('(a', 'b')",
    ],
    ...[
      "__proto__",
      "constructor",
      '["constructor"]',
      '.put("__proto__", $m)',
      "#m(1)",
      "x",
      "é",
      "\u0000",
      "\ud800",
    ],
  );

  itHolds(
    "renders, or fails by an error of the gateway, whatever it is made of",
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const template = `#set($m = {"a": [1]})#set($l = [1, $m])${pieces.join("")}`;

      expect(outcome(template) ?? "").not.toMatch(/\[object|native code|function \(|undefined/);
    }),
    { numRuns: 2000 },
  );

  itHolds(
    "renders, or fails by an error of the gateway, whatever the body is",
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (body) => {
      outcome('$input.body $input.path("$") $input.json("$.a") $input.path("$..b")', body);
    }),
    { numRuns: 500 },
  );
});

describe("a template without anything of Java", () => {
  const variables = { s: "text", n: 3, l: ["p", "q"], m: { k: "v" } };
  const set = "#set($s = 'text')#set($n = 3)#set($l = ['p', 'q'])#set($m = {'k': 'v'})";
  const printed = fc.constantFrom(
    "$s",
    "${s}",
    "$!s",
    "$n",
    "$m.k",
    "$l[0]",
    "$l.get(1)",
    "$m.get('k')",
    "${m.k}",
    "$m['k']",
  );
  const plain = fc.stringMatching(/^[A-Za-z0-9:;,.{}"' ]{0,8}$/).map((text) => ` ${text};`);
  const condition = fc.constantFrom(
    ...[
      "$n == 3",
      "$n > 4",
      "$s == 'text'",
      "!$none",
      "$s && $n",
      "$none || $m.k == 'v'",
      "$n != 3",
      "($n + 1) * 2 == 8",
    ],
  );
  const { template } = fc.letrec<{ template: string; node: string }>((tie) => ({
    template: fc.array(tie("node"), { maxLength: 4 }).map((nodes) => nodes.join("")),
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      plain,
      printed,
      fc
        .tuple(condition, tie("template"), tie("template"))
        .map(([when, a, b]) => `#if(${when})${a}#{else}${b}#end`),
      tie("template").map((body) => `#foreach($i in $l)${body}$i$foreach.count#end`),
      fc.tuple(printed, tie("template")).map(([value, body]) => `#set($v = "a${value} b")${body}$v`),
    ),
  }));

  itHolds(
    "gives what velocityjs gives",
    fc.property(template, (text) => {
      expect(rendered(set + text).text).toBe(velocityjs(text, structuredClone(variables)));
    }),
    { numRuns: 300 },
  );
});
