import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { checkApis } from "../../emulator/check-apis.ts";
import { runStack } from "../../emulator/run-stack.ts";
import { anApi, aStack, calling } from "../support/small-stack.ts";

const sqs = {
  responses: {},
  "x-amazon-apigateway-integration": {
    type: "aws",
    httpMethod: "POST",
    uri: "arn:aws:apigateway:eu-central-1:sqs:path/111111111111/orders",
  },
};
const signed = calling("orders", { "x-amazon-apigateway-auth": { type: "AWS_IAM" } });
const items = { "/items": { get: calling("orders"), post: sqs }, "/signed": { get: signed } };

const refusalOf = (...given: Parameters<typeof checkApis>) => {
  try {
    checkApis(...given);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof UserError ? error.message.split("\n") : [];
  }
  return [];
};

describe(checkApis, () => {
  it("names every route of every API that is not executed, with its file, its place and what to do", () => {
    const lines = refusalOf(aStack([anApi(items), anApi({ "/": { get: signed } }, { name: "letters" })]), {});

    expect(lines).toEqual([
      "Nothing was started:",
      expect.stringMatching(
        /^orders \(specs\/orders\.openapi\.json\): POST \/items \(\/paths\/~1items\/post\): .+ is not executed here. .*leave the route out: --skip "POST \/items"\.$/,
      ),
      expect.stringMatching(
        /^orders \(specs\/orders\.openapi\.json\): GET \/signed \(\/paths\/~1signed\/get\): IAM.*--skip "GET \/signed"\.$/,
      ),
      expect.stringMatching(/^letters \(specs\/letters\.openapi\.json\): GET \/ \(\/paths\/~1\/get\): IAM/),
    ]);
  });

  it("takes an API whose other routes are left out", () => {
    expect(refusalOf(aStack([anApi(items)]), { skip: ["POST /items", "GET /signed"] })).toEqual([]);
  });

  it("leaves a route out of one API alone where its name stands before", () => {
    const apis = aStack([anApi(items), anApi(items, { name: "letters" })]);
    const skip = ["POST /items", "letters GET /signed"];

    expect(refusalOf(apis, { skip }).slice(1)).toEqual([expect.stringMatching(/^orders \(.*GET \/signed/)]);
    expect(refusalOf(apis, { skip: [...skip, "orders GET /signed"] })).toEqual([]);
  });

  it("refuses to leave out what no API has, and says what there is", () => {
    const paths = { "/items": { get: calling("a"), "x-amazon-apigateway-any-method": calling("a") } };

    expect(refusalOf(aStack([anApi(paths)]), { skip: ["GET /item"] })).toEqual([
      "Nothing was started:",
      '--skip "GET /item": there is no such route. The routes are GET /items, ANY /items.',
    ]);
  });

  it.each([
    ["{}", /^orders \(specs\/orders\.openapi\.json\): The resource policy is not evaluated here: /],
    ["no JSON", /^orders \(specs\/orders\.openapi\.json\): The resource policy is not evaluated here: /],
    [
      JSON.stringify({
        Statement: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "execute-api:Invoke",
            Resource: "*",
            Condition: { Bool: { "aws:SecureTransport": "true" } },
          },
        ],
      }),
      /^orders \(specs\/orders\.openapi\.json\): The resource policy's condition Bool on aws:SecureTransport is not evaluated here/,
    ],
  ])("refuses a resource policy that it does not understand: %s", (policy, message) => {
    const stack = aStack([anApi({ "/items": { get: calling("orders") } }, { policy })]);

    expect(refusalOf(stack, {}).slice(0, 2)).toEqual([
      "Nothing was started:",
      expect.stringMatching(message),
    ]);
  });

  it("takes what a key or a host lets run", () => {
    const uri = "https://api.example.com/items";
    const http = { type: "http_proxy", httpMethod: "GET", uri };
    const securitySchemes = { key: { type: "apiKey", name: "x-api-key", in: "header" } };
    const stack = aStack([
      anApi(
        {
          "/items": { get: { responses: {}, "x-amazon-apigateway-integration": http } },
          "/keys": { get: calling("orders", { security: [{ key: [] }] }) },
        },
        { rest: { components: { securitySchemes } } },
      ),
    ]);

    expect(refusalOf(stack, {})).toEqual([
      "Nothing was started:",
      expect.stringContaining("--allow-host api.example.com"),
      expect.stringContaining("--api-key <id>=<value>"),
    ]);
    expect(refusalOf(stack, { apiKeys: [{ id: "a", value: "b" }], httpHosts: ["api.example.com"] })).toEqual(
      [],
    );
  });

  it("refuses a path that leads to single APIs here", () => {
    const stack = aStack([anApi({ "/apis": { get: calling("orders") } }, { paths: ["/apis"] })]);

    expect(refusalOf(stack, {})[1]).toContain('The API "orders" has the path /apis, which cannot be served');
  });
});

describe(runStack, () => {
  it("refuses before it calls the endpoint, or starts a function or anything else", async () => {
    const stack = aStack([anApi(items)], ["orders"]);

    const run = runStack({
      stack,
      port: 0,
      endpoint: "http://127.0.0.1:1",
      onEvent: () => expect.unreachable("nothing happens"),
    });

    await expect(run).rejects.toThrow(/^Nothing was started:\norders \(.*\): POST \/items/);
  });
});
