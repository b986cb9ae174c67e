import { describe, expect, it } from "vitest";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { type RenderBodyOptions, renderBody } from "../../openapi/render-body.ts";
import { integrationPointer, s3Document, s3DocumentWith } from "./documents.ts";

const values = {
  "bucket.files": "${aws_s3_bucket.files.id}",
  "role.writer": "${TfToken[TOKEN.12]}",
  account: "111111111111",
  region: "eu-west-1",
  partition: "aws",
};
const vpcEndpointIds = ["${TfToken[TOKEN.3]}"];

function errorOf(options: RenderBodyOptions): OpenApiError {
  try {
    renderBody(options);
  } catch (error) {
    if (error instanceof OpenApiError) return error;
    throw error;
  }
  throw new Error("the body was rendered");
}

describe(renderBody, () => {
  it("gives the bound document with the endpoints of its server", () => {
    const { body } = renderBody({ document: s3Document(), values, vpcEndpointIds });

    expect(JSON.parse(body)).toMatchObject({
      openapi: "3.0.1",
      servers: [{ url: "/", "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds } }],
    });
    expect(body).toContain("s3:path/${aws_s3_bucket.files.id}/{item}");
  });

  it("gives the binary types that the body says", () => {
    const text = s3DocumentWith("/x-amazon-apigateway-binary-media-types", undefined);

    expect(renderBody({ document: s3Document(), values, vpcEndpointIds }).binaryMediaTypes).toEqual(["*/*"]);
    expect(renderBody({ document: text, values, vpcEndpointIds }).binaryMediaTypes).toEqual([]);
  });

  it("names an endpoint once", () => {
    const { body } = renderBody({ document: s3Document(), values, vpcEndpointIds: ["vpce-1", "vpce-1"] });

    expect(body).toContain('"vpcEndpointIds":["vpce-1"]');
  });

  it("reports everything that is wrong with document, values and endpoints at once, each once", () => {
    const document = s3DocumentWith(`${integrationPointer}/httpMethod`, "POST");
    document["info"] = { title: "{{ a }}" };

    const error = errorOf({ document, values: { ...values, "role.other": "x" }, vpcEndpointIds: [] });

    expect(error.message).toMatch(/^the document cannot be deployed:/);
    expect(error.problems.map(({ rule }) => rule)).toEqual([
      "placeholder-form",
      "s3-post",
      "placeholder-unused",
      "vpc-endpoint-ids",
    ]);
    expect(error.message).toContain(`${integrationPointer}/httpMethod: S3 is called with POST`);
  });

  it.each([
    ["a list token, which can't stand inside a text", "#{TfToken[TOKEN.4]}"],
    ["an expression with quotes", '${x["y"].id}'],
  ])("refuses %s as an endpoint id", (_, id) => {
    const error = errorOf({ document: s3Document(), values, vpcEndpointIds: [id] });

    expect(error.problems.map(({ rule }) => rule)).toEqual(["vpc-endpoint-ids"]);
  });
});
