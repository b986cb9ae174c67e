import { describe, expect, it } from "vitest";
import type { FunctionResult } from "../../../../emulator/api-gateway/messages.ts";
import { anApi, integrated, lambdaUri } from "../../../support/api-gateway.ts";

const returned = (payload: string): FunctionResult => ({ kind: "returned", payload });
const failed = (errorMessage: string): FunctionResult => ({
  kind: "failed",
  errorType: "Error",
  errorMessage,
});

function aFunction(
  integration: Readonly<Record<string, unknown>> = {},
  result: FunctionResult | Promise<FunctionResult> = returned('{"ok":true}'),
  rest = {},
) {
  const events: [functionArn: string, event: string][] = [];
  const api = anApi({
    paths: {
      "/orders/{id}": {
        "x-amazon-apigateway-any-method": integrated({
          type: "aws",
          httpMethod: "POST",
          uri: lambdaUri,
          responses: { default: { statusCode: "200" } },
          ...integration,
        }),
      },
    },
    rest,
    backends: {
      lambda: async (functionArn, event) => {
        events.push([functionArn, event]);
        return result;
      },
    },
  });
  return { ...api, events };
}

describe("the event of a function without proxy", () => {
  it("is the body, where no template is for its type", async () => {
    const { send, events } = aFunction();

    await send("PUT", "/orders/1", { body: Buffer.from('{ "n": 1 }') });

    expect(events).toEqual([["arn:aws:lambda:eu-central-1:111111111111:function:api", '{ "n": 1 }']]);
  });

  it("is an empty object where there is no body", async () => {
    const { send, events } = aFunction();

    await send("GET", "/orders/1");

    expect(events[0]?.[1]).toBe("{}");
  });

  it("is what the template makes of the request", async () => {
    const { send, events } = aFunction({
      requestTemplates: { "application/json": '{"id":"$input.params(\'id\')","stage":"$context.stage"}' },
    });

    await send("GET", "/orders/7");

    expect(JSON.parse(events[0]?.[1] ?? "")).toEqual({ id: "7", stage: "v1" });
  });

  it.each(["{", "id=7", '{"id":}'])("that is no JSON is the client's mistake: %s", async (body) => {
    const { send, events } = aFunction();

    expect((await send("POST", "/orders/1", { body: Buffer.from(body) })).status).toBe(400);
    expect(events).toEqual([]);
  });

  it("has at most 6 MB", async () => {
    const { send, events } = aFunction();
    const post = (size: number) =>
      send("POST", "/orders/1", { body: Buffer.from(JSON.stringify("x".repeat(size - 2))) });

    expect((await post(6_291_456)).status).toBe(200);
    expect((await post(6_291_457)).status).toBe(413);
    expect(events).toHaveLength(1);
  });
});

describe("the result of a function without proxy", () => {
  it("is the answer, whatever the function meant by its members", async () => {
    const { send } = aFunction({}, returned('{"statusCode":404,"body":"none"}'));

    expect(await send("GET", "/orders/1")).toMatchObject({
      status: 200,
      text: '{"statusCode":404,"body":"none"}',
      headers: { "Content-Type": "application/json" },
    });
  });

  const patterns = {
    responses: {
      ".*\\[400\\].*": {
        statusCode: "400",
        responseTemplates: { "application/json": "{\"reason\":$input.json('$.errorMessage')}" },
      },
      "(?s).*timed out.*": { statusCode: "504" },
      ".+": { statusCode: "500" },
      default: { statusCode: "200" },
    },
  };

  it.each<[string, FunctionResult, number]>([
    ["a message that a pattern matches", failed("Wrong [400] order"), 400],
    ["a result with such a message", returned('{"errorMessage":"Wrong [400] order"}'), 400],
    ["a message in lines that its pattern's dot takes", failed("it\ntimed out"), 504],
    ["a message in lines that no dot takes", failed("first\nsecond"), 200],
    ["any other message", failed("else"), 500],
    ["an empty message", failed(""), 200],
    ["no failure, though a pattern is for all of text", returned('{"ok":true}'), 200],
    ["null", returned("null"), 200],
  ])("chooses the response for %s", async (_, result, status) => {
    expect((await aFunction(patterns, result).send("GET", "/orders/1")).status).toBe(status);
  });

  it("gives an error to templates, with its type", async () => {
    const { send } = aFunction(patterns, failed('Wrong [400] "order"'));

    expect((await send("GET", "/orders/1")).text).toBe('{"reason":"Wrong [400] \\"order\\""}');
    expect(JSON.parse((await aFunction({}, failed("x")).send("GET", "/orders/1")).text)).toEqual({
      errorMessage: "x",
      errorType: "Error",
    });
  });

  it("of success takes a pattern of its status where there is no default", async () => {
    const { send } = aFunction({ responses: { 200: { statusCode: "201" } } });

    expect((await send("GET", "/orders/1")).status).toBe(201);
  });

  it("of failure fails the call where no response is for it", async () => {
    const { send, answers } = aFunction({ responses: { 200: { statusCode: "201" } } }, failed("secret"));

    expect((await send("GET", "/orders/1")).status).toBe(500);
    expect(answers[0]?.error).toBe("There is no integration response for the error message.");
  });

  it("maps into headers", async () => {
    const { send } = aFunction(
      {
        responses: {
          default: {
            statusCode: "201",
            responseParameters: { "method.response.header.Location": "integration.response.body.place" },
          },
        },
      },
      returned('{"place":"/orders/9"}'),
    );

    expect(await send("POST", "/orders/1")).toMatchObject({
      status: 201,
      headers: { Location: "/orders/9" },
    });
  });

  it("is text to a template of an API with binary media types where it is converted", async () => {
    const binary = { "x-amazon-apigateway-binary-media-types": ["*/*"] };
    const response = { statusCode: "200", responseTemplates: { "application/json": "$input.body" } };
    const converted = { ...response, contentHandling: "CONVERT_TO_TEXT" };

    const fails = aFunction({ responses: { default: response } }, returned("{}"), binary);
    const works = aFunction({ responses: { default: converted } }, returned("{}"), binary);

    expect((await fails.send("GET", "/orders/1")).status).toBe(500);
    expect((await works.send("GET", "/orders/1")).status).toBe(200);
  });
});

describe("the invocation type", () => {
  const byHeader = {
    requestParameters: {
      "integration.request.header.X-Amz-Invocation-Type": "method.request.header.InvocationType",
    },
  };
  const as = (type: string) => ({ headers: [["InvocationType", type]] as const });

  it("Event answers before the function has, and with nothing of it", async () => {
    const never = new Promise<FunctionResult>(() => undefined);
    const { send, events } = aFunction(byHeader, never);

    expect(await send("POST", "/orders/1", as("Event"))).toMatchObject({ status: 200, text: "" });
    expect(events).toHaveLength(1);
  });

  it("Event hides a function that cannot be invoked", async () => {
    const paths = {
      "/orders": {
        post: integrated({
          type: "aws",
          httpMethod: "POST",
          uri: lambdaUri,
          requestParameters: { "integration.request.header.X-Amz-Invocation-Type": "'Event'" },
          responses: { default: { statusCode: "202" } },
        }),
      },
    };
    const { send } = anApi({ paths, backends: { lambda: () => Promise.reject(new Error("none")) } });

    expect((await send("POST", "/orders")).status).toBe(202);
  });

  it("DryRun invokes nothing", async () => {
    const { send, events } = aFunction(byHeader);

    expect((await send("POST", "/orders/1", as("DryRun"))).status).toBe(200);
    expect(events).toEqual([]);
  });

  it("is the usual one where the client names none, and no other than these", async () => {
    const { send } = aFunction(byHeader);

    expect((await send("POST", "/orders/1")).text).toBe('{"ok":true}');
    expect((await send("POST", "/orders/1", as("RequestResponse"))).text).toBe('{"ok":true}');
    expect((await send("POST", "/orders/1", as("Other"))).status).toBe(500);
  });
});

describe("the method towards Lambda", () => {
  it.each([
    ["aws", "GET", "POST", 500],
    ["aws", "ANY", "POST", 200],
    ["aws", "ANY", "GET", 500],
    ["aws_proxy", "GET", "POST", 500],
    ["aws_proxy", "ANY", "POST", 200],
    ["aws_proxy", "ANY", "GET", 500],
    ["aws_proxy", undefined, "GET", 200],
  ])(
    "of type %s with httpMethod %s and a request by %s answers %i",
    async (type, httpMethod, method, status) => {
      const { send, events } = aFunction({ type, httpMethod }, returned('{"statusCode":200}'));

      expect((await send(method, "/orders/1")).status).toBe(status);
      expect(events).toHaveLength(status === 200 ? 1 : 0);
    },
  );
});

describe("a mapping that sets a reserved header", () => {
  it.each([
    "Authorization",
    "Connection",
    "Content-Length",
    "Expect",
    "Proxy-Authenticate",
    "TE",
    "Transfer-Encoding",
    "X-Amzn-Trace-Id",
  ])("fails the call of a function, with proxy or without: %s", async (name) => {
    const requestParameters = { [`integration.request.header.${name}`]: "'x'" };

    for (const type of ["aws", "aws_proxy"]) {
      const { send, events } = aFunction({ type, requestParameters });
      expect((await send("GET", "/orders/1")).status).toBe(500);
      expect(events).toEqual([]);
    }
  });
});
