import { capitalized, namesOf } from "../../../domain/names.ts";
import type { Domain } from "../../../domain/seam.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { gatewayResponses } from "./gateway-responses.ts";
import { withHeads } from "./head-operations.ts";
import {
  answer,
  caller,
  checksums,
  content,
  correlationId,
  inOrder,
  type Parameter,
  parameter,
  passingProblem,
  pathParameters,
  problem,
  reference,
  requestBody,
  requestValidation,
} from "./operation-parts.ts";
import { sentModels, storedModels, text } from "./record-models.ts";
import { sharedModels } from "./shared-models.ts";
import { wordsOf } from "./words.ts";

/** The API behind which the function stands. */
export function smallDocument(domain: Domain): OpenApiDocument {
  const { smallApi, sharedPath } = namesOf(domain);
  const { many } = wordsOf(domain);
  const schemas = { ...sharedModels(domain), ...sentModels(domain), ...storedModels(domain) };
  return {
    openapi: "3.0.1",
    info: {
      title: smallApi,
      description: `Takes, lists, returns and deletes ${many}.`,
      version: "1",
    },
    paths: withHeads({
      ...recordPaths(domain, sharedPath),
      ...(domain.plainFiles && filePaths(domain, sharedPath)),
    }),
    components: { schemas: { ...schemas, ...pageModels(domain) } },
    ...requestValidation,
    "x-amazon-apigateway-gateway-responses": gatewayResponses(
      "The request is larger than this API accepts. Send it again with the header Prefer: respond-async, which chooses the API for large payloads.",
    ),
  };
}

interface FunctionOperation {
  readonly id: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body?: JsonObject;
  readonly responses: JsonObject;
}

function operation({ id, description, parameters, body, responses }: FunctionOperation): JsonObject {
  return {
    description,
    operationId: id,
    parameters: inOrder([...parameters, caller, correlationId]),
    ...(body !== undefined && { requestBody: body }),
    responses: {
      ...responses,
      "429": passingProblem("Too many requests; send it again later."),
      "500": passingProblem("The request could not be processed; send it again later."),
      "504": passingProblem("The request was not processed in time; send it again later."),
    },
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      passthroughBehavior: "when_no_match",
      uri: "arn:{{partition}}:apigateway:{{region}}:lambda:path/2015-03-31/functions/{{function.api}}/invocations",
    },
  };
}

function recordPaths(domain: Domain, sharedPath: string): JsonObject {
  const { one, a } = wordsOf(domain);
  const { modelName } = namesOf(domain);
  const { key, submissionId } = pathParameters(domain);
  const unacceptable = problem("The identifier is not acceptable.");
  return {
    [sharedPath]: { get: listOperation(domain) },
    [`${sharedPath}/{${domain.key}}`]: {
      delete: operation({
        id: `delete${modelName}`,
        description: `Deletes ${a}. Submissions received earlier do not restore it.`,
        parameters: [key],
        responses: {
          "204": { description: `The ${one} is deleted, or there was none.` },
          "400": unacceptable,
        },
      }),
      get: operation({
        id: `get${modelName}`,
        description: `A stored ${one}.`,
        parameters: [key],
        responses: {
          "200": answer(`The ${one}.`, "Record"),
          "400": unacceptable,
          "404": problem(`There is no such ${one}.`),
        },
      }),
      post: operation({
        id: `put${modelName}`,
        description: `Creates or replaces ${a}.`,
        parameters: [key, ...checksums],
        body: requestBody(content(modelName)),
        responses: {
          "200": answer(`The ${one} replaced another one, or is the same as the one stored.`, "Submission"),
          "201": answer(`The ${one} is new.`, "Submission"),
          "400": problem(
            `The ${one} is not acceptable, or a checksum does not match; the problem names the reasons.`,
          ),
          "409": problem(`A newer submission of the ${one} was stored, or it was deleted later.`),
          "413": problem("The request is larger than this API accepts."),
        },
      }),
    },
    [`${sharedPath}/{${domain.key}}/submissions/{submissionId}`]: {
      get: submissionOperation("getSubmission", "The state of a submission to either API.", [
        key,
        submissionId,
      ]),
    },
  };
}

function filePaths(domain: Domain, sharedPath: string): JsonObject {
  const { one } = wordsOf(domain);
  const { modelName } = namesOf(domain);
  const { key, fileId, submissionId } = pathParameters(domain);
  const path = `${sharedPath}/{${domain.key}}/files`;
  const unacceptable = problem("An identifier is not acceptable.");
  return {
    [path]: {
      get: operation({
        id: `list${modelName}Files`,
        description: `The stored files that were sent to ${wordsOf(domain).a} without JSON around them, page by page.`,
        parameters: [key, ...pageParameters("files")],
        responses: {
          "200": answer("One page.", "StoredFilePage"),
          "400": problem("A parameter is not acceptable."),
        },
      }),
    },
    [`${path}/{fileId}`]: {
      delete: operation({
        id: `delete${modelName}File`,
        description:
          "Deletes a file that was sent without JSON around it. Submissions received earlier do not restore it.",
        parameters: [key, fileId],
        responses: { "204": { description: "The file is deleted, or there was none." }, "400": unacceptable },
      }),
      get: operation({
        id: `get${modelName}File`,
        description: `The metadata of a file that was sent to the ${one} without JSON around it. Its path leads to its bytes.`,
        parameters: [key, fileId],
        responses: {
          "200": answer("The file.", "StoredFile"),
          "400": unacceptable,
          "404": problem("There is no such file."),
        },
      }),
    },
    [`${path}/{fileId}/submissions/{submissionId}`]: {
      get: submissionOperation(`get${modelName}FileSubmission`, "The state of a submission of a file.", [
        key,
        fileId,
        submissionId,
      ]),
    },
  };
}

function listOperation(domain: Domain): JsonObject {
  const { many } = wordsOf(domain);
  const { listedBy } = domain;
  return operation({
    id: `list${capitalized(domain.collection)}`,
    description: `The stored ${many} of one ${listedBy}, page by page.`,
    parameters: [
      parameter(listedBy, { place: "query", description: `The ${listedBy} of all of them.`, required: true }),
      ...pageParameters(many),
    ],
    responses: {
      "200": answer("One page.", "RecordPage"),
      "400": problem("A parameter is missing or not acceptable."),
    },
  });
}

function submissionOperation(id: string, description: string, parameters: readonly Parameter[]): JsonObject {
  return operation({
    id,
    description,
    parameters,
    responses: {
      "200": answer("The submission.", "Submission"),
      "400": problem("A parameter is not acceptable."),
      "404": problem("There is no such submission."),
    },
  });
}

function pageParameters(many: string): Parameter[] {
  return [
    parameter("cursor", {
      place: "query",
      description: "Where the page starts: the cursor of the page before it.",
    }),
    parameter("limit", { place: "query", description: `Largest number of ${many} on the page.` }),
  ];
}

function pageModels(domain: Domain): JsonObject {
  const page = (title: string, of: string, model: string) => ({
    title,
    description: `One page of ${of}.`,
    type: "object",
    properties: {
      cursor: text("Where the next page starts; absent on the last one."),
      items: { type: "array", items: reference(model) },
    },
    required: ["items"],
  });
  return {
    RecordPage: page("RecordPage", `stored ${wordsOf(domain).many}`, "Record"),
    ...(domain.plainFiles && { StoredFilePage: page("StoredFilePage", "stored files", "StoredFile") }),
  };
}
