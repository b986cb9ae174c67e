import { describe, expect, it } from "vitest";
import { type Answer, createApiGateway } from "../../../emulator/api-gateway/api-gateway.ts";
import type { ApiRequest, Backends, ServiceRequest } from "../../../emulator/api-gateway/messages.ts";
import { firstAdmittedAddress } from "../../../emulator/api-gateway/resource-policy.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";

const s3Path = "arn:aws:apigateway:eu-central-1:s3:path";
const lambdaUri =
  "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/" +
  "arn:aws:lambda:eu-central-1:111111111111:function:api/invocations";

interface Options {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly rest?: Readonly<Record<string, unknown>>;
  readonly policy?: string;
  readonly backends?: Partial<Backends>;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

function anApi({ paths, rest = {}, policy, backends = {}, stageVariables = {} }: Options) {
  const calls: ServiceRequest[] = [];
  const answers: Answer[] = [];
  const document = parseDocument(
    JSON.stringify({ openapi: "3.0.1", info: { title: "api", version: "1" }, paths, ...rest }),
    "api",
  );
  const gateway = createApiGateway({
    document,
    deployment: {
      apiId: "abcde12345",
      accountId: "111111111111",
      region: "eu-central-1",
      stageName: "v1",
      stageVariables,
    },
    policy,
    onAnswer: (answer) => answers.push(answer),
    backends: {
      s3: async (request) => {
        calls.push(request);
        return { status: 200, headers: [], body: Buffer.alloc(0) };
      },
      lambda: async () => ({ kind: "returned", payload: '{"statusCode":200,"body":"ok"}' }),
      http: async () => ({ status: 200, headers: [], body: Buffer.alloc(0) }),
      ...backends,
    },
  });
  const send = async (method: string, target: string, request: Partial<ApiRequest> = {}) => {
    const response = await gateway({
      method,
      target,
      headers: [],
      body: Buffer.alloc(0),
      sourceIp: "10.0.0.1",
      ...request,
    });
    return {
      ...response,
      headers: Object.fromEntries(response.headers),
      text: response.body.toString("utf8"),
    };
  };
  return { send, calls, answers };
}

/** An operation that stores under a key, so that the call tells which one was chosen. */
function stores(key: string, parameters: Readonly<Record<string, string>> = {}) {
  return {
    "x-amazon-apigateway-integration": {
      type: "aws",
      httpMethod: "PUT",
      uri: `${s3Path}/bucket/${key}`,
      requestParameters: parameters,
      responses: { default: { statusCode: "200" } },
    },
    responses: { 200: {} },
  };
}

const proxies = {
  "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: lambdaUri },
  responses: {},
};

describe("HEAD", () => {
  const { send } = anApi({
    paths: {
      "/function": { head: proxies },
      "/object": { head: stores("key") },
    },
    backends: { s3: async () => ({ status: 200, headers: [], body: Buffer.from("bytes") }) },
  });

  it.each([
    ["a function's", "/function", 200],
    ["a service's", "/object", 200],
    ["the gateway's own", "/nothing", 403],
  ])("gives the status and headers of %s answer without its content", async (_, target, status) => {
    expect(await send("HEAD", target)).toMatchObject({
      status,
      text: "",
      headers: { "x-amzn-RequestId": expect.any(String), "Content-Type": expect.any(String) },
    });
  });
});

describe("routing", () => {
  const { send, calls } = anApi({
    paths: {
      "/a/{id}": { put: stores("parameter") },
      "/a/literal": { put: stores("literal") },
      "/a/{rest+}": { put: stores("greedy") },
      "/a/{id}/b": { "x-amazon-apigateway-any-method": stores("any"), put: stores("exact-method") },
    },
  });

  it.each([
    ["a literal segment before a parameter", "PUT", "/a/literal", "literal"],
    ["a parameter before a greedy one", "PUT", "/a/other", "parameter"],
    ["a greedy parameter for more segments", "PUT", "/a/x/y/z", "greedy"],
    ["a resource below a parameter before a greedy one", "PUT", "/a/x/b", "exact-method"],
    ["the method that is declared before the one for any", "PUT", "/a/x/b", "exact-method"],
    ["the one for any method", "PATCH", "/a/x/b", "any"],
    ["the same resource for a slash at the end", "PUT", "/a/literal/", "literal"],
    ["a literal that is written percent-encoded", "PUT", "/a/%6Citeral", "literal"],
  ])("takes %s", async (_, method, target, key) => {
    const { status } = await send(method, target);

    expect(status).toBe(200);
    expect(calls.at(-1)?.target).toBe(`/bucket/${key}`);
  });

  it.each([
    ["an empty parameter", "PUT", "/a//b"],
    ["nothing for a greedy parameter", "PUT", "/a/"],
    ["a method that the most specific resource lacks", "GET", "/a/literal"],
  ])("does not take %s", async (_, method, target) => {
    expect((await send(method, target)).status).toBe(403);
  });
});

describe("resource policy", () => {
  const endpoint = "vpce-0123456789abcdef0";
  const statement = { Principal: "*", Action: "execute-api:Invoke", Resource: "*" };
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { ...statement, Effect: "Allow", Condition: { StringEquals: { "aws:SourceVpce": [endpoint] } } },
      { ...statement, Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceVpce": endpoint } } },
    ],
  });
  const paths = { "/a": { put: stores("a") } };

  it("lets the endpoint in", async () => {
    const { send } = anApi({ paths, policy });

    expect((await send("PUT", "/a", { sourceVpcEndpoint: endpoint })).status).toBe(200);
  });

  it.each([
    ["another endpoint", "vpce-0fedcba9876543210"],
    ["no endpoint", undefined],
  ])("keeps %s out, before any backend", async (_, sourceVpcEndpoint) => {
    const { send, calls } = anApi({ paths, policy });

    const response = await send("PUT", "/a", { sourceVpcEndpoint });

    expect(response.status).toBe(403);
    expect(JSON.parse(response.text)).toEqual({
      Message:
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: " +
        "arn:aws:execute-api:eu-central-1:********1111:abcde12345/v1/PUT/a",
    });
    expect(calls).toEqual([]);
  });

  describe("on addresses", () => {
    const allow = {
      ...statement,
      Effect: "Allow",
      Condition: { StringEquals: { "aws:SourceVpce": endpoint } },
    };
    const denying = (operator: string, addresses: string | string[]) =>
      JSON.stringify({
        Statement: [
          allow,
          { ...statement, Effect: "Deny", Condition: { [operator]: { "aws:VpcSourceIp": addresses } } },
        ],
      });
    const status = async (
      policy: string,
      sourceIp: string,
      sourceVpcEndpoint: string | undefined = endpoint,
    ) => {
      const { send, calls } = anApi({ paths, policy });
      const response = await send("PUT", "/a", { sourceVpcEndpoint, sourceIp });
      expect(calls.length).toBe(response.status === 200 ? 1 : 0);
      return response.status;
    };

    it.each<[string, string | string[], number]>([
      ["10.0.0.4", "10.0.0.0/28", 200],
      ["10.0.0.15", "10.0.0.0/28", 200],
      ["10.0.0.16", "10.0.0.0/28", 403],
      ["9.255.255.255", "10.0.0.0/8", 403],
      ["255.255.255.255", "128.0.0.0/1", 200],
      ["10.0.0.16", ["10.0.0.0/28", "10.0.0.16/32"], 200],
      ["10.0.0.16", "10.0.0.16", 200],
      ["10.0.0.17", "10.0.0.16", 403],
      ["10.0.0.17", "10.0.0.31/28", 200],
      ["192.0.2.1", "0.0.0.0/0", 200],
      ["::1", "10.0.0.0/28", 403],
    ])("let %s in where all but %j is denied: %i", async (sourceIp, blocks, expected) => {
      expect(await status(denying("NotIpAddress", blocks), sourceIp)).toBe(expected);
    });

    it("keep out those that are named", async () => {
      expect(await status(denying("IpAddress", "10.0.0.0/28"), "10.0.0.1")).toBe(403);
      expect(await status(denying("IpAddress", "10.0.0.0/28"), "10.0.0.16")).toBe(200);
    });

    it("take a request through no endpoint for one that has none", async () => {
      const open = (operator: string) =>
        JSON.stringify({
          Statement: [
            { ...statement, Effect: "Allow" },
            { ...statement, Effect: "Deny", Condition: { [operator]: { "aws:VpcSourceIp": "10.0.0.0/8" } } },
          ],
        });
      const { send: sendWherePositive } = anApi({ paths, policy: open("IpAddress") });
      const { send: sendWhereNegative } = anApi({ paths, policy: open("NotIpAddress") });

      expect((await sendWherePositive("PUT", "/a", { sourceIp: "10.0.0.1" })).status).toBe(200);
      expect((await sendWhereNegative("PUT", "/a", { sourceIp: "10.0.0.1" })).status).toBe(403);
    });

    it.each(["10.0.0.0/33", "10.0.0", "fd00::/8", "10.0.0.0/8/8"])("are refused at once as %s", (block) => {
      expect(() => anApi({ paths, policy: denying("NotIpAddress", block) })).toThrow(
        `The resource policy's condition NotIpAddress on aws:VpcSourceIp with "${block}" is not evaluated here.`,
      );
    });

    it("name the first one that is admitted, where not every one is", () => {
      expect(firstAdmittedAddress(denying("NotIpAddress", ["10.0.0.16/28", "10.0.0.0/28"]))).toBe(
        "10.0.0.16",
      );
      expect(firstAdmittedAddress(denying("IpAddress", "10.0.0.0/28"))).toBeUndefined();
      expect(firstAdmittedAddress(policy)).toBeUndefined();
    });
  });

  it("looks at the method and the path of a statement", async () => {
    const arn = "arn:aws:execute-api:eu-central-1:111111111111:abcde12345/v1/GET/*";
    const { send } = anApi({
      paths: { "/a": { put: stores("a"), get: stores("b") } },
      policy: JSON.stringify({ Statement: [{ ...statement, Effect: "Allow", Resource: [arn] }] }),
    });

    expect((await send("GET", "/a")).status).toBe(200);
    expect((await send("PUT", "/a")).status).toBe(403);
  });

  it("is refused at once if it asks for what is not evaluated here", () => {
    const condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };

    expect(() =>
      anApi({
        paths,
        policy: JSON.stringify({ Statement: [{ ...statement, Effect: "Allow", Condition: condition }] }),
      }),
    ).toThrow("The resource policy's condition IpAddress on aws:SourceIp is not evaluated here.");
  });
});

describe("gateway responses", () => {
  const custom = (name: string, response: unknown) => ({
    paths: { "/a": { put: stores("a") } },
    rest: { "x-amazon-apigateway-gateway-responses": { [name]: response } },
  });

  it("customize status, headers and body of an error", async () => {
    const { send } = anApi(
      custom("MISSING_AUTHENTICATION_TOKEN", {
        statusCode: "404",
        responseParameters: {
          "gatewayresponse.header.Content-Type": "'application/problem+json'",
          "gatewayresponse.header.X-Request": "context.requestId",
        },
        responseTemplates: {
          "application/json": '{"detail":$context.error.messageString,"type":"$context.error.responseType"}',
        },
      }),
    );

    const response = await send("GET", "/nothing", { headers: [["x-amzn-RequestId", "chosen"]] });

    expect(response).toMatchObject({
      status: 404,
      headers: { "Content-Type": "application/problem+json", "X-Request": "chosen" },
      text: '{"detail":"Missing Authentication Token","type":"MISSING_AUTHENTICATION_TOKEN"}',
    });
  });

  it("of a class of statuses stand in for those of a type, and keep its status", async () => {
    const { send } = anApi(
      custom("DEFAULT_4XX", { statusCode: "400", responseTemplates: { "application/json": "{}" } }),
    );

    expect(await send("GET", "/nothing")).toMatchObject({ status: 403, text: "{}" });
  });

  it("tell a client nothing of a backend that cannot be reached, and the log everything", async () => {
    const { send, answers } = anApi({
      paths: { "/a": { put: stores("a") } },
      backends: { s3: () => Promise.reject(new Error("connect ECONNREFUSED")) },
    });

    const response = await send("PUT", "/a");

    expect(response.status).toBe(504);
    expect(response.text).not.toContain("ECONNREFUSED");
    expect(answers).toMatchObject([{ status: 504, error: expect.stringContaining("ECONNREFUSED") }]);
  });
});

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

describe("parameter mapping", () => {
  const map = async (source: string, request: Partial<ApiRequest> = {}, target = "/a/item?tag=x&tag=y") => {
    const { send, calls } = anApi({
      paths: {
        "/a/{id}": { put: stores("a", { "integration.request.header.x-amz-meta-value": source }) },
      },
    });
    const response = await send("PUT", target, request);
    const header = calls[0]?.headers.find(([name]) => name === "x-amz-meta-value");
    return { status: response.status, value: header?.[1] };
  };

  it.each<[string, string | undefined, Partial<ApiRequest>?]>([
    ["'constant'", "constant"],
    ["method.request.path.id", "item"],
    ["method.request.querystring.tag", "y"],
    ["method.request.multivaluequerystring.tag", "x,y"],
    [
      "method.request.header.X-One",
      "2",
      {
        headers: [
          ["x-one", "1"],
          ["X-One", "2"],
        ],
      },
    ],
    [
      "method.request.multivalueheader.X-One",
      "1,2",
      {
        headers: [
          ["x-one", "1"],
          ["X-One", "2"],
        ],
      },
    ],
    ["method.request.body.a.b", "deep", { body: Buffer.from('{"a":{"b":"deep"}}') }],
    ["context.identity.sourceIp", "10.0.0.1"],
    ["context.stage", "v1"],
    ["method.request.header.X-None", undefined],
    ["method.request.body.none", undefined],
  ])("of %s gives %s", async (source, value, request) => {
    expect(await map(source, request)).toEqual({ status: 200, value });
  });

  it("of a source that is none fails the call", async () => {
    expect((await map("request.header.X")).status).toBe(500);
  });

  it("encodes what it puts into a path, but not the slashes", async () => {
    const { send, calls } = anApi({
      paths: {
        "/a": {
          put: stores("{key}", { "integration.request.path.key": "method.request.querystring.key" }),
        },
      },
    });

    await send("PUT", "/a?key=x%2Fy%20z%3F");

    expect(calls[0]?.target).toBe("/bucket/x/y%20z%3F");
  });

  it("fails the call if nothing fills a place in the path", async () => {
    const { send, calls } = anApi({ paths: { "/a": { put: stores("{key}") } } });

    expect((await send("PUT", "/a")).status).toBe(500);
    expect(calls).toEqual([]);
  });
});

describe("request validation", () => {
  const { send } = anApi({
    paths: {
      "/a": {
        parameters: [{ $ref: "#/components/parameters/Owner" }],
        post: {
          ...proxies,
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/Outer" } } },
          },
          "x-amazon-apigateway-request-validator": "all",
        },
      },
    },
    rest: {
      components: {
        parameters: { Owner: { name: "X-Owner", in: "header", required: true } },
        schemas: {
          Outer: { type: "object", properties: { inner: { $ref: "#/components/schemas/Inner" } } },
          Inner: { type: "number" },
        },
      },
      "x-amazon-apigateway-request-validators": {
        all: { validateRequestBody: true, validateRequestParameters: true },
      },
    },
  });
  const post = (body: string, headers: Readonly<Record<string, string>> = { "X-Owner": "me" }) =>
    send("POST", "/a", { body: Buffer.from(body), headers: Object.entries(headers) });

  it.each([
    ["a body that fits its model, through references", 200, '{"inner":1}', { "X-Owner": "me" }],
    ["a body that breaks a referred model", 400, '{"inner":"x"}', { "X-Owner": "me" }],
    ["a body that is no JSON", 400, "{", { "X-Owner": "me" }],
    ["a body of a media type without a model", 200, "{", { "X-Owner": "me", "Content-Type": "text/plain" }],
    ["a blank parameter that is declared for the whole path", 400, "{}", { "X-Owner": " " }],
  ])("of %s answers %i", async (_, status, body, headers) => {
    expect((await post(body, headers)).status).toBe(status);
  });
});

describe("the answer of a function", () => {
  const answerFor = async (payload: string) => {
    const { send } = anApi({
      paths: { "/a": { get: proxies } },
      backends: { lambda: async () => ({ kind: "returned", payload }) },
    });
    return send("GET", "/a");
  };

  it.each([
    ["null", "null"],
    ["text", '"ok"'],
    ["no JSON", "ok"],
    ["a status that is no number", '{"statusCode":"ok"}'],
    ["a header that is a list", '{"statusCode":200,"headers":{"a":["b"]}}'],
    ["a body that is an object", '{"statusCode":200,"body":{}}'],
  ])("that is %s is malformed", async (_, payload) => {
    expect(await answerFor(payload)).toMatchObject({
      status: 502,
      text: '{"message":"Internal server error"}',
    });
  });

  it("renames headers that the gateway keeps for itself", async () => {
    const response = await answerFor('{"statusCode":401,"headers":{"WWW-Authenticate":"Basic"}}');

    expect(response.headers).toMatchObject({ "x-amzn-Remapped-WWW-Authenticate": "Basic" });
    expect(response.headers).not.toHaveProperty("WWW-Authenticate");
  });
});

describe(createApiGateway, () => {
  it("refuses a document with an integration that it does not execute", () => {
    const http = { type: "http_proxy", httpMethod: "GET", uri: "https://example.com/" };

    expect(() =>
      anApi({ paths: { "/a": { get: { "x-amazon-apigateway-integration": http, responses: {} } } } }),
    ).toThrow(
      'GET /a (/paths/~1a/get): an integration of type "http_proxy" with "https://example.com/" is not executed here',
    );
  });

  it("refuses a function whose answer is streamed", () => {
    const uri =
      "arn:aws:apigateway:eu-central-1:lambda:path/2021-11-15/functions/orders/response-streaming-invocations";
    const streamed = { type: "aws_proxy", httpMethod: "POST", responseTransferMode: "STREAM", uri };

    expect(() =>
      anApi({ paths: { "/a": { get: { "x-amazon-apigateway-integration": streamed, responses: {} } } } }),
    ).toThrow(/is not executed here; .* are, without streaming/);
  });

  it("gives each request an extended id that its sender cannot choose, and a request id that it can", async () => {
    const { send, answers } = anApi({ paths: { "/a": { put: stores("a") } } });

    await send("PUT", "/a", {
      headers: [
        ["x-amzn-RequestId", "mine"],
        ["x-amz-apigw-id", "mine"],
      ],
    });

    expect(answers[0]?.requestId).toBe("mine");
    expect(answers[0]?.extendedRequestId).toMatch(/^[A-Za-z0-9+/]{15}=$/);
  });
});
