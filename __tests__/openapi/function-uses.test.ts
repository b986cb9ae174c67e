import { describe, expect, it } from "vitest";
import { functionUses } from "../../openapi/function-uses.ts";

const invoking = (name: string) =>
  `arn:{{partition}}:apigateway:{{region}}:lambda:path/2015-03-31/functions/${name}/invocations`;
const home = "arn:{{partition}}:lambda:{{region}}:{{account}}:function:";

function usesOf(...uris: string[]) {
  const paths = Object.fromEntries(
    uris.map((uri, index) => [`/${index}`, { get: { "x-amazon-apigateway-integration": { uri } } }]),
  );
  return functionUses({ openapi: "3.0.1", paths });
}

describe(functionUses, () => {
  it.each<[string, string, string | undefined]>([
    ["{{function.a}}", "{{function.a}}", undefined],
    ["{{function.a.arn}}:live", "{{function.a}}", "live"],
    ["{{function.a}}:live", "{{function.a}}", "live"],
    ["{{function.a}}:${stageVariables.v}", "{{function.a}}", "${stageVariables.v}"],
    ["{{function.a}}:v${stageVariables.v}", "{{function.a}}", "v${stageVariables.v}"],
    [`${home}\${stageVariables.fn}`, "${stageVariables.fn}", undefined],
    [`${home}a-\${stageVariables.env}`, "a-${stageVariables.env}", undefined],
    [`${home}a-\${stageVariables.env}-b:live`, "a-${stageVariables.env}-b", "live"],
    [
      `${home}\${stageVariables.fn}:\${stageVariables.alias}`,
      "${stageVariables.fn}",
      "${stageVariables.alias}",
    ],
    ["${stageVariables.arn}", "${stageVariables.arn}", undefined],
  ])("finds %s", (name, functionText, qualifierText) => {
    expect(usesOf(invoking(name))).toEqual([{ functionText, qualifierText, by: "integration" }]);
  });

  it("finds the function of an answer that is streamed", () => {
    const uri = `arn:{{partition}}:apigateway:{{region}}:lambda:path/2021-11-15/functions/${home}\${stageVariables.fn}/response-streaming-invocations`;

    expect(usesOf(uri)).toEqual([
      { functionText: "${stageVariables.fn}", qualifierText: undefined, by: "integration" },
    ]);
  });

  it("finds the functions of authorizers, and each once for what it is used by", () => {
    const uri = invoking(`${home}\${stageVariables.fn}`);
    const document = {
      openapi: "3.0.1",
      paths: {
        "/a": { get: { "x-amazon-apigateway-integration": { uri } } },
        "/b": { get: { "x-amazon-apigateway-integration": { uri } } },
      },
      components: { securitySchemes: { a: { "x-amazon-apigateway-authorizer": { authorizerUri: uri } } } },
    };

    expect(functionUses(document).map(({ by }) => by)).toEqual(["integration", "authorizer"]);
  });

  it.each([
    "https://example.com/functions/a-b/c",
    "arn:{{partition}}:apigateway:{{region}}:s3:path/functions/{id}/x",
    "{{host.a}}",
  ])("finds none in %s", (uri) => {
    expect(usesOf(uri)).toEqual([]);
  });
});
