import { describe, expect, it } from "vitest";
import { anApi, integrated } from "../../../support/api-gateway.ts";

const cors = {
  "method.response.header.Access-Control-Allow-Headers": "'Content-Type,Authorization,X-Api-Key'",
  "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
  "method.response.header.Access-Control-Allow-Origin": "'*'",
};

function aMock(integration: Readonly<Record<string, unknown>>, rest = {}) {
  return anApi({
    paths: {
      "/orders": {
        "x-amazon-apigateway-any-method": integrated({
          type: "mock",
          responses: { default: { statusCode: "200", responseParameters: cors } },
          ...integration,
        }),
      },
    },
    rest,
  });
}

const template = (source: string) => ({ requestTemplates: { "application/json": source } });

describe("a mock integration", () => {
  it("answers a CORS preflight as the console writes it", async () => {
    const { send, calls } = aMock({
      ...template('{"statusCode": 200}'),
      passthroughBehavior: "when_no_match",
    });

    const response = await send("OPTIONS", "/orders", {
      headers: [
        ["Origin", "https://shop.example"],
        ["Access-Control-Request-Method", "GET"],
        ["Accept", "*/*"],
      ],
    });

    expect(response).toMatchObject({
      status: 200,
      text: "",
      headers: {
        "Access-Control-Allow-Headers": "Content-Type,Authorization,X-Api-Key",
        "Access-Control-Allow-Methods": "GET,OPTIONS",
        "Access-Control-Allow-Origin": "*",
      },
    });
    expect(calls).toEqual([]);
  });

  it.each([
    ["without a template", {}, 500],
    ["with an empty template", template(""), 500],
    ["with a template that is no JSON", template("statusCode"), 500],
    ["with a status that is a text", template('{"statusCode": "200"}'), 500],
    ["with a status that is no whole number", template('{"statusCode": 200.5}'), 500],
    ["with a list", template("[200]"), 500],
    ["with another member alone", template('{"status": 200}'), 500],
    ["with the template of AWS CDK, which is no JSON", template("{ statusCode: 200 }"), 200],
    ["with single quotes and more members", template("{'statusCode': 200, a: \"b\"}"), 200],
    ["with a status that another name ends with", template("{ noStatusCode: 200, xstatusCode: 200 }"), 500],
  ])("%s answers %3$i", async (_, integration, status) => {
    expect((await aMock(integration).send("GET", "/orders")).status).toBe(status);
  });

  it("takes a body of another type for the status, where it is passed through", async () => {
    const { send, answers } = aMock(template('{"statusCode": 200}'));
    const post = (body: string) =>
      send("POST", "/orders", { headers: [["Content-Type", "text/plain"]], body: Buffer.from(body) });

    expect((await post('{"statusCode":200}')).status).toBe(200);
    expect((await post("hello")).status).toBe(500);
    expect(answers.at(-1)?.error).toContain("got no statusCode");
  });

  it("refuses a body of another type, where it is never passed through", async () => {
    const { send } = aMock({ ...template('{"statusCode": 200}'), passthroughBehavior: "never" });

    const response = await send("POST", "/orders", { headers: [["Content-Type", "text/plain"]] });

    expect(response.status).toBe(415);
  });

  it("lets the status choose the response", async () => {
    const { send } = aMock({
      ...template('{"statusCode": $input.params("code")}'),
      responses: {
        "4\\d{2}": { statusCode: "400", responseTemplates: { "application/json": '{"wrong":true}' } },
        503: { statusCode: "503" },
        default: { statusCode: "200" },
      },
    });

    const answerTo = async (code: string) => {
      const { status, text } = await send("GET", `/orders?code=${code}`);
      return [status, text];
    };
    expect(await answerTo("418")).toEqual([400, '{"wrong":true}']);
    expect(await answerTo("503")).toEqual([503, ""]);
    expect(await answerTo("302")).toEqual([200, ""]);
  });

  it("carries an override of its request template to the answer", async () => {
    const { send } = aMock(
      template(
        '#set($context.responseOverride.status = 202)#set($context.responseOverride.header.X-Kind = "mock"){"statusCode": 200}',
      ),
    );

    expect(await send("GET", "/orders")).toMatchObject({ status: 202, headers: { "X-Kind": "mock" } });
  });

  describe("of an API with binary media types", () => {
    const binary = { "x-amazon-apigateway-binary-media-types": ["*/*"] };

    it("fails where its template reads a binary body", async () => {
      expect((await aMock(template('{"statusCode": 200}'), binary).send("OPTIONS", "/orders")).status).toBe(
        500,
      );
    });

    it("answers where the body is converted to text", async () => {
      const { send } = aMock(
        { ...template('{"statusCode": 200}'), contentHandling: "CONVERT_TO_TEXT" },
        binary,
      );

      expect((await send("OPTIONS", "/orders")).status).toBe(200);
    });
  });
});
