import { describe, expect, it } from "vitest";
import { createApiGateway } from "../../../../emulator/api-gateway/api-gateway.ts";
import { NotExecutedError } from "../../../../emulator/api-gateway/not-executed.ts";
import { compileTemplate } from "../../../../emulator/api-gateway/templates/compile-template.ts";
import { parseDocument } from "../../../../openapi/parse-document.ts";

describe(compileTemplate, () => {
  it.each([
    ["a\n  $x.frobnicate(1)", "line 2, column 6", "no value has the method frobnicate here"],
    ["$input.xml('$')", "line 1, column 8", "no value has the method xml here"],
    ["$util.toJson($x)", "line 1, column 7", "no value has the method toJson here"],
    ["$x.getClass().forName('y')", "line 1, column 4", "no value has the method getClass here"],
    ['#set($a = "${x.wait()}")', "line 1, column 16", "no value has the method wait here"],
    [
      "#if($a)\n#foreach($i in $l.stream())#end#end",
      "line 2, column 19",
      "no value has the method stream here",
    ],
    ['#parse("other.vm")', "line 1, column 1", "#parse is not executed here"],
    ['x#include("file")', "line 1, column 2", "#include is not executed here"],
    ['#evaluate("$x")', "line 1, column 1", "#evaluate is not executed here"],
    ["#literal()$x#end", "line 1, column 1", "#literal is not executed here"],
    ["#@box()x#end", "line 1, column 1", "#@box is not executed here"],
    [
      "#foreach($i in $l)#break($foreach.parent)#end",
      "line 1, column 19",
      "#break with an argument is not executed here",
    ],
    [
      "$input.path('$.l[?(@.a > 1)]')",
      "line 1, column 8",
      "a JSONPath has a filter that is not executed here",
    ],
    [
      "$input.json('$.l[(@.length-1)]')",
      "line 1, column 8",
      "a JSONPath has a script that is not executed here",
    ],
    ["#if($x)", "line 1, column 8", "expected #end of an #if, found the end"],
    ["a#end", "line 1, column 2", "#end has no block to close"],
    ["#foreach($i in $l)#else#end", "line 1, column 19", "#else is not allowed in #foreach"],
    ["#set($x = )", "line 1, column 11", "expected a value"],
    ["#set($x = null)", "line 1, column 11", "Write $null"],
    ["#set($x = 5 -1)", "line 1, column 13", "expected the closing bracket of #set"],
    ['#set($x = "a)', "line 1, column 11", "expected a text with its closing quote"],
    ["${x", "line 1, column 4", "expected the closing brace of a reference"],
    ["#[[ x", "line 1, column 1", "expected ]]# after #[["],
  ])("refuses %j with its place and reason", (template, place, reason) => {
    expect(() => compileTemplate(template)).toThrow(NotExecutedError);
    expect(() => compileTemplate(template)).toThrow(`a template (${place}: `);
    expect(() => compileTemplate(template)).toThrow(reason);
  });

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
  it("refuses a template of more than 300 KB", () => {
    expect(() => compileTemplate("é".repeat(150 * 1024))).not.toThrow();
    expect(() => compileTemplate(`${"é".repeat(150 * 1024)}x`)).toThrow("a template of 307201 bytes");
  });

  it.each([
    ["brackets", `#if(${"(".repeat(200_000)}`],
    ["blocks", "#if(true)".repeat(30_000)],
    ["lists", `#set($x = ${"[".repeat(200_000)}`],
    ["signs", `#if(${"!".repeat(200_000)}`],
    ["indexes", `$a${"[$a".repeat(90_000)}`],
  ])("refuses %s that are nested without end", (_, template) => {
    expect(() => compileTemplate(template)).toThrow("more than 100 levels are nested");
  });

  it.each([
    [
      "what Serverless Framework writes",
      '#define($loop){#foreach($k in $map.keySet())"$util.escapeJavaScript($k)":"$util.escapeJavaScript($map.get($k)).replaceAll("\\\\\'", "\'")"#if($foreach.hasNext),#end#end}#end#set($map = $input.params().header){"headers":$loop}',
    ],
    ["text that looks like directives", "# #foo #color(red) #fff #1 $ $5 $! ${} \\#if \\$x"],
    ["macros", "#macro(m $a $b)$a-$b#end#m(1 2)#m($x.y, 'z')"],
  ])("takes %s", (_, template) => {
    expect(() => compileTemplate(template)).not.toThrow();
  });
});

describe("an API with a template that is not executed", () => {
  it("is refused when it starts, with the template's place in the document", () => {
    const integration = {
      type: "aws",
      httpMethod: "PUT",
      uri: "arn:aws:apigateway:eu-central-1:s3:path/inbox/x",
      responses: { default: { statusCode: "200", responseTemplates: { "application/json": "$x.wait()" } } },
    };
    const paths = { "/items": { put: { "x-amazon-apigateway-integration": integration } } };
    const text = JSON.stringify({ openapi: "3.0.1", info: { title: "api", version: "1" }, paths });
    const deployment = { apiId: "a", accountId: "1", region: "r", stageName: "v1", stageVariables: {} };

    expect(() =>
      createApiGateway({
        document: parseDocument(text, "api"),
        deployment,
        policy: undefined,
        backends: {} as never,
      }),
    ).toThrow(/no value has the method wait here\) \(.*responseTemplates.*\)/);
  });
});
