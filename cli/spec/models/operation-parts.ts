import { CHECKSUM_HEADERS } from "../../../contract/checksum-headers.ts";
import { CALLER_HEADER } from "../../../contract/keys.ts";
import { RETRY_AFTER_SECONDS } from "../../../contract/limits.ts";
import type { Domain } from "../../../domain/seam.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import { wordsOf } from "./words.ts";

const PROBLEM = "application/problem+json";

const places = ["path", "query", "header"] as const;

interface ParameterOptions {
  readonly place: (typeof places)[number];
  readonly description: string;
  readonly required?: boolean;
}

export function parameter(name: string, { place, description, required = false }: ParameterOptions) {
  const isRequired = required || place === "path";
  return {
    name,
    in: place,
    description,
    ...(isRequired && { required: true }),
    schema: { type: "string" },
  };
}

export type Parameter = ReturnType<typeof parameter>;

/** In the order of a canonical document. */
export function inOrder(parameters: readonly Parameter[]): Parameter[] {
  return parameters.toSorted(
    (a, b) => places.indexOf(a.in) - places.indexOf(b.in) || (a.name < b.name ? -1 : 1),
  );
}

/** The parameters of paths, by their names. */
export function pathParameters(domain: Domain) {
  const inPath = (name: string, description: string) => parameter(name, { place: "path", description });
  const { one } = wordsOf(domain);
  return {
    key: inPath(domain.key, `Identifier of the ${one}, chosen by the sender.`),
    fileId: inPath("fileId", `Identifier of the file, chosen by the sender and unique within the ${one}.`),
    submissionId: inPath("submissionId", "Identifier of the submission, percent-encoded."),
    sha256: inPath("sha256", "SHA-256 of the file's bytes, in hexadecimal."),
  };
}

export const correlationId = parameter("x-correlation-id", {
  place: "header",
  description:
    "The sender's own id of this request; it comes back in the answer, in the submission and in the logs.",
});

/** Of every operation: without it API Gateway itself refuses a request. */
export const caller = parameter(CALLER_HEADER, {
  place: "header",
  description:
    "The caller, as the proxy in front of this API has authenticated it. The proxy replaces any value that a client sends.",
  required: true,
});

/** Of every operation that takes a body, on both paths. */
export const checksums = CHECKSUM_HEADERS.map((name) =>
  parameter(name, {
    place: "header",
    description: "Checksum of the body, base64-encoded; a body that does not match it is refused.",
  }),
);

/** A document's validator: what is required must be there. Bodies are left to what stands behind, on every path alike. */
export const PARAMETERS_VALIDATOR = "parameters";

export const requestValidation = {
  "x-amazon-apigateway-request-validator": PARAMETERS_VALIDATOR,
  "x-amazon-apigateway-request-validators": {
    [PARAMETERS_VALIDATOR]: { validateRequestBody: false, validateRequestParameters: true },
  },
} as const satisfies JsonObject;

export function reference(model: string): JsonObject {
  return { $ref: `#/components/schemas/${model}` };
}

export function content(model: string, mediaTypes: readonly string[] = ["application/json"]): JsonObject {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: reference(model) }]));
}

export function requestBody(body: JsonObject): JsonObject {
  return { content: body, required: true };
}

export function answer(description: string, model: string): JsonObject {
  return { description, content: content(model) };
}

export function problem(description: string): JsonObject {
  return { description, content: content("Problem", [PROBLEM]) };
}

const RETRY_AFTER = "Retry-After";

/** What a problem says after which the request is worth sending again. */
export const retryAfterHeader = {
  [RETRY_AFTER]: "Seconds after which the request may be sent again.",
} as const;

/** The same for a mapping, which sets it. */
export function retryAfterMapping(target: string): JsonObject {
  return { [`${target}.${RETRY_AFTER}`]: `'${RETRY_AFTER_SECONDS}'` };
}

export function passingProblem(description: string): JsonObject {
  return { ...problem(description), headers: headers(retryAfterHeader) };
}

/** Headers of an answer, with what each says. */
export function headers(descriptions: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      { description, schema: { type: "string" } },
    ]),
  );
}

/** The body that says what is wrong, as a template of API Gateway. */
export function problemTemplates(title: string, detail: string, status?: number): JsonObject {
  const body = { type: "about:blank", title, ...(status !== undefined && { status }), detail };
  return { "application/json": JSON.stringify(body) };
}

export const PROBLEM_LITERAL = `'${PROBLEM}'`;
export { PROBLEM as PROBLEM_TYPE };
