import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayCall } from "../../../../emulator/api-gateway/integrations/http-host.ts";
import { anApi, integrated } from "../../../support/api-gateway.ts";
import { itHolds } from "../../../support/property.ts";

interface Options {
  readonly httpHosts?: readonly string[];
  readonly stageVariables?: Readonly<Record<string, string>>;
}

function aProxyTo(uri: string, { httpHosts = [], stageVariables = {} }: Options = {}) {
  const urls: string[] = [];
  const api = anApi({
    paths: {
      "/{to}": {
        get: integrated({
          type: "http_proxy",
          httpMethod: "GET",
          uri,
          requestParameters: { "integration.request.path.to": "method.request.path.to" },
        }),
      },
    },
    httpHosts,
    stageVariables,
    backends: {
      http: async ({ url }) => {
        urls.push(url);
        return { status: 200, headers: [], body: Buffer.alloc(0) };
      },
    },
  });
  return { ...api, urls };
}

describe("the host of an HTTP integration", () => {
  it.each([
    "http://localhost:9000/a",
    "http://LOCALHOST/a",
    "https://127.0.0.1/a",
    "http://127.255.0.1/a",
    "http://2130706433/a",
    "http://0x7f.1/a",
    "http://[::1]:80/a",
    "http://[0:0:0:0:0:0:0:1]/a",
  ])("is called where it is this machine: %s", async (uri) => {
    const { send, urls } = aProxyTo(uri);

    expect((await send("GET", "/x")).status).toBe(200);
    expect(urls).toHaveLength(1);
  });

  it.each([
    ["http://orders.example/a", "orders.example"],
    ["http://10.0.0.1/a", "10.0.0.1"],
    ["http://localhost.orders.example/a", "localhost.orders.example"],
    ["http://127.0.0.1.orders.example/a", "127.0.0.1.orders.example"],
    ["http://orders.example#localhost", "orders.example"],
    ["http://orders.example\\@localhost/a", "orders.example"],
    ["http://[::2]/a", "[::2]"],
    ["http://0.0.0.0/a", "0.0.0.0"],
    ["http://169.254.169.254/latest/meta-data", "169.254.169.254"],
  ])("is refused by name when the API starts where it is another: %s", (uri, host) => {
    expect(() => aProxyTo(uri)).toThrow(
      `GET /{to} (/paths/~1{to}/get): an HTTP integration with the host "${host}" is not executed here. ` +
        `Allow it with --allow-host ${host}, or leave the route out: --skip "GET /{to}".`,
    );
  });

  it.each(["orders.example", "ORDERS.example", "orders.example:8080"])(
    "is called where %s is allowed",
    async (allowed) => {
      const { send } = aProxyTo("http://orders.example:8080/a", { httpHosts: [allowed] });

      expect((await send("GET", "/x")).status).toBe(200);
    },
  );

  it("is not called on another port than the allowed one", () => {
    expect(() => aProxyTo("http://orders.example:81/a", { httpHosts: ["orders.example:80"] })).toThrow(
      "--allow-host orders.example",
    );
  });

  it("is looked at with the stage's variables", () => {
    const uri = "http://${stageVariables.host}/a";

    expect(() => aProxyTo(uri, { stageVariables: { host: "localhost:1" } })).not.toThrow();
    expect(() => aProxyTo(uri, { stageVariables: { host: "orders.example" } })).toThrow(
      "--allow-host orders.example",
    );
    expect(() => aProxyTo(uri)).toThrow(`with the URI "${uri}" is not executed here`);
  });

  it.each(["", "orders", "ftp://localhost/a", "http:///a", "arn:aws:apigateway:eu-central-1:s3:path/b"])(
    "is refused where the URI %j names none",
    (uri) => {
      expect(() => aProxyTo(uri)).toThrow(
        /is not executed here\. (?:Use one that begins with http|Add a URI, or)/,
      );
    },
  );

  it("is refused with a password, which is not repeated", () => {
    const start = () => aProxyTo("http://me:hidden-word@localhost/a");

    expect(start).toThrow(
      'the endpoint "…@localhost" is not executed here. Name a host, without user and password',
    );
    expect(start).not.toThrow("hidden-word");
  });

  describe("that only the call tells", () => {
    it("is called where it is this machine", async () => {
      const { send, urls } = aProxyTo("http://{to}:9000/a");

      expect((await send("GET", "/localhost")).status).toBe(200);
      expect(urls).toEqual(["http://localhost:9000/a"]);
    });

    it.each([
      ["/orders.example", 504],
      ["/orders.example%2Flocalhost", 500],
      ["/orders.example%23", 500],
      ["/localhost@orders.example", 500],
      ["/%20", 500],
    ])("fails the call to %s, and nothing is called", async (target, status) => {
      const { send, urls, answers } = aProxyTo("http://{to}:9000/a");

      expect((await send("GET", target)).status).toBe(status);
      expect(urls).toEqual([]);
      expect(answers[0]?.error).toMatch(/is not called from here|The address of the endpoint is not valid/);
    });
  });

  itHolds(
    "is never another one than a parsed address of the loopback block",
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      expect(mayCall(new URL(url), [])).toBe(false);
    }),
    { numRuns: 50 },
  );
});
