import { describe, expect, it } from "vitest";
import { renderTemplate } from "../../../../emulator/api-gateway/templates/render-template.ts";
import { anExchange, rendered } from "../../../support/mapping-template.ts";

describe("overrides", () => {
  it("are what a template sets, as texts", () => {
    const { overrides, text } = rendered(
      '#set($context.requestOverride.path.key = "a/b")#set($context.requestOverride.header.X-One = 1)' +
        "#set($context.requestOverride.querystring.q = [1, 2])#set($context.responseOverride.status = 202)" +
        '#set($context.responseOverride.header["Location"] = "x")[$context.responseOverride.status]',
    );

    expect(overrides).toEqual({
      request: { path: { key: "a/b" }, header: { "X-One": "1" }, querystring: { q: "[1, 2]" } },
      response: { status: "202", header: { Location: "x" } },
    });
    expect(text).toBe("[202]");
  });

  it("of the request's template are there for the response's, which may take them back", () => {
    const exchange = anExchange();
    const render = (template: string) => renderTemplate(template, { kind: "text", text: "" }, exchange);

    render(
      '#set($context.requestOverride.path.b = \'{"m":"path1"}\')#set($context.responseOverride.header.a = "1")',
    );

    expect(
      render("$util.parseJson($context.requestOverride.path.b).m $context.responseOverride.header.a"),
    ).toBe("path1 1");
    render('#set($x = $context.responseOverride.header.remove("a"))');
    expect(exchange.overrides.response.header).toEqual({});
  });

  it("may be set as a whole", () => {
    const { overrides } = rendered('#set($context.responseOverride.header = {"A": "1"})');

    expect(overrides.response.header).toEqual({ A: "1" });
  });

  it("are empty texts where what they are set to is not there", () => {
    expect(rendered("#set($context.requestOverride.header.A = $x.y)").overrides.request.header).toEqual({
      A: "",
    });
  });

  it("have no way to a prototype", () => {
    const { overrides } = rendered(
      '#set($context.requestOverride.header.constructor = "x")#set($context.requestOverride.header["__proto__"] = "y")',
    );

    expect(Object.getPrototypeOf(overrides.request.header)).toBe(Object.prototype);
    expect(Object.entries(overrides.request.header)).toEqual([
      ["constructor", "x"],
      ["__proto__", "y"],
    ]);
  });
});
