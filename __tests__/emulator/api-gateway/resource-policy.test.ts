import { describe, expect, it } from "vitest";
import { firstAdmittedAddress } from "../../../emulator/api-gateway/resource-policy.ts";
import { anApi, stores } from "../../support/api-gateway.ts";

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

  it.each([
    ["execute-api:/*", 403],
    ["execute-api:/v1/PUT/a", 403],
    ["execute-api:/v1/PUT/A", 200],
    ["execute-api:/v2/*", 200],
  ])("puts the API's ARN before %s, whose letters count", async (resource, status) => {
    const denial = { ...statement, Effect: "Deny", Resource: resource };
    const { send } = anApi({
      paths,
      policy: JSON.stringify({ Statement: [{ ...statement, Effect: "Allow" }, denial] }),
    });

    expect((await send("PUT", "/a")).status).toBe(status);
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

  it.each(["/a/secret", "/a/%73ecret", "/a/secret/", "//a/secret"])(
    "keeps %s out of a resource that it denies, however it is spelled",
    async (target) => {
      const denied = { ...statement, Effect: "Deny", Resource: "execute-api:/v1/PUT/a/secret" };
      const { send, calls } = anApi({
        paths: { "/a/{id}": { put: stores("a") } },
        policy: JSON.stringify({ Statement: [{ ...statement, Effect: "Allow" }, denied] }),
      });

      expect((await send("PUT", target)).status).toBe(403);
      expect(calls).toEqual([]);
      expect((await send("PUT", "/a/other")).status).toBe(200);
    },
  );

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
