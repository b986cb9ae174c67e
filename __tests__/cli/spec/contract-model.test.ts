import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { contractModel } from "../../../cli/spec/models/contract-model.ts";
import { domain } from "../../../domain/domain.ts";
import { PDF, PNG } from "../../../domain/media-types.ts";
import { file, timestamp } from "../../../domain/seam.ts";
import { type JsonObject, objectAt, objectEntries } from "../../../openapi/json.ts";

/** A schema and those within it. */
function modelsIn(model: JsonObject): JsonObject[] {
  const items = model["items"] === undefined ? [] : modelsIn(objectAt(model, "items"));
  return [model, ...items, ...objectEntries(model, "properties").flatMap(([, each]) => modelsIn(each))];
}

describe(contractModel, () => {
  it("describes every field of the domain's contract, and bounds every text", () => {
    const model = contractModel(domain.contract);
    const unbounded = modelsIn(model).filter(
      ({ type, enum: values, maxLength, pattern }) =>
        type === "string" && values === undefined && maxLength === undefined && pattern === undefined,
    );

    expect(Object.keys(objectAt(model, "properties"))).toEqual(Object.keys(domain.contract.shape));
    expect(unbounded).toEqual([]);
  });

  it("describes lists, and how long they may be in words", () => {
    const contract = z.strictObject({
      pages: z.array(file([PDF, PNG])).check(z.minLength(1), z.maxLength(20)),
      sizes: z.array(z.int().check(z.gte(1), z.lte(9))),
    });

    const model = contractModel(contract);

    expect(objectAt(model, "properties")).toMatchObject({
      pages: {
        description: "1 to 20 of them.",
        type: "array",
        items: {
          type: "object",
          properties: { contentType: { type: "string", enum: ["application/pdf", "image/png"] } },
          required: ["fileName", "contentType", "data"],
        },
      },
      sizes: { type: "array", items: { type: "integer", minimum: 1, maximum: 9 } },
    });
  });

  it("describes what is sent, not what becomes of it", () => {
    const contract = z.strictObject({ at: timestamp(), size: z._default(z.int(), 3) });

    const model = contractModel(contract);
    const { pattern } = objectAt(objectAt(model, "properties"), "at");

    expect("2026-03-01T10:30:00+01:00").toMatch(new RegExp(String(pattern)));
    expect(model["required"]).toEqual(["at"]);
  });

  it("uses only what API Gateway's models know, whatever a contract says", () => {
    const contract = z.strictObject({
      above: z.number().check(z.gt(0), z.multipleOf(0.5)),
      date: z.iso.date(),
      either: z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]),
      kind: z.literal("x"),
      maybe: z.nullable(z.string().check(z.maxLength(3))),
      mixed: z.union([z.string(), z.int()]),
      others: z.record(z.string(), z.int()),
      two: z.string().check(z.regex(/^a/), z.regex(/b$/)),
    });
    const known = new Set(
      "description type properties items required enum pattern minLength maxLength minimum maximum multipleOf".split(
        " ",
      ),
    );

    const model = contractModel(contract);

    expect(
      modelsIn(model)
        .flatMap(Object.keys)
        .filter((keyword) => !known.has(keyword)),
    ).toEqual([]);
    expect(objectAt(model, "properties")).toMatchObject({
      above: { type: "number", minimum: 0, multipleOf: 0.5 },
      date: { type: "string" },
      either: { type: "object" },
      kind: { type: "string", enum: ["x"] },
      maybe: { type: "string", maxLength: 3 },
      mixed: {},
      others: { type: "object" },
      two: { type: "string" },
    });
  });
});
