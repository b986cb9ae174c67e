import { documentKey, intakeKey } from "../../../contract/keys.ts";
import { namesOf } from "../../../domain/names.ts";
import type { Domain } from "../../../domain/seam.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { gatewayResponses } from "./gateway-responses.ts";
import { withHeads } from "./head-operations.ts";
import { content, pathParameters, requestValidation } from "./operation-parts.ts";
import { sentModels, text } from "./record-models.ts";
import { CALLER_IN_KEY, readOperation, writeOperation } from "./s3-operations.ts";
import { sharedModels } from "./shared-models.ts";
import { wordsOf } from "./words.ts";

/** The API that has Amazon S3 behind it. */
export function largeDocument(domain: Domain): OpenApiDocument {
  const { largeApi, sharedPath } = namesOf(domain);
  const item = `${sharedPath}/{${domain.key}}`;
  return {
    openapi: "3.0.1",
    info: {
      title: largeApi,
      description: `Takes large ${wordsOf(domain).many} for storage and returns their files; Amazon S3 is the backend.`,
      version: "1",
    },
    paths: withHeads({
      ...recordPaths(domain, item),
      ...(domain.plainFiles && filePaths(domain, `${item}/files/{fileId}`)),
    }),
    components: {
      schemas: {
        FileBytes: {
          title: "FileBytes",
          ...text("The bytes of a file, of the media type that comes with them."),
        },
        ...sharedModels(domain),
        ...sentModels(domain),
      },
    },
    "x-amazon-apigateway-binary-media-types": ["*/*"],
    "x-amazon-apigateway-gateway-responses": gatewayResponses("The request is larger than this API accepts."),
    ...requestValidation,
  };
}

function recordPaths(domain: Domain, path: string): JsonObject {
  const { one, a } = wordsOf(domain);
  const { modelName } = namesOf(domain);
  const { key, sha256 } = pathParameters(domain);
  const itemKey = { caller: CALLER_IN_KEY, item: `{${domain.key}}` };
  return {
    [path]: {
      post: writeOperation({
        id: `submit${modelName}`,
        description: `Accepts ${a} for later processing. The submission gives the outcome.`,
        noun: one,
        key: intakeKey(itemKey, "{submissionId}"),
        pathParameters: [key],
        mediaType: "Media type of the body, application/json.",
        body: content(modelName),
      }),
    },
    [`${path}/documents/{sha256}`]: {
      get: readOperation({
        id: "getDocument",
        description: `A file of a stored ${one}, byte for byte.`,
        key: documentKey(itemKey, "{sha256}"),
        pathParameters: [key, sha256],
      }),
    },
  };
}

function filePaths(domain: Domain, path: string): JsonObject {
  const { one } = wordsOf(domain);
  const { modelName } = namesOf(domain);
  const { key, fileId, sha256 } = pathParameters(domain);
  const itemKey = { caller: CALLER_IN_KEY, item: `{${domain.key}}`, fileId: "{fileId}" };
  return {
    [path]: {
      post: writeOperation({
        id: `submit${modelName}File`,
        description: `Accepts a file of the ${one}, without JSON around it, for later processing. The submission gives the outcome.`,
        noun: "file",
        key: intakeKey(itemKey, "{submissionId}"),
        pathParameters: [key, fileId],
        mediaType: "Media type of the file.",
        body: content(
          "FileBytes",
          domain.mediaTypes.map(({ name }) => name),
        ),
        isPlainFile: true,
      }),
    },
    [`${path}/documents/{sha256}`]: {
      get: readOperation({
        id: `get${modelName}FileDocument`,
        description: "The bytes of a stored file that was sent without JSON around it.",
        key: documentKey(itemKey, "{sha256}"),
        pathParameters: [key, fileId, sha256],
      }),
    },
  };
}
