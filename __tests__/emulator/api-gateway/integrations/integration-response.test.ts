import { describe, expect, it } from "vitest";
import type { ApiResponse } from "../../../../emulator/api-gateway/messages.ts";
import { anApi, integrated, s3Path } from "../../../support/api-gateway.ts";

function anObject(responses: Readonly<Record<string, unknown>>, reply: Partial<ApiResponse> = {}, more = {}) {
  const methods: string[] = [];
  const api = anApi({
    paths: {
      "/orders": {
        "x-amazon-apigateway-any-method": integrated({
          type: "aws",
          httpMethod: "GET",
          uri: `${s3Path}/bucket/key`,
          responses,
          ...more,
        }),
      },
    },
    backends: {
      s3: async ({ method }) => {
        methods.push(method);
        return { status: 200, headers: [], body: Buffer.alloc(0), ...reply };
      },
    },
  });
  return { ...api, methods };
}

const statusOf = async (responses: Readonly<Record<string, unknown>>, status: number) =>
  (await anObject(responses, { status }).send("GET", "/orders")).status;

describe("the pattern of an integration response", () => {
  it.each<[string, number, number]>([
    ["200", 200, 202],
    ["20", 200, 500],
    ["0", 200, 500],
    ["2\\d{2}", 204, 202],
    ["2[0-9][0-9]|304", 304, 202],
    ["2\\p{Digit}{2}", 204, 202],
    ["(?i)\\Q200\\E", 200, 202],
    ["\\A20\\d\\z", 200, 202],
    ["[^245]\\d+", 301, 202],
  ])("%s is one of Java, for all of the status %i: %i", async (pattern, status, expected) => {
    expect(await statusOf({ [pattern]: { statusCode: "202" }, default: { statusCode: "500" } }, status)).toBe(
      expected,
    );
  });

  it("may be missing for a status, which fails the call", async () => {
    expect(await statusOf({ 200: { statusCode: "200" } }, 404)).toBe(500);
    expect(await statusOf({}, 200)).toBe(500);
  });

  it.each(["2(", "[2", "2**", "(?<!2", "20++", "2)|(?:3"])(
    "is refused when the API starts: %s",
    (pattern) => {
      expect(() => anObject({ [pattern]: { statusCode: "200" } })).toThrow(
        `an integration response with the pattern ${JSON.stringify(pattern)}`,
      );
    },
  );

  it.each([undefined, "", "default", "99", "2000"])("is refused with the statusCode %j", (statusCode) => {
    expect(() => anObject({ default: { statusCode } })).toThrow("is not executed here. Use 100 to 599");
  });
});

describe("response parameters", () => {
  const map = async (source: string, reply: Partial<ApiResponse> = {}) => {
    const responseParameters = { "method.response.header.X-Value": source };
    const { send } = anObject({ default: { statusCode: "200", responseParameters } }, reply);
    const { status, headers } = await send("GET", "/orders");
    return { status, value: headers["X-Value"] };
  };
  const headers = [
    ["x-one", "1"],
    ["X-One", "2"],
  ] as const;
  const body = Buffer.from('{"id":7,"none":null,"list":[{"n":"first"}],"map":{"a":1}}');

  it.each<[string, string | undefined]>([
    ["'constant'", "constant"],
    ["integration.response.header.X-One", "2"],
    ["integration.response.multivalueheader.X-One", "1,2"],
    ["integration.response.header.X-None", undefined],
    ["integration.response.multivalueheader.X-None", undefined],
    ["integration.response.body", body.toString()],
    ["integration.response.body.id", "7"],
    ["integration.response.body.list[0].n", "first"],
    ["integration.response.body.map", '{"a":1}'],
    ["integration.response.body.none", undefined],
    ["integration.response.body.other", undefined],
    ["context.stage", "v1"],
    ["stageVariables.none", undefined],
  ])("of %s give %s", async (source, value) => {
    expect(await map(source, { headers, body })).toEqual({ status: 200, value });
  });

  it("of a body that is no JSON give nothing but the whole of it", async () => {
    const reply = { body: Buffer.from("<xml/>") };

    expect(await map("integration.response.body.id", reply)).toEqual({ status: 200, value: undefined });
    expect(await map("integration.response.body", reply)).toEqual({ status: 200, value: "<xml/>" });
  });

  it.each<[string, string, string]>([
    ["from another source", "method.response.header.X-Value", "integration.response.status"],
    ["from a filter", "method.response.header.X-Value", "integration.response.body.list[?(@.n)]"],
    ["to the body", "method.response.body", "'constant'"],
  ])("keep the API from its start: %s", (_, target, source) => {
    const start = () =>
      anObject({ default: { statusCode: "200", responseParameters: { [target]: source } } });

    expect(start).toThrow(
      /a mapping .+ \(\/paths\/.+\/responses\/default\/responseParameters\/.+ is not executed here/,
    );
  });
});

describe("response templates", () => {
  const reply = { body: Buffer.from('{"n":1}') };
  const templates = (responseTemplates: Readonly<Record<string, string>>) => ({
    default: { statusCode: "200", responseTemplates },
  });

  it("that are empty pass the body through", async () => {
    const { send } = anObject(templates({ "application/json": "" }), reply);

    expect((await send("GET", "/orders")).text).toBe('{"n":1}');
  });

  it.each([
    ["the one that the client accepts", "text/plain", "plain"],
    ["the one for JSON for any other", "text/html", "json"],
    ["the one for JSON for none", undefined, "json"],
  ])("give %s", async (_, accept, text) => {
    const { send } = anObject(templates({ "text/plain": "plain", "application/json": "json" }), reply);

    const response = await send("GET", "/orders", {
      headers: accept === undefined ? [] : [["Accept", accept]],
    });

    expect(response.text).toBe(text);
  });

  it("give the first where none is for JSON", async () => {
    const { send } = anObject(templates({ "text/plain": "plain", "text/csv": "csv" }), reply);

    expect(await send("GET", "/orders")).toMatchObject({
      text: "plain",
      headers: { "Content-Type": "text/plain" },
    });
  });

  it("override status and headers, and a status that is none changes nothing", async () => {
    const overriding = (status: string) =>
      anObject(
        templates({
          "application/json": `#set($context.responseOverride.status = ${status})#set($context.responseOverride.header.Date = "now")x`,
        }),
        reply,
      ).send("GET", "/orders");

    expect(await overriding("418")).toMatchObject({
      status: 418,
      headers: { "x-amzn-Remapped-Date": "now" },
    });
    expect((await overriding("7")).status).toBe(200);
    expect((await overriding('"none"')).status).toBe(200);
  });

  it("that are not executed are refused when the API starts, as those of requests are", () => {
    const source = "#include('x')";

    expect(() => anObject(templates({ "application/json": source }))).toThrow("is not executed");
    expect(() =>
      anObject({ default: { statusCode: "200" } }, {}, { requestTemplates: { "application/json": source } }),
    ).toThrow("is not executed");
  });
});

describe("httpMethod ANY towards S3", () => {
  it.each(["GET", "PUT", "DELETE"])("is the caller's: %s", async (method) => {
    const { send, methods } = anObject({ default: { statusCode: "200" } }, {}, { httpMethod: "any" });

    await send(method, "/orders");

    expect(methods).toEqual([method]);
  });
});
