import { describe, expect, it } from "vitest";
import { type ProposalModel, proposalModel } from "./proposal-model.ts";

const supported = [
  "type",
  "properties",
  "required",
  "enum",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
];

describe(proposalModel, () => {
  it("describes every part of the contract", () => {
    const model = proposalModel();

    expect(model.required).toEqual(["clientId", "profile", "proposal", "document"]);
    expect(model.properties?.["profile"]?.properties?.["horizonYears"]).toEqual({
      type: "integer",
      minimum: 1,
      maximum: 60,
    });
    expect(model.properties?.["document"]?.properties?.["data"]).toEqual({
      type: "string",
      minLength: 4,
      maxLength: 10_485_760,
    });
  });

  it("uses only keywords that API Gateway's models support", () => {
    const keywords = new Set(collectKeywords(proposalModel()));

    expect([...keywords].filter((keyword) => !supported.includes(keyword))).toEqual([]);
  });

  it("bounds every string", () => {
    const unbounded = collectModels(proposalModel()).filter(
      ({ type, enum: values, maxLength }) => type === "string" && !values && maxLength === undefined,
    );

    expect(unbounded).toEqual([]);
  });

  it("is the same every time", () => {
    expect(JSON.stringify(proposalModel())).toBe(JSON.stringify(proposalModel()));
  });
});

function collectModels(model: ProposalModel): ProposalModel[] {
  return [model, ...Object.values(model.properties ?? {}).flatMap(collectModels)];
}

function collectKeywords(model: ProposalModel): string[] {
  return collectModels(model).flatMap(Object.keys);
}
