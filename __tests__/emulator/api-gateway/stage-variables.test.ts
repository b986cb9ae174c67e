import { describe, expect, it } from "vitest";
import { anApi, proxies, s3Path, stores } from "../../support/api-gateway.ts";

describe("stage variables", () => {
  const stageVariables = { fn: "orders", alias: "live", bucket: "b-1", folder: "in", n: "7" };

  it.each([
    ["arn:aws:lambda:eu-central-1:111111111111:function:${stageVariables.fn}", "orders"],
    ["arn:aws:lambda:eu-central-1:111111111111:function:a-${stageVariables.fn}", "a-orders"],
    [
      "arn:aws:lambda:eu-central-1:111111111111:function:${stageVariables.fn}:${stageVariables.alias}",
      "orders:live",
    ],
  ])("name a function: %s", async (name, found) => {
    const called: string[] = [];
    const uri = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${name}/invocations`;
    const { send } = anApi({
      paths: {
        "/a": { get: { ...proxies, "x-amazon-apigateway-integration": { type: "aws_proxy", uri } } },
      },
      stageVariables,
      backends: {
        lambda: async (functionArn) => {
          called.push(functionArn);
          return { kind: "returned", payload: '{"statusCode":200}' };
        },
      },
    });

    expect((await send("GET", "/a")).status).toBe(200);
    expect(called).toEqual([`arn:aws:lambda:eu-central-1:111111111111:function:${found}`]);
  });

  it("are only those of the stage, whatever JavaScript's objects have", async () => {
    const { send, calls } = anApi({ paths: { "/a": { put: stores("${stageVariables.constructor}key") } } });

    await send("PUT", "/a");

    expect(calls[0]?.target).toBe("/bucket/key");
  });

  it.each([
    `${s3Path}/\${stageVariables.bucket}/\${stageVariables.folder}/key`,
    "arn:aws:apigateway:eu-central-1:${stageVariables.bucket}.s3:path/${stageVariables.folder}/key",
  ])("name a bucket and a place in it: %s", async (uri) => {
    const { send, calls } = anApi({
      paths: {
        "/a": {
          put: {
            ...stores(""),
            "x-amazon-apigateway-integration": {
              ...stores("")["x-amazon-apigateway-integration"],
              uri,
            },
          },
        },
      },
      stageVariables,
    });

    await send("PUT", "/a");

    expect(calls.map(({ target }) => target)).toEqual(["/b-1/in/key"]);
  });

  it("are read by mappings and templates, of requests and of answers", async () => {
    const integration = {
      ...stores("key", { "integration.request.header.x-amz-meta-n": "stageVariables.n" })[
        "x-amazon-apigateway-integration"
      ],
      requestTemplates: {
        "application/json":
          "$stageVariables.n ${stageVariables.n} $stageVariables['n'] $stageVariables.get('n') $!stageVariables.none",
      },
      responses: {
        default: {
          statusCode: "200",
          responseParameters: { "method.response.header.X-N": "stageVariables.n" },
          responseTemplates: { "application/json": '{"n":"$stageVariables.n"}' },
        },
      },
    };
    const { send, calls } = anApi({
      paths: { "/a": { put: { ...stores("key"), "x-amazon-apigateway-integration": integration } } },
      stageVariables,
    });

    const response = await send("PUT", "/a", { body: Buffer.from("{}") });

    expect(calls[0]?.body.toString()).toBe("7 7 7 7 ");
    expect(Object.fromEntries(calls[0]?.headers ?? [])).toMatchObject({ "x-amz-meta-n": "7" });
    expect(response).toMatchObject({ text: '{"n":"7"}', headers: { "X-N": "7" } });
  });

  it("are read by gateway responses", async () => {
    const { send } = anApi({
      paths: { "/a": { put: stores("key") } },
      stageVariables,
      rest: {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: {
            responseParameters: { "gatewayresponse.header.X-N": "stageVariables.n" },
            responseTemplates: { "application/json": '{"n":"$stageVariables.n"}' },
          },
        },
      },
    });

    expect(await send("GET", "/none")).toMatchObject({ text: '{"n":"7"}', headers: { "X-N": "7" } });
  });
});
