import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../../emulator/api-gateway/gateway-error.ts";
import { rendered } from "../../../support/mapping-template.ts";

const body = '{"s":"Fence, 3 m","l":[1,"two",{"k":[true]}],"m":{"b":1,"2":[{"x":null}],"a":"q"}}';

const set = '#set($s = $input.path("$.s"))#set($l = $input.path("$.l"))#set($m = $input.path("$.m"))';
const text = (template: string, given = body) => rendered(set + template, { body: given }).text;

function detailOf(template: string): string {
  try {
    text(template);
  } catch (error) {
    if (error instanceof GatewayError) return error.detail;
  }
  return expect.fail("the template did not fail");
}

describe("values", () => {
  it("print as in Java: lists of a document as JSON, maps in the order of their keys, lists within them as JSON", () => {
    expect(text("$l $m")).toBe('[1,"two",{"k":[true]}] {b=1, 2=[{"x":null}], a=q}');
  });

  it("print as in Java: lists and maps that a template has written", () => {
    expect(text('#set($x = [1, "a", $m])#set($y = {"k": [true], "j": "v"})$x $y')).toBe(
      '[1, a, {b=1, 2=[{"x":null}], a=q}] {k=[true], j=v}',
    );
  });

  it("keep the digits and the kind of a document's numbers", () => {
    const numbers = '{"l":[1,1.0,2.50,12345678901234567890,1e3,1e-7,123456789.5,-0.0,100]}';

    expect(text("$l", numbers)).toBe("[1,1.0,2.5,12345678901234567890,1000.0,1.0E-7,1.234567895E8,-0.0,100]");
  });

  it("divide as Java does, and give nothing where they cannot", () => {
    const sums = '{"l":["7 / 2","-7 / 2","-7 % 3","7.0 / 2","2147483647 + 1","1 / 0","$l - 1","0.1 + 0.2"]}';
    const results = JSON.parse(sums).l.map((sum: string) => text(`#set($x = ${sum})$x`));

    expect(results).toEqual(["3", "-3", "-1", "3.5", "2147483648", "", "", "0.30000000000000004"]);
  });
});

describe("methods of texts", () => {
  it.each([
    ['$s.length() $s.isEmpty() $s.equals("x") $s.equalsIgnoreCase("FENCE, 3 M")', "10 false false true"],
    ['$s.contains("3") $s.startsWith("F") $s.startsWith("e", 1) $s.endsWith("m")', "true true true true"],
    ['$s.indexOf("e") $s.indexOf("e", 2) $s.lastIndexOf("e") $s.indexOf("z")', "1 4 4 -1"],
    ["$s.substring(7) $s.substring(0, 5) $s.charAt(1) $s.subSequence(0, 2)", "3 m Fence e Fe"],
    [
      '$s.replace(".", "!") $s.replaceAll("[aeiou]", "<$0>") $s.replaceFirst("\\w+", "x")',
      "Fence, 3 m F<e>nc<e>, 3 m x, 3 m",
    ],
    ['$s.matches("\\d") $s.matches(".*\\d.*")', "false true"],
    ['$s.split(", ")[1] $s.split(" ").size() $s.split("x").get(0)', "3 m 3 Fence, 3 m"],
    ["$s.toLowerCase() $s.toUpperCase() [$s.concat('  ').trim()]", "fence, 3 m FENCE, 3 M [Fence, 3 m]"],
    ['$s.compareTo("Fence") $s.compareToIgnoreCase("FENCE, 3 M") $s.hashCode()', "5 0 296991835"],
  ])("%s", (template, expected) => {
    expect(text(template)).toBe(expected);
  });
});

describe("methods of numbers and truths", () => {
  it.each([
    [
      '$l.get(0).toString().length() $l[0].intValue() $l[0].equals(1) $l[0].equals("1") $l[0].compareTo(2)',
      "1 1 true false -1",
    ],
    ["#set($d = 2.7)$d.intValue() $d.doubleValue() $l[0].longValue() $l[0].doubleValue()", "2 2.7 1 1.0"],
    ['#set($Integer = 0)#set($n = $Integer.parseInt("41") + 1)$n $Integer.valueOf("7")', "42 7"],
    ["#set($t = true)$t.toString() $t.equals(true) $t.booleanValue()", "true true true"],
  ])("%s", (template, expected) => {
    expect(text(template)).toBe(expected);
  });
});

describe("methods of lists", () => {
  it.each([
    [
      '$l.size() $l.isEmpty() $l.get(1) $l[1] $l.contains("two") $l.indexOf("x") $l.subList(0, 2)',
      "3 false two two true -1 [1, two]",
    ],
    ['#set($x = $l.add(4))#set($x = $l.remove(0))#set($x = $l.set(0, "2"))$l', '["2",{"k":[true]},4]'],
    ['#set($x = $l.addAll([5, 6]))#set($x = $l.remove("two"))$x $l.size() $l.lastIndexOf(6)', "true 4 3"],
    ["#set($x = [])$x.isEmpty() $x.empty #if($x.isEmpty())yes#end", "true true yes"],
  ])("%s", (template, expected) => {
    expect(text(template)).toBe(expected);
  });
});

describe("methods of maps", () => {
  it.each([
    [
      '$m.size() $m.isEmpty() $m.get("a") $m.a $m["a"] $m.containsKey("b") $m.containsValue(1)',
      "3 false q q q true true",
    ],
    [
      "$m.keySet() $m.values() #foreach($e in $m.entrySet())$e.key:$e.getValue();#end",
      '[b, 2, a] [1, [{"x":null}], q] b:1;2:[{"x":null}];a:q;',
    ],
    [
      '$m.getOrDefault("z", "d")#set($x = $m.put("z", 1))[$x] $m.remove("2") $m',
      'd[] [{"x":null}] {b=1, a=q, z=1}',
    ],
    ['#set($m.n = "v")#set($m["k"] = [1])#set($x = $m.putAll({"b": 2}))$m.n $m.k $m.b', "v [1] 2"],
    ["#foreach($v in {'x': 1, 'y': 2})$v#end", "12"],
  ])("%s", (template, expected) => {
    expect(text(template)).toBe(expected);
  });
});

describe("a call that the value at hand does not take", () => {
  it.each([
    ["$s.size()", "String has no method size()"],
    ["$l.length()", "JSONArray has no method length()"],
    ['$s.substring("1")', "String has no method substring(String)"],
    ["$m.keySet().get(0)", "Set has no method get(Integer)"],
    ["$l[0].isEmpty()", "Integer has no method isEmpty()"],
    ["$m.entrySet().add(1)", "Set has no method add(Integer)"],
    ["$l.get(9)", "a list of 3 has no item 9"],
    ["$s.substring(99)", "a text of 10 characters has no part from 99 to 10"],
    ['$s.matches("(")', "a pattern is wrong, or takes too long"],
    ['$s.replaceAll("e", "$1")', 'a replacement has "$1", and there is no such group'],
    ['$util.parseJson("{")', "$util.parseJson got a text that is not JSON"],
  ])("fails: %s", (template, expected) => {
    expect(detailOf(template)).toMatch(/^A template failed at line 1, column \d+: /);
    expect(detailOf(template)).toContain(`: ${expected}.`);
  });

  it("is never taken for false", () => {
    expect(detailOf("#if($s.containsKey('x'))a#{else}b#end")).toContain(
      "String has no method containsKey(String)",
    );
  });
});
