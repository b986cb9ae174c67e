import { isJsonObject, objectAt, objectEntries } from "../json.ts";
import { jsonPointer, walk } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { appliedTemplates, operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

export const ignoredFeature: Rule = {
  id: "ignored-feature",
  severity: "warning",
  why: "API Gateway imports no callbacks, links and cookie parameters: callers read of something that is not there.",
  link: importantNotes,
  check: (document) => [
    ...operationsOf(document).flatMap(({ pointer, value }): Finding[] => [
      ...("callbacks" in value ? [finding(`${pointer}/callbacks`, "callbacks are ignored")] : []),
      ...objectEntries(value, "responses").flatMap(([status, response]) =>
        "links" in response
          ? [finding(`${pointer}${jsonPointer("responses", status, "links")}`, "links are ignored")]
          : [],
      ),
    ]),
    ...[...walk(document)].flatMap(({ pointer, segments, value }) =>
      segments.at(-1) === "in" && segments.at(-3) === "parameters" && value === "cookie"
        ? [finding(pointer, "a cookie parameter is ignored")]
        : [],
    ),
  ],
};

function finding(pointer: string, what: string): Finding {
  return { pointer, message: `${what}; remove it, or describe it in words` };
}

export const responseReference: Rule = {
  id: "response-reference",
  why: "API Gateway does not resolve a response that is a reference, and the method has none for that status.",
  link: importantNotes,
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, value }) =>
      Object.entries(objectAt(value, "responses")).flatMap(([status, response]): Finding[] =>
        isJsonObject(response) && "$ref" in response
          ? [
              {
                pointer: `${pointer}${jsonPointer("responses", status)}`,
                message: "is a reference; write the response here",
              },
            ]
          : [],
      ),
    ),
};

export const reservedPath: Rule = {
  id: "reserved-path",
  severity: "warning",
  why: "API Gateway answers /ping and /sping of a custom domain by itself.",
  link: importantNotes,
  check: (document) =>
    Object.keys(document.paths)
      .filter((path) => path === "/ping" || path === "/sping")
      .map((path) => ({ pointer: jsonPointer("paths", path), message: `"${path}" is reserved; rename it` })),
};

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const maxTemplateBytes = 300 * 1024;

export const templateSize: Rule = {
  id: "template-size",
  why: "API Gateway refuses a mapping template of more than 300 KB.",
  link: importantNotes,
  check: (document) =>
    appliedTemplates(document).flatMap(({ source, pointer }): Finding[] => {
      const bytes = Buffer.byteLength(source);
      return bytes > maxTemplateBytes
        ? [{ pointer, message: `has ${bytes} bytes; ${maxTemplateBytes} are the most` }]
        : [];
    }),
};

const validatorKey = "x-amazon-apigateway-request-validator";
const validatorsKey = "x-amazon-apigateway-request-validators";
const requestValidation =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html";

export const unknownValidator: Rule = {
  id: "unknown-validator",
  why: "API Gateway refuses a request validator that the document does not define.",
  link: requestValidation,
  check: (document) => {
    const known = Object.keys(objectAt(document, validatorsKey));
    return validatorUses(document)
      .filter(({ name }) => !known.includes(name))
      .map(({ pointer, name }) => ({
        pointer,
        message: `"${name}" is not defined; known: ${known.join(", ") || "none"}; define it in ${validatorsKey}`,
      }));
  },
};

export const bodyValidator: Rule = {
  id: "body-validator",
  severity: "warning",
  why: "API Gateway's own validation of bodies answers with a text of its own, and not on every path alike.",
  link: requestValidation,
  check: (document) => {
    const validators = objectAt(document, validatorsKey);
    return validatorUses(document)
      .filter(({ name }) => objectAt(validators, name)["validateRequestBody"] === true)
      .map(({ pointer, name }) => ({
        pointer,
        message: `"${name}" validates bodies; leave that to what stands behind, or map BAD_REQUEST_BODY`,
      }));
  },
};

/** Where the document, or an operation, names the validator of its requests. */
function validatorUses(document: OpenApiDocument): { pointer: string; name: string }[] {
  const owners = [
    { pointer: "", value: document },
    ...operationsOf(document).map(({ pointer, value }) => ({ pointer, value })),
  ];
  return owners.flatMap(({ pointer, value }) => {
    const name = value[validatorKey];
    return typeof name === "string" ? [{ pointer: `${pointer}${jsonPointer(validatorKey)}`, name }] : [];
  });
}
