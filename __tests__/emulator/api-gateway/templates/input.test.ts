import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../../emulator/api-gateway/gateway-error.ts";
import { rendered } from "../../../support/mapping-template.ts";

describe("$input", () => {
  it("has the body as it came, and {} for one that is empty", () => {
    expect(rendered("$input.body", { body: '{"a": 1 }' }).text).toBe('{"a": 1 }');
    expect(rendered("$input.body $input.json('$')").text).toBe("{} {}");
  });

  it("writes JSON with the numbers and the order of the body", () => {
    const body = '{"z":1.0,"2":"a/b","1":[12345678901234567890,"é\\u2028"]}';

    expect(rendered("$input.json('$')", { body }).text).toBe(
      '{"z":1.0,"2":"a/b","1":[12345678901234567890,"é\\u2028"]}',
    );
  });

  it('gives null for null, and "" for what is not there, as JSON', () => {
    expect(rendered("$input.json('$.n') $input.json('$.x')", { body: '{"n":null}' }).text).toBe('null ""');
  });

  it("gives a list for a path that may find several", () => {
    const body = '{"items":[{"id":"a"},{"id":"b"}]}';

    expect(rendered('$input.path("$.items[*].id") $input.path("$..none")', { body }).text).toBe(
      '["a","b"] []',
    );
    expect(rendered('$input.path("$.items.length()")', { body }).text).toBe("2");
  });

  it("takes a body that is neither object nor list as one text, as forms need it", () => {
    const template = `#foreach($pair in $input.path('$').split('&'))#set($parts = $pair.split('='))"$util.urlDecode($parts[0])":"$util.urlDecode($parts[1])"#if($foreach.hasNext),#end#end`;

    expect(rendered(template, { body: "a=1+2&b=%C3%A9" }).text).toBe('"a":"1 2","b":"é"');
  });

  it("fails for a body that begins as JSON and is none", () => {
    expect(() => rendered("$input.path('$.a')", { body: '{"a":' })).toThrow(GatewayError);
    expect(rendered("$input.body", { body: '{"a":' }).text).toBe('{"a":');
  });

  it("finds a parameter in path, query and headers, in this order", () => {
    const request = {
      target: "/items/p?id=q&q=1&q=2",
      headers: [
        ["ID", "h"],
        ["X-One", "o"],
      ],
      pathParameters: { id: "p" },
    } as const;

    expect(rendered("$input.params('id') $input.params('q') $input.params('x-one')", request).text).toBe(
      "p 2 o",
    );
    expect(rendered("$input.params()", request).text).toBe(
      "{path={id=p}, querystring={id=q, q=2}, header={ID=h, X-One=o}}",
    );
    expect(rendered("$input.params().header.get('X-One') $input.params().path.id", request).text).toBe("o p");
  });

  it("lets a template change what it has read", () => {
    const template = '#set($b = $input.path("$"))#set($b.added = true)$input.json("$")';

    expect(rendered(template, { body: '{"a":1}' }).text).toBe('{"a":1,"added":true}');
  });
});

describe("$context and $stageVariables", () => {
  it("are maps, whose keys can be listed and whose nulls print nothing", () => {
    const template = "#foreach($k in $stageVariables.keySet())$k=$stageVariables.get($k);#end$context.stage";

    expect(rendered(template, { stageVariables: { b: "1", a: "2" } }).text).toBe("b=1;a=2;v1");
    expect(rendered('[$context.identity.get("user")]').text).toBe("[]");
    expect(rendered("$context.identity.keySet()").text).toContain("accessKey, accountId");
  });

  it("have what an authorizer has said", () => {
    const context = { authorizer: { principalId: "p-1", limit: 3 } };

    expect(rendered("$context.authorizer.principalId $context.authorizer.limit", { context }).text).toBe(
      "p-1 3",
    );
  });
});

describe("$util", () => {
  const util = (call: string, body = "") => rendered(`$util.${call}`, { body }).text;

  it("escapes for JavaScript as commons-lang does: quotes, slashes and all but ASCII", () => {
    expect(util("escapeJavaScript($input.body)", `a/b 'c' "d" \\ é 😀 \n\u0001`)).toBe(
      `a\\/b \\'c\\' \\"d\\" \\\\ \\u00E9 \\uD83D\\uDE00 \\n\\u0001`,
    );
    expect(util("escapeJavaScript($nothing)")).toBe("");
  });

  it("encodes and decodes URLs as Java does", () => {
    expect(util("urlEncode($input.body)", "a b~!*()'é/_.-")).toBe("a+b%7E%21*%28%29%27%C3%A9%2F_.-");
    expect(util('urlDecode("x%3Da%2Bb+c")')).toBe("x=a+b c");
    expect(() => util('urlDecode("%zz")')).toThrow(GatewayError);
  });

  it("encodes and decodes base64", () => {
    expect(util('base64Encode("ab c")')).toBe("YWIgYw==");
    expect(util('base64Decode("w6k=")')).toBe("é");
  });

  it("reads JSON of a text, and of a text that is JSON of a text the text", () => {
    expect(util("parseJson($input.body).a[1]", '{"a":[1,{"b":2}]}')).toBe("{b=2}");
    expect(util("parseJson($input.json('$.output'))", '{"output":"{\\"a\\":1}"}')).toBe('{"a":1}');
  });
});
