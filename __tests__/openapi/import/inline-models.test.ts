import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { exportWith, imported, operationPointer } from "./exports.ts";

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("models that API Gateway named", () => {
  const withModels = (response: Json, schemas: JsonObject) => {
    const value = exportWith({ type: "mock" }, { components: { schemas } });
    const post = resolvePointer(value, operationPointer) as JsonObject;
    post["responses"] = { "200": { description: "", content: { "application/json": { schema: response } } } };
    return value;
  };
  const schemaPointer = `${operationPointer}/responses/200/content/application~1json/schema`;
  const schemaOf = (value: JsonObject) => resolvePointer(imported(value).document, schemaPointer);

  it("stand where they are used, in lists and in each other too", () => {
    const value = withModels(
      { type: "array", items: reference("MODEL0a1b2c") },
      {
        MODEL0a1b2c: {
          type: "object",
          properties: { a: reference("MODELffffff"), b: reference("MODELffffff") },
        },
        MODELffffff: { type: "string", example: reference("MODEL0a1b2c") },
        MODEL123456: { type: "string" },
      },
    );
    const inner = { type: "string", example: reference("MODEL0a1b2c") };

    const { document, dropped } = imported(value);

    expect(resolvePointer(document, schemaPointer)).toEqual({
      type: "array",
      items: { type: "object", properties: { a: inner, b: inner } },
    });
    expect(document["components"]).toBeUndefined();
    expect(dropped).toEqual([
      expect.objectContaining({ pointer: "/components/schemas/MODEL0a1b2c" }),
      expect.objectContaining({ pointer: "/components/schemas/MODELffffff" }),
      { pointer: "/components/schemas/MODEL123456", why: "nothing refers to it" },
    ]);
  });

  it("get one name that stays where they refer to themselves, whatever they were called", () => {
    const tree = (self: string, leaf: string) =>
      withModels(reference(self), {
        [self]: {
          type: "object",
          properties: { leaf: reference(leaf), children: { type: "array", items: reference(self) } },
        },
        [leaf]: { type: "string" },
        Model1: { type: "string" },
      });

    const [first, second] = [tree("MODELaaaaaa", "MODELbbbbbb"), tree("MODELbbbbbb", "MODELaaaaaa")].map(
      (value) => imported(value).document,
    );

    expect(first).toEqual(second);
    expect(resolvePointer(first as JsonObject, schemaPointer)).toEqual(reference("Model2"));
    expect(resolvePointer(first as JsonObject, "/components/schemas/Model2/properties")).toEqual({
      leaf: { type: "string" },
      children: { type: "array", items: reference("Model2") },
    });
  });

  it("stay, renamed, where a reference names a part of them", () => {
    const value = withModels(reference("MODEL0a1b2c/properties/a"), {
      MODEL0a1b2c: { type: "object", properties: { a: { type: "string" } } },
    });

    expect(schemaOf(value)).toEqual(reference("Model1/properties/a"));
  });

  it("stay, renamed, where their copies would have no measure", () => {
    const names = Array.from({ length: 30 }, (_, index) => `MODEL${String(index).padStart(6, "0")}`);
    const schemas = Object.fromEntries(
      names.map((name, index) => {
        const next = names[index + 1];
        return [name, next ? { properties: { a: reference(next), b: reference(next) } } : { type: "string" }];
      }),
    );

    expect(schemaOf(withModels(reference("MODEL000000"), schemas))).toEqual(reference("Model1"));
  });

  it("are people's own under any other name", () => {
    const value = withModels(reference("MODELone"), { MODELone: { type: "string" } });

    expect(schemaOf(value)).toEqual(reference("MODELone"));
    expect(imported(value).dropped).toEqual([]);
  });
});
