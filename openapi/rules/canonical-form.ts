import { walk } from "../json-pointer.ts";
import { placeholderProblems } from "../placeholders.ts";
import type { Rule } from "../rule.ts";

const stackParts = new Set(["x-amazon-apigateway-endpoint-configuration", "x-amazon-apigateway-policy"]);
const addressParts = new Set(["servers", "host", "basePath", "schemes"]);

export const stackPart: Rule = {
  id: "stack-part",
  why: "Servers, endpoint configuration and resource policy differ between environments. The stack supplies them.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/openapi-extensions-policy.html",
  check: (document) =>
    [...walk(document)].flatMap(({ pointer, segments }) => {
      const key = String(segments.at(-1) ?? "");
      if (!stackParts.has(key) && !(addressParts.has(key) && isAddress(segments))) return [];
      return [{ pointer, message: `"${key}" is supplied by the stack; remove it` }];
    }),
};

const swaggerParts = new Set(["consumes", "definitions", "produces", "securityDefinitions"]);

export const swaggerPart: Rule = {
  id: "swagger-part",
  why: "API Gateway ignores parts of Swagger 2 in an OpenAPI 3 document.",
  link: "https://spec.openapis.org/oas/v3.0.3.html",
  check: (document) =>
    [...walk(document)].flatMap(({ pointer, segments, value }) => {
      const key = String(segments.at(-1) ?? "");
      if (swaggerParts.has(key) && isAddress(segments)) {
        return [{ pointer, message: `"${key}" is a part of Swagger 2; use components or content instead` }];
      }
      const isPlace = key === "in" && segments.at(-3) === "parameters";
      if (!isPlace || (value !== "body" && value !== "formData")) return [];
      return [{ pointer, message: `"in": "${value}" is a part of Swagger 2; write a requestBody instead` }];
    }),
};

export const placeholderForm: Rule = {
  id: "placeholder-form",
  why: "A malformed placeholder is not replaced: API Gateway would receive it as literal text.",
  link: "https://developer.hashicorp.com/terraform/language/expressions/strings",
  check: (document) => placeholderProblems(document).map(({ pointer, message }) => ({ pointer, message })),
};

/** Such a key of the document, a path or an operation; elsewhere it may name a property or a parameter. */
function isAddress(segments: (string | number)[]): boolean {
  return (
    segments.length === 1 || (segments[0] === "paths" && (segments.length === 3 || segments.length === 4))
  );
}
