import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CALLER_HEADER, CALLER_METADATA } from "../../contract/keys.ts";
import { MAX_ENCODED_FILE_NAME_LENGTH, RETRY_AFTER_SECONDS } from "../../contract/limits.ts";
import { domain } from "../../domain/domain.ts";
import { LARGE_API, namesOf, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import { isJsonObject, type JsonObject, objectAt, objectEntries, stringEntries } from "../../openapi/json.ts";
import { resolvePointer, walk } from "../../openapi/json-pointer.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { binaryMediaTypesOf, mappedOperations, operationsOf } from "../../openapi/operations.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { listPlaceholders } from "../../openapi/placeholders.ts";
import { main } from "../../tools/spec.ts";
import { callCommand } from "../support/call-command.ts";
import { rendered } from "../support/mapping-template.ts";

const folder = new URL("../../specs/", import.meta.url);
const [smallFile, largeFile] = [`${SMALL_API}.openapi.json`, `${LARGE_API}.openapi.json`];
const ofDomain = [smallFile, largeFile];
const item = `${SHARED_PATH}/{${domain.key}}`;
const exposed = "Name here what you expose, and what you do not: this list is meant to be read in a review.";

function read(file: string): string {
  return readFileSync(new URL(file, folder), "utf8");
}

function load(file: string): OpenApiDocument {
  return parseDocument(read(file), file);
}

/** What a template of API Gateway gives, with texts that would break out of JSON in everything that it may use. */
function answerOf(template: string): { readonly text: string; readonly location: unknown } {
  const context = { path: '/v1/items/a"b', extendedRequestId: "Jm5/aG+:_-x=" };
  const { text, overrides } = rendered(template, { context });
  return { text, location: overrides.response.header["Location"] };
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

const seconds = `'${RETRY_AFTER_SECONDS}'`;
const used = [
  "context.extendedRequestId",
  "context.path",
  "context.path",
  "context.responseOverride.header.Location",
  "context.extendedRequestId",
];
const withoutMethod = (reference: string) => reference.slice(1).replace(/\.(substring|lastIndexOf)$/, "");

/** What a document says of an answer: a conflict with another request passes, one with a newer record does not. */
function isWorthRepeating(status: number, { description }: JsonObject): boolean {
  return status === 429 || status >= 500 || (status === 409 && /send it again/.test(String(description)));
}

const fetched = (path: string) => [`get ${path}`, `head ${path}`];

describe("each document in specs", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".openapi.json"));

  it("is there", () => {
    expect(files).toEqual(expect.arrayContaining(ofDomain));
  });

  // What it offers to callers is decided by its owner: no other rule of this file holds it (docs/import-an-api.md).
  it.each(files.filter((file) => !ofDomain.includes(file)))("has no error of the lint: %s", (file) => {
    expect(lintDocument(load(file)).filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

describe("each document of the domain", () => {
  for (const file of ofDomain) {
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
        for (const [place, text] of templates) {
          expect(() => JSON.parse(answerOf(text).text), place).not.toThrow();
        }
      });

      it("puts no text of a request or of a backend into its answers", () => {
        for (const [place, text] of templatesOf(document)) {
          const { text: answer, location } = answerOf(text);
          if (location === undefined) {
            expect(text, place).not.toMatch(/[$#]/);
            continue;
          }
          // Of a request its id, and encoded its last segment: nothing else.
          expect(text.match(/\$(context|input)\.[\w.]+/g)?.map(withoutMethod), place).toEqual(used);
          expect(answer, place).not.toMatch(/[$#]/);
        }
      });

      it("says Retry-After wherever the request is worth sending again, and nowhere else", () => {
        const retry = "Retry-After";
        const answers = operationsOf(document).flatMap(({ pointer, value }) =>
          objectEntries(value, "responses").map(([status, response]) => ({
            place: `${pointer}/${status}`,
            isWorthIt: isWorthRepeating(Number(status), response),
            says: Object.hasOwn(objectAt(response, "headers"), retry),
          })),
        );
        const integrations = mappedOperations(document).flatMap(({ integration }) =>
          integration.responses.map(({ pointer, status, value }) => ({
            place: pointer,
            isWorthIt: /^(409|5..)$/.test(status),
            says: objectAt(value, "responseParameters")[`method.response.header.${retry}`] === seconds,
          })),
        );
        const gateway = objectEntries(document, "x-amazon-apigateway-gateway-responses").map(
          ([type, { statusCode = "", responseParameters }]) => ({
            place: type,
            // A quota that is used up comes back after a day at the earliest.
            isWorthIt: /^(429|5..)$/.test(String(statusCode))
              ? type !== "QUOTA_EXCEEDED"
              : type === "DEFAULT_5XX",
            says:
              objectAt({ responseParameters: responseParameters ?? {} }, "responseParameters")[
                `gatewayresponse.header.${retry}`
              ] === seconds,
          }),
        );

        const all = [...answers, ...integrations, ...gateway];
        expect(all.filter(({ says }) => says).length).toBeGreaterThan(10);
        expect(all.filter(({ says, isWorthIt }) => says !== isWorthIt)).toEqual([]);
      });

      it("has a HEAD beside each GET, with the same answers without content", () => {
        const operations = operationsOf(document);
        const gets = operations.filter(({ method }) => method === "get");

        expect(gets.length).toBeGreaterThan(0);
        for (const { path, value: get } of gets) {
          const head = operations.find((each) => each.path === path && each.method === "head")?.value;
          expect(head, path).toMatchObject({ parameters: get["parameters"] });
          for (const [status, response] of objectEntries(get, "responses")) {
            const { content: _, ...withoutContent } = response;
            expect(objectAt(objectAt(head ?? {}, "responses"), status), path).toEqual(withoutContent);
          }
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
          expect(response["responseParameters"], type).toMatchObject({
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
          });
        }
      });
    });
  }
});

describe("both documents of the domain", () => {
  // And nothing but that: texts, headers and answers are the owner's (docs/extend.md).
  it("pass npm run spec -- models --check", async () => {
    const { code, stdout } = await callCommand(main, ["models", "--check"]);

    expect(code, stdout).toBe(0);
    for (const file of [smallFile, largeFile]) {
      expect(stdout).toContain(`specs/${file} is up to date.\n`);
    }
  });

  it("name every media type of the domain wherever they name one", () => {
    const enumerations = [smallFile, largeFile].flatMap((file) =>
      [...walk(load(file))].flatMap(({ pointer, value }) =>
        /contentType\/enum$/.test(pointer) ? [{ place: file + pointer, types: value }] : [],
      ),
    );
    const known = domain.mediaTypes.map(({ name }) => name);

    expect(enumerations.length).toBeGreaterThan(2);
    expect([...new Set(enumerations.flatMap(({ types }) => types))].toSorted()).toEqual(known.toSorted());
  });

  const large = load(largeFile);
  const small = load(smallFile);

  it("have API Gateway refuse every request that does not say who calls", () => {
    const parametersOf = ({ parameters }: JsonObject) =>
      Array.isArray(parameters) ? parameters.filter(isJsonObject) : [];
    for (const document of [small, large]) {
      const callers = operationsOf(document).map(({ value }) =>
        parametersOf(value).filter(({ name }) => name === CALLER_HEADER),
      );

      expect(document).toMatchObject({
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-request-validators": { parameters: { validateRequestParameters: true } },
      });
      expect(JSON.stringify(document["paths"])).not.toContain("x-amazon-apigateway-request-validator");
      expect(callers.length).toBeGreaterThan(1);
      for (const declared of callers) expect(declared).toMatchObject([{ in: "header", required: true }]);
    }
  });

  it("agree on the models that they share", () => {
    for (const name of ["Problem", namesOf(domain).modelName, "Reason", "Submission"]) {
      const pointer = `/components/schemas/${name}`;
      expect(resolvePointer(large, pointer), name).toEqual(resolvePointer(small, pointer));
    }
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
    expect(Object.fromEntries(statuses)).toMatchObject({
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

describe("the document of the synchronous API", () => {
  const document = load(smallFile);

  it("has the operations of the synchronous API, each handed to the function as it came", () => {
    const operations = operationsOf(document);

    expect(
      operations.map(({ method, path }) => `${method} ${path}`),
      exposed,
    ).toEqual([
      ...fetched(SHARED_PATH),
      `get ${item}`,
      `post ${item}`,
      `delete ${item}`,
      `head ${item}`,
      ...(domain.plainFiles
        ? [
            ...fetched(`${item}/files`),
            `get ${item}/files/{fileId}`,
            `delete ${item}/files/{fileId}`,
            `head ${item}/files/{fileId}`,
            ...fetched(`${item}/files/{fileId}/submissions/{submissionId}`),
          ]
        : []),
      ...fetched(`${item}/submissions/{submissionId}`),
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

  it("has the placeholders that its stack binds, and no binary types", () => {
    expect([...listPlaceholders(document).keys()].toSorted()).toEqual([
      "function.api",
      "partition",
      "region",
    ]);
    expect(binaryMediaTypesOf(document)).toEqual([]);
  });
});

describe("the document of the API for large payloads", () => {
  const document = load(largeFile);
  const operations = mappedOperations(document);
  type Operation = (typeof operations)[number];
  const operationAt = (wanted: string) => {
    const found = operations.find(({ method, path }) => `${method} ${path}` === wanted);
    if (found === undefined) throw new Error(`there is no ${wanted}`);
    return found;
  };
  const responsesOf = ({ integration }: Operation) =>
    Object.fromEntries(integration.responses.map(({ pattern, status }) => [pattern, status]));
  const integrationOf = ({ integration }: Operation): JsonObject => integration.value;
  const fileItem = `${item}/files/{fileId}`;
  const writes = [`post ${item}`, ...(domain.plainFiles ? [`post ${fileItem}`] : [])];
  const reads = [item, ...(domain.plainFiles ? [fileItem] : [])].map(
    (path) => `get ${path}/documents/{sha256}`,
  );
  const heads = reads.map((read) => read.replace("get", "head"));
  const checksums = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"].map(
    (name) => `x-amz-checksum-${name}`,
  );
  const fromPath = (...names: string[]) =>
    Object.fromEntries(
      names.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`]),
    );
  const ofEveryIntegration = {
    "integration.request.path.caller": `method.request.header.${CALLER_HEADER}`,
    "integration.request.header.x-amz-expected-bucket-owner": "'{{account}}'",
  };
  const ofEveryWrite = {
    ...ofEveryIntegration,
    [`integration.request.header.x-amz-meta-${CALLER_METADATA}`]: `method.request.header.${CALLER_HEADER}`,
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
  };

  /** All of these; and more of what a sender says only as metadata: other headers have a meaning to S3. */
  function expectMapping(integration: JsonObject, expected: Readonly<Record<string, string>>): void {
    const entries = stringEntries(integration, "requestParameters");
    const others = entries.filter(([name]) => !Object.hasOwn(expected, name));

    expect(Object.fromEntries(entries)).toMatchObject(expected);
    for (const [name, source] of others) {
      expect(name, source).toMatch(/^integration\.request\.header\.x-amz-meta-[a-z0-9-]+$/);
      expect(source, name).toMatch(/^method\.request\.header\./);
    }
  }

  /** All of these; whatever else S3 answers is an error. */
  function expectAnswers(operation: Operation, expected: Readonly<Record<string, string>>): void {
    const statuses = responsesOf(operation);
    const others = Object.entries(statuses).filter(([pattern]) => !Object.hasOwn(expected, pattern));

    expect(statuses).toMatchObject(expected);
    for (const [pattern, status] of others) expect(status, pattern).toMatch(/^[45]/);
  }

  it("writes and reads objects, and nothing else", () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted(), exposed).toEqual(
      [...writes, ...reads, ...heads].toSorted(),
    );
  });

  it("has the placeholders that its stack binds", () => {
    expect([...listPlaceholders(document).keys()].toSorted()).toEqual([
      "account",
      "bucket.documents",
      "bucket.intake",
      "partition",
      "region",
      "role.documentReader",
      "role.intakeWriter",
    ]);
  });

  it("writes each submission under a key of its own, and never over another", () => {
    const post = integrationOf(operationAt(`post ${item}`));

    expect(post).toMatchObject({
      httpMethod: "PUT",
      uri: `arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.intake}}/incoming/{caller}/{${domain.key}}/payload/{submissionId}`,
      credentials: "{{role.intakeWriter}}",
    });
    expectMapping(post, { ...fromPath(domain.key), ...ofEveryWrite });
  });

  it.runIf(domain.plainFiles)("writes a plain file with its type and its name", () => {
    const post = integrationOf(operationAt(`post ${fileItem}`));

    expect(post).toMatchObject({
      httpMethod: "PUT",
      uri: `arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.intake}}/incoming/{caller}/{${domain.key}}/files/{fileId}/{submissionId}`,
      credentials: "{{role.intakeWriter}}",
    });
    expectMapping(post, {
      ...fromPath(domain.key, "fileId"),
      ...ofEveryWrite,
      "integration.request.header.x-amz-meta-content-type": "method.request.header.Content-Type",
      "integration.request.header.x-amz-meta-file-name": "method.request.header.x-file-name",
    });
  });

  it.each(writes)("keeps within S3's 2 KB of metadata, whatever may be sent: %s", (operation) => {
    const longest: Readonly<Record<string, number>> = {
      "method.request.header.Content-Encoding": "identity".length,
      "method.request.header.Content-Type": Math.max(...domain.mediaTypes.map(({ name }) => name.length)),
      "method.request.header.x-correlation-id": 128,
      "method.request.header.x-file-name": MAX_ENCODED_FILE_NAME_LENGTH,
      [`method.request.header.${CALLER_HEADER}`]: 64,
      "context.requestTimeEpoch": 13,
      "context.requestId": 36,
      "context.extendedRequestId": 128,
      "context.xrayTraceId": 128,
    };
    const metadata = stringEntries(integrationOf(operationAt(operation)), "requestParameters").flatMap(
      ([name, source]) => {
        const key = /\.x-amz-meta-(.+)$/.exec(name)?.[1];
        if (key === undefined) return [];
        const length = longest[source];
        if (length === undefined) throw new Error(`say in "longest" how long ${source} may be`);
        return [key.length + length];
      },
    );

    expect(metadata.length).toBeGreaterThan(5);
    expect(metadata.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(2048);
  });

  describe.each(writes)("%s", (name) => {
    const post = operationAt(name);

    it("takes every payload as bytes", () => {
      expect(binaryMediaTypesOf(document)).toEqual(["*/*"]);
      expect(integrationOf(post)).not.toHaveProperty("requestTemplates");
      expect(integrationOf(post)).not.toHaveProperty("contentHandling");
    });

    it("reports only what S3 stored as accepted", () => {
      expectAnswers(post, {
        "2[0-9]{2}": "202",
        "400": "400",
        "409|412": "409",
        "503": "503",
        default: "502",
      });
    });

    it("replaces each answer of S3 with a body of its own, made from text", () => {
      for (const { pattern, status, value, templates } of post.integration.responses) {
        expect(value["contentHandling"], pattern).toBe("CONVERT_TO_TEXT");
        expect(templates, pattern).toHaveLength(1);
        const { text, location } = answerOf(templates[0]?.source ?? "");
        if (status !== "202") {
          expect(JSON.parse(text), pattern).toMatchObject({ type: "about:blank", status: Number(status) });
          continue;
        }
        const statusUrl = `a%22b/submissions/${Buffer.from("Jm5/aG+:_-x=").toString("base64url")}`;
        const accepted = { submissionId: "Jm5/aG+:_-x=", status: "accepted", statusUrl };
        expect(JSON.parse(text)).toMatchObject(accepted);
        expect(location).toBe(statusUrl);
      }
    });
  });

  it.each([...writes, ...reads, ...heads])(
    "says of every error body that it is a problem document: %s",
    (name) => {
      const errors = operationAt(name).integration.responses.filter(({ status }) => !status.startsWith("2"));

      expect(errors.length).toBeGreaterThan(3);
      for (const { status, value } of errors) {
        expect(value["responseParameters"], status).toMatchObject({
          "method.response.header.Content-Type": "'application/problem+json'",
        });
      }
    },
  );

  it("reads a file by its hash under the reader's role", () => {
    expect(integrationOf(operationAt(`get ${item}/documents/{sha256}`))).toMatchObject({
      httpMethod: "GET",
      uri: `arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.documents}}/documents/{caller}/{${domain.key}}/{sha256}`,
      credentials: "{{role.documentReader}}",
      requestParameters: { ...ofEveryIntegration, ...fromPath(domain.key, "sha256") },
    });
  });

  it.runIf(domain.plainFiles)("reads a plain file by its hash under the reader's role", () => {
    expect(integrationOf(operationAt(`get ${fileItem}/documents/{sha256}`))).toMatchObject({
      httpMethod: "GET",
      uri: `arn:{{partition}}:apigateway:{{region}}:s3:path/{{bucket.documents}}/documents/{caller}/{${domain.key}}/files/{fileId}/{sha256}`,
      credentials: "{{role.documentReader}}",
      requestParameters: { ...ofEveryIntegration, ...fromPath(domain.key, "fileId", "sha256") },
    });
  });

  it.each(heads)("asks S3 for the headers of what GET reads, with the same rights: %s", (name) => {
    const [get, head] = [name.replace("head", "get"), name].map((each) => integrationOf(operationAt(each)));

    expect(head).toMatchObject({
      httpMethod: "HEAD",
      uri: get?.["uri"],
      credentials: get?.["credentials"],
      requestParameters: get?.["requestParameters"],
    });
    expect(responsesOf(operationAt(name))).toEqual(responsesOf(operationAt(name.replace("head", "get"))));
    for (const [pattern, answer] of objectEntries(head ?? {}, "responses")) {
      const ofGet = objectAt(objectAt(get ?? {}, "responses"), pattern);
      expect(answer, pattern).toEqual({
        statusCode: ofGet["statusCode"],
        responseParameters: ofGet["responseParameters"],
      });
    }
  });

  describe.each(reads)("%s", (name) => {
    const get = operationAt(name);

    it("answers what S3 does", () => {
      expectAnswers(get, {
        "2[0-9]{2}": "200",
        "400": "400",
        "404": "404",
        "503": "503",
        default: "502",
      });
    });

    it("hands the bytes out as they are, for a download only", () => {
      const answer = objectAt(objectAt(integrationOf(get), "responses"), "2[0-9]{2}");

      expect(answer).toMatchObject({
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
      expect(answer).not.toHaveProperty("responseTemplates");
      for (const [name, source] of stringEntries(answer, "responseParameters")) {
        expect(source, name).not.toMatch(/^integration\.response\.(body|header\.x-amz-)/i);
      }
    });
  });
});
