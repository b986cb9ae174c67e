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
  why: "API Gateway ignores callbacks, links and cookie parameters. Callers would read about something that does not exist.",
  link: importantNotes,
  check: (document) => [
    ...operationsOf(document).flatMap(({ pointer, value }): Finding[] => [
      ...("callbacks" in value ? [finding(`${pointer}/callbacks`, "API Gateway ignores callbacks")] : []),
      ...objectEntries(value, "responses").flatMap(([status, response]) =>
        "links" in response
          ? [finding(`${pointer}${jsonPointer("responses", status, "links")}`, "API Gateway ignores links")]
          : [],
      ),
    ]),
    ...[...walk(document)].flatMap(({ pointer, segments, value }) =>
      segments.at(-1) === "in" && segments.at(-3) === "parameters" && value === "cookie"
        ? [finding(pointer, "API Gateway ignores cookie parameters")]
        : [],
    ),
  ],
};

function finding(pointer: string, what: string): Finding {
  return { pointer, message: `${what}; remove this part, or describe it in a description` };
}

export const responseReference: Rule = {
  id: "response-reference",
  why: "API Gateway does not resolve a response that is a reference. The method then has no response for that status.",
  link: importantNotes,
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, value }) =>
      Object.entries(objectAt(value, "responses")).flatMap(([status, response]): Finding[] =>
        isJsonObject(response) && "$ref" in response
          ? [
              {
                pointer: `${pointer}${jsonPointer("responses", status)}`,
                message: "this response is a reference; write the response itself here",
              },
            ]
          : [],
      ),
    ),
};

export const reservedPath: Rule = {
  id: "reserved-path",
  severity: "warning",
  why: "On a custom domain, API Gateway answers /ping and /sping itself.",
  link: importantNotes,
  check: (document) =>
    Object.keys(document.paths)
      .filter((path) => path === "/ping" || path === "/sping")
      .map((path) => ({
        pointer: jsonPointer("paths", path),
        message: `"${path}" is reserved for API Gateway; rename the path`,
      })),
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
        ? [{ pointer, message: `the template has ${bytes} bytes; the maximum is ${maxTemplateBytes}` }]
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
        message: `"${name}" is not defined in ${validatorsKey}; add it there, or use a defined one: ${known.join(", ") || "none"}`,
      }));
  },
};

export const bodyValidator: Rule = {
  id: "body-validator",
  severity: "warning",
  why: "If API Gateway validates bodies, it answers with its own error text, and it does not do so on every path in the same way.",
  link: requestValidation,
  check: (document) => {
    const validators = objectAt(document, validatorsKey);
    return validatorUses(document)
      .filter(({ name }) => objectAt(validators, name)["validateRequestBody"] === true)
      .map(({ pointer, name }) => ({
        pointer,
        message: `"${name}" validates bodies; let the backend validate them, or set the gateway response BAD_REQUEST_BODY`,
      }));
  },
};

/** The document and its operations, if they name a validator of their requests. */
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
