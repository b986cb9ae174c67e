import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatDocument } from "../../openapi/format-document.ts";
import { type JsonObject, objectAt, objectEntries, stringEntries } from "../../openapi/json.ts";
import { resolvePointer } from "../../openapi/json-pointer.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { binaryMediaTypesOf, mappedOperations, operationsOf } from "../../openapi/operations.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { listPlaceholders } from "../../openapi/placeholders.ts";
import { proposalModel } from "../support/proposal-model.ts";

const folder = new URL("../../specs/", import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file, folder), "utf8");
}

function load(file: string): OpenApiDocument {
  return parseDocument(read(file), file);
}

/** The texts of all templates with their places, those of gateway responses included. */
function templatesOf(document: OpenApiDocument): [string, string][] {
  const responses = mappedOperations(document).flatMap(({ integration }) => integration.responses);
  const gateway = objectEntries(document, "x-amazon-apigateway-gateway-responses");
  return [
    ...responses.flatMap(({ templates }) =>
      templates.map(({ pointer, source }): [string, string] => [pointer, source]),
    ),
    ...gateway.flatMap(([type, value]) =>
      stringEntries(value, "responseTemplates").map(([, source]): [string, string] => [type, source]),
    ),
  ];
}

describe("each document in specs", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

  it("is there", () => {
    expect(files).toEqual(expect.arrayContaining(["proposals-large.openapi.json", "proposals.openapi.json"]));
  });

  for (const file of files) {
    describe(file, () => {
      const document = load(file);

      it("breaks no rule", () => {
        expect(lintDocument(document)).toEqual([]);
      });

      it("is in canonical form", () => {
        expect(read(file)).toBe(formatDocument(document));
      });

      it("has fixed answers that are JSON", () => {
        const templates = templatesOf(document);

        expect(templates.length).toBeGreaterThan(0);
        for (const [place, text] of templates) expect(() => JSON.parse(text), place).not.toThrow();
      });

      it("puts no text of a request or of a backend into its answers", () => {
        for (const [place, text] of templatesOf(document)) {
          expect(text.replace('"$context.extendedRequestId"', ""), place).not.toMatch(/[$#]/);
        }
      });

      it("answers the gateway's own errors with problem documents of their status", () => {
        const responses = objectEntries(document, "x-amazon-apigateway-gateway-responses");

        for (const [type, response] of responses) {
          const body = JSON.parse(String(objectAt(response, "responseTemplates")["application/json"]));
          expect(body, type).toMatchObject({
            type: "about:blank",
            title: expect.any(String),
            detail: expect.any(String),
          });
          expect(String(body.status), type).toBe(String(response["statusCode"]));
          expect(response["responseParameters"], type).toEqual({
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
          });
        }
      });
    });
  }
});

describe("both documents", () => {
  const large = load("proposals-large.openapi.json");
  const small = load("proposals.openapi.json");

  it("agree on the models that they share", () => {
    for (const name of ["Problem", "Proposal", "Reason", "Submission"]) {
      const pointer = `/components/schemas/${name}`;
      expect(resolvePointer(large, pointer), name).toEqual(resolvePointer(small, pointer));
    }
  });

  it("describe a proposal as the functions' contract does", () => {
    const { title, description, ...model } = objectAt(
      objectAt(objectAt(small, "components"), "schemas"),
      "Proposal",
    );

    expect(model).toEqual(proposalModel());
    expect({ title, description }).toEqual({ title: "Proposal", description: expect.any(String) });
  });

  it("answer the gateway's own errors alike", () => {
    const key = "x-amazon-apigateway-gateway-responses";
    const statuses = objectEntries(large, key).map(([type, { statusCode }]) => [type, statusCode]);

    const { REQUEST_TOO_LARGE: ofLarge, ...othersOfLarge } = objectAt(large, key);
    const { REQUEST_TOO_LARGE: ofSmall, ...othersOfSmall } = objectAt(small, key);
    expect(othersOfLarge).toEqual(othersOfSmall);
    // Only the small one can point at the other.
    expect(JSON.stringify(ofSmall)).toContain("Prefer: respond-async");
    expect(JSON.stringify(ofLarge)).not.toContain("Prefer");
    expect(Object.fromEntries(statuses)).toEqual({
      ACCESS_DENIED: "403",
      API_CONFIGURATION_ERROR: "500",
      BAD_REQUEST_BODY: "400",
      BAD_REQUEST_PARAMETERS: "400",
      DEFAULT_4XX: undefined,
      DEFAULT_5XX: undefined,
      INTEGRATION_FAILURE: "502",
      INTEGRATION_TIMEOUT: "504",
      MISSING_AUTHENTICATION_TOKEN: "404",
      QUOTA_EXCEEDED: "429",
      REQUEST_TOO_LARGE: "413",
      RESOURCE_NOT_FOUND: "404",
      THROTTLED: "429",
      UNSUPPORTED_MEDIA_TYPE: "415",
    });
  });
});

describe("proposals.openapi.json", () => {
  const document = load("proposals.openapi.json");

  it("has the operations of the synchronous API, each handed to the function as it came", () => {
    const operations = operationsOf(document);

    expect(operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "get /proposals",
      "get /proposals/{item}",
      "post /proposals/{item}",
      "delete /proposals/{item}",
      "get /proposals/{item}/submissions/{submissionId}",
    ]);
    for (const { integration } of operations) {
      expect(integration?.value).toEqual({
        type: "aws_proxy",
        httpMethod: "POST",
        uri: "arn:{{partition}}:apigateway:{{region}}:lambda:path/2015-03-31/functions/{{function.api}}/invocations",
        passthroughBehavior: "when_no_match",
      });
    }
  });

  it("has the placeholders that its stack binds, and neither binary types nor validators", () => {
    expect([...listPlaceholders(document).keys()].toSorted()).toEqual([
      "function.api",
      "partition",
      "region",
    ]);
    expect(binaryMediaTypesOf(document)).toEqual([]);
    expect(document).not.toHaveProperty("x-amazon-apigateway-request-validators");
  });
});

describe("proposals-large.openapi.json", () => {
  const document = load("proposals-large.openapi.json");
  const [post, get] = mappedOperations(document);
  const responsesOf = (operation: typeof post) =>
    Object.fromEntries(
      (operation?.integration.responses ?? []).map(({ pattern, status }) => [pattern, status]),
    );
  const integrationOf = (operation: typeof post): JsonObject => operation?.integration.value ?? {};

  it("has the placeholders that its stack binds", () => {
    expect([...listPlaceholders(document).keys()].toSorted()).toEqual([
      "bucket.documents",
      "bucket.intake",
      "partition",
      "region",
      "role.documentReader",
      "role.intakeWriter",
    ]);
  });

  it("takes every payload as bytes", () => {
    expect(binaryMediaTypesOf(document)).toEqual(["*/*"]);
    expect(integrationOf(post)).not.toHaveProperty("requestTemplates");
    expect(integrationOf(post)).not.toHaveProperty("contentHandling");
  });

  it("writes each submission under a key of its own, and never over another", () => {
    const checksums = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"].map(
      (name) => `x-amz-checksum-${name}`,
    );

    expect(integrationOf(post)).toMatchObject({
      httpMethod: "PUT",
      uri: "arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.intake}}/incoming/{item}/{submissionId}",
      credentials: "{{role.intakeWriter}}",
    });
    expect(integrationOf(post)["requestParameters"]).toEqual({
      "integration.request.path.item": "method.request.path.item",
      "integration.request.path.submissionId": "context.extendedRequestId",
      "integration.request.header.Content-Type": "method.request.header.Content-Type",
      "integration.request.header.If-None-Match": "'*'",
      "integration.request.header.x-amz-meta-received-at": "context.requestTimeEpoch",
      "integration.request.header.x-amz-meta-request-id": "context.requestId",
      "integration.request.header.x-amz-meta-submission-id": "context.extendedRequestId",
      "integration.request.header.x-amz-meta-trace-id": "context.xrayTraceId",
      "integration.request.header.x-amz-meta-correlation-id": "method.request.header.x-correlation-id",
      "integration.request.header.x-amz-meta-content-encoding": "method.request.header.Content-Encoding",
      ...Object.fromEntries(
        checksums.map((name) => [`integration.request.header.${name}`, `method.request.header.${name}`]),
      ),
    });
  });

  it("reports only what S3 stored as accepted", () => {
    expect(responsesOf(post)).toEqual({
      "2[0-9]{2}": "202",
      "400": "400",
      "409|412": "409",
      "503": "503",
      default: "502",
    });
  });

  it("replaces each answer of S3 to a write with a body of its own, made from text", () => {
    for (const { pattern, status, value, templates } of post?.integration.responses ?? []) {
      expect(value["contentHandling"], pattern).toBe("CONVERT_TO_TEXT");
      expect(templates, pattern).toHaveLength(1);
      const body = JSON.parse(templates[0]?.source ?? "");
      if (status === "202")
        expect(body).toEqual({ submissionId: "$context.extendedRequestId", status: "accepted" });
      else expect(body, pattern).toMatchObject({ type: "about:blank", status: Number(status) });
    }
  });

  it("says of every error body that it is a problem document", () => {
    const responses = [post, get].flatMap((operation) => operation?.integration.responses ?? []);

    for (const { status, value } of responses.filter((response) => !response.status.startsWith("2"))) {
      expect(value["responseParameters"], status).toEqual({
        "method.response.header.Content-Type": "'application/problem+json'",
      });
    }
  });

  it("reads a document by its hash under the reader's role", () => {
    expect(integrationOf(get)).toMatchObject({
      httpMethod: "GET",
      uri: "arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.documents}}/documents/{item}/{sha256}",
      credentials: "{{role.documentReader}}",
      requestParameters: {
        "integration.request.path.item": "method.request.path.item",
        "integration.request.path.sha256": "method.request.path.sha256",
      },
    });
    expect(responsesOf(get)).toEqual({
      "2[0-9]{2}": "200",
      "400": "400",
      "404": "404",
      "503": "503",
      default: "502",
    });
  });

  it("hands the bytes of a document out as they are, for a download only", () => {
    expect(objectAt(objectAt(integrationOf(get), "responses"), "2[0-9]{2}")).toEqual({
      statusCode: "200",
      contentHandling: "CONVERT_TO_BINARY",
      responseParameters: {
        "method.response.header.Cache-Control": "'private'",
        "method.response.header.Content-Disposition": "'attachment'",
        "method.response.header.Content-Type": "integration.response.header.Content-Type",
        "method.response.header.ETag": "integration.response.header.ETag",
        "method.response.header.X-Content-Type-Options": "'nosniff'",
      },
    });
  });
});
