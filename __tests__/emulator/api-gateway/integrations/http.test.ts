import { describe, expect, it } from "vitest";
import type { ApiResponse, Headers, HttpRequest } from "../../../../emulator/api-gateway/messages.ts";
import { anApi, integrated } from "../../../support/api-gateway.ts";

const origin = "http://127.0.0.1:9000";

interface Options {
  readonly path?: string;
  readonly reply?: Partial<ApiResponse>;
  readonly rest?: Readonly<Record<string, unknown>>;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

function anHttpApi(integration: Readonly<Record<string, unknown>>, options: Options = {}) {
  const { path = "/orders/{id}", reply = {}, rest = {}, stageVariables = {} } = options;
  const requests: HttpRequest[] = [];
  const api = anApi({
    paths: { [path]: { "x-amazon-apigateway-any-method": integrated(integration) } },
    rest,
    stageVariables,
    backends: {
      http: async (request) => {
        requests.push(request);
        return { status: 200, headers: [], body: Buffer.alloc(0), ...reply };
      },
    },
  });
  return { ...api, requests };
}

const named = (headers: Headers | undefined) =>
  Object.fromEntries((headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));

describe("an integration of type http_proxy", () => {
  const proxy = {
    type: "http_proxy",
    httpMethod: "ANY",
    uri: `${origin}/items/{id}`,
    requestParameters: { "integration.request.path.id": "method.request.path.id" },
  };

  it("hands on the method, the path, the query with all its values, and the body", async () => {
    const { send, requests } = anHttpApi(proxy);

    await send("PATCH", "/orders/a%20b?tag=x&tag=y&q=1%262", { body: Buffer.from("{}") });

    expect(requests).toMatchObject([
      { method: "PATCH", url: `${origin}/items/a%20b?tag=x&tag=y&q=1%262`, body: Buffer.from("{}") },
    ]);
  });

  it("sends no fragment of its URI, and all of what a client sends", async () => {
    const { send, requests } = anHttpApi({ ...proxy, uri: `${origin}/items/{id}#top` });

    await send("GET", "/orders/a#b?tag=x");

    expect(requests[0]?.url).toBe(`${origin}/items/a#b?tag=x`);
  });

  it("takes the integration's method where it names one", async () => {
    const { send, requests } = anHttpApi({ ...proxy, httpMethod: "POST" });

    await send("GET", "/orders/1");

    expect(requests[0]?.method).toBe("POST");
  });

  it.each(["GET", "HEAD", "OPTIONS"])("sends no body with %s", async (httpMethod) => {
    const { send, requests } = anHttpApi({ ...proxy, httpMethod });

    await send("POST", "/orders/1", { body: Buffer.from("body") });

    expect(requests[0]?.body).toEqual(Buffer.alloc(0));
  });

  it("hands on the client's headers, but for those that end at the gateway", async () => {
    const { send, requests } = anHttpApi(proxy);

    await send("POST", "/orders/1", {
      headers: [
        ["Authorization", "Bearer secret"],
        ["User-Agent", "client/1"],
        ["Accept", "text/html"],
        ["Host", "api.example"],
        ["Via", "1.1 proxy"],
        ["Content-Encoding", "deflate"],
        ["Connection", "close"],
        ["X-Amzn-Apigateway-Api-Id", "forged"],
        ["X-Forwarded-For", "forged"],
      ],
    });

    const headers = named(requests[0]?.headers);
    expect(headers).toMatchObject({
      authorization: "Bearer secret",
      "user-agent": "client/1",
      accept: "text/html",
      "x-amzn-apigateway-api-id": "abcde12345",
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-/),
      "x-forwarded-for": "10.0.0.1",
    });
    for (const name of ["host", "via", "content-encoding", "connection"])
      expect(headers).not.toHaveProperty(name);
  });

  it("sets headers of its own where the client has none", async () => {
    const { send, requests } = anHttpApi(proxy);

    await send("GET", "/orders/1");

    expect(named(requests[0]?.headers)).toMatchObject({
      accept: "application/json",
      "user-agent": "AmazonAPIGateway_abcde12345",
    });
  });

  it("puts mapped headers in place of the client's, and mapped queries beside them", async () => {
    const { send, requests } = anHttpApi({
      ...proxy,
      requestParameters: {
        ...proxy.requestParameters,
        "integration.request.header.x-one": "'mapped'",
        "integration.request.header.Host": "'orders.example'",
        "integration.request.header.TE": "'trailers'",
        "integration.request.querystring.tag": "'mapped'",
      },
    });

    await send("GET", "/orders/1?tag=x", { headers: [["X-One", "client"]] });

    expect(requests[0]?.url).toBe(`${origin}/items/1?tag=x&tag=mapped`);
    const headers = named(requests[0]?.headers);
    expect(headers).toMatchObject({ "x-one": "mapped", host: "orders.example" });
    expect(headers).not.toHaveProperty("te");
  });

  it.each(["Content-Length", "Transfer-Encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"])(
    "fails the call where %s is mapped",
    async (name) => {
      const { send, requests } = anHttpApi({
        ...proxy,
        requestParameters: {
          ...proxy.requestParameters,
          [`integration.request.header.${name}`]: "'1'",
        },
      });

      expect((await send("GET", "/orders/1")).status).toBe(500);
      expect(requests).toEqual([]);
    },
  );

  it("hands back status, headers and body, and renames what the gateway keeps for itself", async () => {
    const { send } = anHttpApi(
      { ...proxy, responses: { default: { statusCode: "200" } } },
      {
        reply: {
          status: 404,
          headers: [
            ["Content-Type", "text/html"],
            ["Date", "yesterday"],
            ["Server", "nginx"],
            ["Via", "1.1 cache"],
            ["Location", "/elsewhere"],
            ["WWW-Authenticate", "Basic"],
          ],
          body: Buffer.from("<p>none</p>"),
        },
      },
    );

    const response = await send("GET", "/orders/1");

    expect(response).toMatchObject({
      status: 404,
      text: "<p>none</p>",
      headers: {
        "Content-Type": "text/html",
        "x-amzn-Remapped-Date": "yesterday",
        "x-amzn-Remapped-Server": "nginx",
        Location: "/elsewhere",
        "WWW-Authenticate": "Basic",
      },
    });
    expect(response.headers).not.toHaveProperty("Via");
  });

  it("hands back bytes to a client that accepts them, and base64 to others", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80]);
    const { send } = anHttpApi(proxy, {
      rest: { "x-amazon-apigateway-binary-media-types": ["image/png"] },
      reply: { headers: [["Content-Type", "image/png"]], body: bytes },
    });

    expect((await send("GET", "/orders/1", { headers: [["Accept", "image/png"]] })).body).toEqual(bytes);
    expect((await send("GET", "/orders/1")).text).toBe(bytes.toString("base64"));
  });

  it("keeps the query of its URI, and fills stage variables in", async () => {
    const { send, requests } = anHttpApi(
      {
        ...proxy,
        uri: "http://${stageVariables.host}/items?key=${stageVariables.key}",
        requestParameters: {},
      },
      { stageVariables: { host: "localhost:9000", key: "k" } },
    );

    await send("GET", "/orders/1?a=b");

    expect(requests[0]?.url).toBe("http://localhost:9000/items?key=k&a=b");
  });

  it("answers 504 for an endpoint that cannot be reached, or does not answer in time", async () => {
    const operation = integrated({ ...proxy, timeoutInMillis: 50, requestParameters: {}, uri: origin });
    const paths = { "/orders": { get: operation } };
    const refused = anApi({ paths, backends: { http: () => Promise.reject(new Error("ECONNREFUSED")) } });
    const silent = anApi({ paths, backends: { http: () => new Promise(() => undefined) } });

    expect(await refused.send("GET", "/orders")).toMatchObject({
      status: 504,
      text: '{"message":"Network error communicating with endpoint"}',
    });
    expect(await silent.send("GET", "/orders")).toMatchObject({
      status: 504,
      text: '{"message":"Endpoint request timed out"}',
    });
  });
});

describe("an integration of type http", () => {
  const http = {
    type: "http",
    httpMethod: "POST",
    uri: `${origin}/items`,
    responses: {
      "2\\d{2}": {
        statusCode: "201",
        responseParameters: {
          "method.response.header.X-Total": "integration.response.header.x-total",
          "method.response.header.X-First": "integration.response.body.items[0].id",
        },
      },
      "4\\d{2}": {
        statusCode: "400",
        responseTemplates: { "application/json": "{\"reason\":$input.json('$.error')}" },
      },
      default: { statusCode: "502" },
    },
  };

  it("sends what is mapped, by template, and nothing else of the request", async () => {
    const { send, requests } = anHttpApi({
      ...http,
      requestParameters: {
        "integration.request.header.X-Order": "method.request.path.id",
        "integration.request.querystring.q": "method.request.querystring.search",
      },
      requestTemplates: { "application/json": "{\"order\":$input.json('$')}" },
    });

    await send("PUT", "/orders/7?search=a%20b&other=1", {
      headers: [
        ["Cookie", "a=b"],
        ["Content-Type", "application/json"],
      ],
      body: Buffer.from('{"n":1}'),
    });

    const [request] = requests;
    expect(request).toMatchObject({ method: "POST", url: `${origin}/items?q=a+b` });
    expect(request?.body.toString()).toBe('{"order":{"n":1}}');
    expect(named(request?.headers)).toEqual({
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "AmazonAPIGateway_abcde12345",
      "x-order": "7",
      "x-amzn-apigateway-api-id": "abcde12345",
      "x-amzn-trace-id": expect.any(String),
    });
  });

  it("hands on no Content-Type of a request that has no body by its method", async () => {
    const { send, requests } = anHttpApi(http);

    await send("GET", "/orders/7", { headers: [["Content-Type", "application/json"]] });

    expect(named(requests[0]?.headers)).not.toHaveProperty("content-type");
  });

  it.each<[number, string, number, string]>([
    [200, '{"items":[{"id":"i1"}]}', 201, '{"items":[{"id":"i1"}]}'],
    [404, '{"error":"none"}', 400, '{"reason":"none"}'],
    [302, "", 502, ""],
  ])("makes of the endpoint's %i with %s an answer with %i", async (status, body, expected, text) => {
    const { send } = anHttpApi(http, {
      reply: { status, headers: [["x-total", "3"]], body: Buffer.from(body) },
    });

    expect(await send("GET", "/orders/7")).toMatchObject({ status: expected, text });
  });

  it("maps headers and parts of the body of the answer, and hands back no other header", async () => {
    const { send } = anHttpApi(http, {
      reply: {
        headers: [
          ["x-total", "3"],
          ["Set-Cookie", "a=b"],
        ],
        body: Buffer.from('{"items":[{"id":"i1"}]}'),
      },
    });

    const { headers } = await send("GET", "/orders/7");

    expect(headers).toMatchObject({ "X-Total": "3", "X-First": "i1" });
    expect(headers).not.toHaveProperty("Set-Cookie");
  });

  it("may map Authorization, which no AWS service takes from a mapping", async () => {
    const { send, requests } = anHttpApi({
      ...http,
      requestParameters: { "integration.request.header.Authorization": "'Basic abc'" },
    });

    expect((await send("GET", "/orders/7")).status).toBe(201);
    expect(named(requests[0]?.headers)).toMatchObject({ authorization: "Basic abc" });
  });
});
