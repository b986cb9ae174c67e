import type { APIGatewayProxyResult } from "aws-lambda";
import { RETRY_AFTER_SECONDS } from "../../../contract/limits.ts";
import type { Reason } from "../outcome.ts";

const titles = {
  400: "Bad Request",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  500: "Internal Server Error",
} as const;

/** Members of a problem document beyond its title and status. */
export interface ProblemDetails {
  readonly detail: string;
  readonly reasons?: readonly Reason[];
  readonly submissionId?: string;
}

export function jsonResponse(statusCode: number, body: unknown): APIGatewayProxyResult {
  return respond(statusCode, "application/json", body);
}

export function noContent(): APIGatewayProxyResult {
  return { statusCode: 204, headers: { "Cache-Control": "no-store" }, body: "" };
}

/** RFC 9457; `about:blank` says that the status says it all. */
export function problem(status: keyof typeof titles, details: ProblemDetails): APIGatewayProxyResult {
  const body = { type: "about:blank", title: titles[status], status, ...details };
  const response = respond(status, "application/problem+json", body);
  return status === 500
    ? { ...response, headers: { ...response.headers, "Retry-After": String(RETRY_AFTER_SECONDS) } }
    : response;
}

/** To a HEAD: what GET answers, without content. */
export function withoutContent(response: APIGatewayProxyResult): APIGatewayProxyResult {
  return { ...response, body: "" };
}

function respond(statusCode: number, contentType: string, body: unknown): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { "Content-Type": contentType, "Cache-Control": "no-store" },
    body: JSON.stringify(body),
  };
}
