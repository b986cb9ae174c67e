import {
  GATEWAY_MAX_HEADER_BYTES,
  GATEWAY_MAX_METHOD_ARN_BYTES,
  GATEWAY_MAX_REQUEST_BYTES,
} from "../../contract/limits.ts";
import { GatewayError } from "./gateway-error.ts";
import { type ApiRequest, type ApiResponse, type Backends, type Headers, headerOf } from "./messages.ts";

/**
 * By where a request comes from, since a VPC endpoint leads to private APIs alone:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
const limits = {
  private: { headerBytes: GATEWAY_MAX_HEADER_BYTES, urlLength: 8192 },
  regional: { headerBytes: 10_240, urlLength: 10_240 },
};

/** @throws GatewayError for a request that is too large for API Gateway, whatever its route */
export function checkRequestSize(request: ApiRequest, stageName: string): void {
  const { headerBytes, urlLength } =
    request.sourceVpcEndpoint === undefined ? limits.regional : limits.private;
  if (request.body.length > GATEWAY_MAX_REQUEST_BYTES) {
    throw tooLarge(`HTTP content length exceeded ${GATEWAY_MAX_REQUEST_BYTES} bytes.`);
  }
  if (sizeOf(request.headers) > headerBytes)
    throw tooLarge(`HTTP header is larger than ${headerBytes} bytes.`);
  const url = `https://${headerOf(request.headers, "Host") ?? ""}/${stageName}${request.target}`;
  if (url.length > urlLength) throw uriTooLong(`A URL has at most ${urlLength} characters.`);
}

/**
 * The ARN of a method, with the path, where a policy or an authorizer is asked about it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 * @throws GatewayError if it is too long
 */
export function checkMethodArn(arn: string): void {
  if (Buffer.byteLength(arn) > GATEWAY_MAX_METHOD_ARN_BYTES) {
    throw uriTooLong(
      `The ARN of a method has at most ${GATEWAY_MAX_METHOD_ARN_BYTES} bytes, its path included.`,
    );
  }
}

/**
 * Backends whose answers are refused as API Gateway does, which logs "Integration response of reported length … is larger
 * than allowed maximum of 10485760 bytes" as an error of configuration.
 */
export function withAnswerLimit(backends: Backends): Backends {
  return {
    ...backends,
    s3: async (request, signal) => checkAnswerSize(await backends.s3(request, signal)),
    http: async (request, signal) => checkAnswerSize(await backends.http(request, signal)),
  };
}

/** @throws GatewayError if an answer is over the limit, which is the one of requests */
export function checkAnswerSize(response: ApiResponse): ApiResponse {
  const { length } = response.body;
  if (length > GATEWAY_MAX_REQUEST_BYTES) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `An answer of ${length} bytes is larger than ${GATEWAY_MAX_REQUEST_BYTES} bytes.`,
    });
  }
  return response;
}

/** Names, values, and what stands between and behind them. */
function sizeOf(headers: Headers): number {
  return headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}: ${value}\r\n`), 0);
}

/** In plain text, which no gateway response customizes. */
function tooLarge(text: string): GatewayError {
  const answer = { status: 413, headers: [["Content-Type", "text/plain"]], body: Buffer.from(text) } as const;
  return new GatewayError("REQUEST_TOO_LARGE", { detail: text, answer });
}

function uriTooLong(detail: string): GatewayError {
  return new GatewayError("DEFAULT_4XX", { status: 414, message: "Request URI too long", detail });
}
