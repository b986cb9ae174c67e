import type { APIGatewayProxyEvent, SQSEvent, SQSRecord } from "aws-lambda";
import { CALLER_HEADER, SHARED_CALLER } from "../../contract/keys.ts";

export interface ApiRequest {
  readonly method: string;
  readonly resource: string;
  readonly pathParameters?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly submissionId?: string;
  readonly receivedAt?: number;
  readonly headers?: Record<string, string>;
  /** Each header line in which the proxy names the caller: one of the caller `shared` by default. */
  readonly callers?: readonly string[];
}

/** The event that API Gateway (REST, Lambda proxy) hands to a function. */
export function apiEvent(request: ApiRequest): APIGatewayProxyEvent {
  const { method, resource, callers = [SHARED_CALLER] } = request;
  const lines = [
    ["Content-Type", "application/json"] as const,
    ...callers.map((caller) => [CALLER_HEADER, caller] as const),
    ...Object.entries(request.headers ?? {}),
  ];
  return {
    resource,
    path: resource,
    httpMethod: method,
    headers: Object.fromEntries(lines),
    multiValueHeaders: Object.fromEntries(
      lines.map(([name]) => [name, lines.filter((line) => line[0] === name).map((line) => line[1])]),
    ),
    queryStringParameters: request.query ?? null,
    multiValueQueryStringParameters: null,
    pathParameters: request.pathParameters ?? null,
    stageVariables: null,
    body: request.body ?? null,
    isBase64Encoded: request.isBase64Encoded ?? false,
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      authorizer: null,
      extendedRequestId: request.submissionId ?? "Jm5zaGZ=",
      httpMethod: method,
      identity,
      path: `/v1${resource}`,
      protocol: "HTTP/1.1",
      requestId: "11111111-2222-3333-4444-555555555555",
      requestTimeEpoch: request.receivedAt ?? Date.UTC(2026, 2, 1, 9),
      resourceId: "abc123",
      resourcePath: resource,
      stage: "v1",
    },
  };
}

const identity = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: "10.0.0.1",
  user: null,
  userAgent: "test",
  userArn: null,
};

/** Keys as S3 writes them into events: form-encoded, with a plus for a blank. */
export function encodeEventKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/").replaceAll("%20", "+");
}

export function s3Notification(
  bucket: string,
  key: string,
  { eventName = "ObjectCreated:Put", ...changes }: { versionId?: string; eventName?: string } = {},
): string {
  const object = { key: encodeEventKey(key), size: 1, sequencer: "0055AED6DCD90281E5", ...changes };
  return JSON.stringify({
    Records: [
      {
        eventName,
        s3: { bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` }, object },
      },
    ],
  });
}

/** One message for each body, with the ids message-0, message-1, … */
export function sqsEvent(...bodies: string[]): SQSEvent {
  return { Records: bodies.map((body, index) => sqsRecord(`message-${index}`, body)) };
}

export function sqsRecord(messageId: string, body: string): SQSRecord {
  return {
    messageId,
    receiptHandle: "handle",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1772355600000",
      SenderId: "AIDA",
      ApproximateFirstReceiveTimestamp: "1772355600001",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:intake",
    awsRegion: "eu-central-1",
  };
}

/** An invocation with that much time left; the time does not run. */
export function invocation(remainingMilliseconds = 60_000) {
  return { getRemainingTimeInMillis: () => remainingMilliseconds };
}
