import { CHECKSUM_HEADERS } from "../../../contract/checksum-headers.ts";
import { CALLER_HEADER, CALLER_METADATA } from "../../../contract/keys.ts";
import { MAX_ENCODED_FILE_NAME_LENGTH } from "../../../contract/limits.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import { ACCEPTED_TEMPLATE } from "./accepted-template.ts";
import {
  caller,
  checksums,
  content,
  correlationId,
  headers,
  inOrder,
  type Parameter,
  PROBLEM_LITERAL,
  PROBLEM_TYPE,
  parameter,
  problem,
  problemTemplates,
  requestBody,
  retryAfterHeader,
  retryAfterMapping,
} from "./operation-parts.ts";

interface S3Operation {
  readonly id: string;
  readonly description: string;
  /** Of the object, with path parameters and `CALLER_IN_KEY` in braces. */
  readonly key: string;
  readonly pathParameters: readonly Parameter[];
}

interface WriteOperation extends S3Operation {
  /** What is handed in, for texts. */
  readonly noun: string;
  /** What the header Content-Type says. */
  readonly mediaType: string;
  readonly body: JsonObject;
  /** Its media type and name can't stand in its body. */
  readonly isPlainFile?: boolean;
}

const ONE_CALLER = "caller";

/** Stands in keys for the caller that the proxy has verified: whatever a path says, nothing leaves this prefix. */
export const CALLER_IN_KEY = `{${ONE_CALLER}}`;

/** What an S3 integration says of the caller and of the bucket's owner. */
export const MAPPINGS_OF_CALLERS: ReadonlySet<string> = new Set([
  `integration.request.path.${ONE_CALLER}`,
  `integration.request.header.x-amz-meta-${CALLER_METADATA}`,
  "integration.request.header.x-amz-expected-bucket-owner",
]);

/** Writes an object under a key that no other submission has: without code, and never over another one. */
export function writeOperation(options: WriteOperation): JsonObject {
  const { id, description, noun, key, body, isPlainFile = false } = options;
  return {
    description,
    operationId: id,
    parameters: inOrder([...options.pathParameters, ...writeHeaders(options)]),
    requestBody: requestBody(body),
    responses: {
      "202": {
        description: `The ${noun} is saved and will be processed.`,
        content: content("Submission"),
        headers: headers({
          Location: "URL of the submission, relative to the URL of the request.",
        }),
      },
      "400": problemWithType(
        "The request is not acceptable, for instance because a checksum does not match.",
      ),
      "409": passingProblemWithType(
        `The ${noun} was not accepted because of another request; send it again.`,
      ),
      "502": passingProblemWithType(`The ${noun} was not accepted; send it again later.`),
      "503": passingProblemWithType("The storage is busy; send it again later."),
    },
    "x-amazon-apigateway-integration": {
      ...s3Integration("PUT", "{{role.intakeWriter}}", "{{bucket.intake}}", key),
      requestParameters: {
        ...toS3("path", { ...pathMappings(options), submissionId: "context.extendedRequestId" }),
        ...toS3("header", { ...EXPECTED_OWNER, ...writeMappings(isPlainFile) }),
      },
      responses: {
        "400": s3Problem(
          400,
          "Bad Request",
          `The storage did not accept the request. A checksum may not match the body${isPlainFile ? ", or the file's name is too long" : ""}.`,
        ),
        "503": s3Problem(503, "Service Unavailable", `The storage is busy. Send the ${noun} again later.`),
        "2[0-9]{2}": {
          contentHandling: "CONVERT_TO_TEXT",
          responseTemplates: { "application/json": ACCEPTED_TEMPLATE },
          statusCode: "202",
        },
        "409|412": s3Problem(
          409,
          "Conflict",
          `The ${noun} was not accepted because of another request. Send it again.`,
        ),
        default: s3Problem(502, "Bad Gateway", `The ${noun} was not accepted. Send it again later.`),
      },
    },
  };
}

/** Gives the bytes of a stored object, for a download only. */
export function readOperation(options: S3Operation): JsonObject {
  const { id, description, key } = options;
  return {
    description,
    operationId: id,
    parameters: inOrder([...options.pathParameters, caller]),
    responses: {
      "200": {
        description: "The file.",
        content: content("FileBytes", ["application/octet-stream"]),
        headers: headers({
          "Cache-Control": "private",
          "Content-Disposition": "attachment",
          "Content-Type": "Media type of the file.",
          ETag: "Entity tag of the file.",
          "X-Content-Type-Options": "nosniff",
        }),
      },
      "400": problemWithType("The request is not acceptable."),
      "404": problemWithType("There is no such file."),
      "502": passingProblemWithType("The file could not be read; try again later."),
      "503": passingProblemWithType("The storage is busy; try again later."),
    },
    "x-amazon-apigateway-integration": {
      ...s3Integration("GET", "{{role.documentReader}}", "{{bucket.documents}}", key),
      requestParameters: { ...toS3("path", pathMappings(options)), ...toS3("header", EXPECTED_OWNER) },
      responses: {
        "400": s3Problem(400, "Bad Request", "The storage did not accept the request."),
        "404": s3Problem(404, "Not Found", "There is no such file."),
        "503": s3Problem(503, "Service Unavailable", "The storage is busy. Try again later."),
        "2[0-9]{2}": {
          contentHandling: "CONVERT_TO_BINARY",
          responseParameters: {
            "method.response.header.Cache-Control": "'private'",
            "method.response.header.Content-Disposition": "'attachment'",
            "method.response.header.Content-Type": "integration.response.header.Content-Type",
            "method.response.header.ETag": "integration.response.header.ETag",
            "method.response.header.X-Content-Type-Options": "'nosniff'",
          },
          statusCode: "200",
        },
        default: s3Problem(502, "Bad Gateway", "The file could not be read. Try again later."),
      },
    },
  };
}

function writeHeaders({ noun, mediaType, isPlainFile = false }: WriteOperation): Parameter[] {
  const header = (name: string, description: string) => parameter(name, { place: "header", description });
  return [
    header("Content-Encoding", `Only identity: a compressed ${noun} is rejected.`),
    header("Content-Type", mediaType),
    ...checksums,
    caller,
    correlationId,
    ...(isPlainFile
      ? [
          header(
            "x-file-name",
            `Name of the file, UTF-8 and percent-encoded, in at most ${MAX_ENCODED_FILE_NAME_LENGTH} characters; without it, the file's identifier is its name.`,
          ),
        ]
      : []),
  ];
}

/** S3 refuses to read or write a bucket that came to belong to somebody else. */
const EXPECTED_OWNER = { "x-amz-expected-bucket-owner": "'{{account}}'" } as const;

/** S3's metadata is US-ASCII and at most 2 KB, names included. */
function writeMappings(isPlainFile: boolean): Readonly<Record<string, string>> {
  return {
    "Content-Type": "method.request.header.Content-Type",
    "If-None-Match": "'*'",
    ...Object.fromEntries(CHECKSUM_HEADERS.map((name) => [name, `method.request.header.${name}`])),
    [`x-amz-meta-${CALLER_METADATA}`]: `method.request.header.${CALLER_HEADER}`,
    "x-amz-meta-content-encoding": "method.request.header.Content-Encoding",
    ...(isPlainFile && { "x-amz-meta-content-type": "method.request.header.Content-Type" }),
    "x-amz-meta-correlation-id": "method.request.header.x-correlation-id",
    ...(isPlainFile && { "x-amz-meta-file-name": "method.request.header.x-file-name" }),
    "x-amz-meta-received-at": "context.requestTimeEpoch",
    "x-amz-meta-request-id": "context.requestId",
    "x-amz-meta-submission-id": "context.extendedRequestId",
    "x-amz-meta-trace-id": "context.xrayTraceId",
  };
}

function s3Integration(httpMethod: string, credentials: string, bucket: string, key: string): JsonObject {
  return {
    type: "aws",
    credentials,
    httpMethod,
    passthroughBehavior: "when_no_match",
    uri: `arn:{{partition}}:apigateway:{{region}}:s3:path/${bucket}/${key}`,
  };
}

function pathMappings({ pathParameters }: S3Operation): Readonly<Record<string, string>> {
  return {
    [ONE_CALLER]: `method.request.header.${CALLER_HEADER}`,
    ...Object.fromEntries(pathParameters.map(({ name }) => [name, `method.request.path.${name}`])),
  };
}

function toS3(place: "path" | "header", mappings: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(mappings).map(([name, source]) => [`integration.request.${place}.${name}`, source]),
  );
}

function problemWithType(description: string): JsonObject {
  return { ...problem(description), headers: headers({ "Content-Type": PROBLEM_TYPE }) };
}

function passingProblemWithType(description: string): JsonObject {
  return {
    ...problem(description),
    headers: headers({ "Content-Type": PROBLEM_TYPE, ...retryAfterHeader }),
  };
}

/** What S3 said stays behind: it may name bucket and key. What is no fault of the request is worth sending again. */
function s3Problem(status: number, title: string, detail: string): JsonObject {
  return {
    contentHandling: "CONVERT_TO_TEXT",
    responseParameters: {
      "method.response.header.Content-Type": PROBLEM_LITERAL,
      ...((status === 409 || status >= 500) && retryAfterMapping("method.response.header")),
    },
    responseTemplates: problemTemplates(title, detail, status),
    statusCode: String(status),
  };
}
