import { describe, expect, it } from "vitest";
import { anApi, proxies } from "../../../support/api-gateway.ts";

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
