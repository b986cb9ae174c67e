import { createServer, type IncomingMessage } from "node:http";
import { type ApiGateway, maxRequestBytes } from "./api-gateway/api-gateway.ts";
import { type ApiRequest, type ApiResponse, headerOf } from "./api-gateway/messages.ts";
import { readRequest, writeResponse } from "./api-gateway/read-request.ts";
import { closeServer, listenOnLoopback } from "./loopback-server.ts";

/** An API that is served, by its name in the stack's outputs. */
export interface ServedApi {
  readonly name: string;
  readonly stageName: string;
  readonly gateway: ApiGateway;
  readonly vpcEndpointId: string | undefined;
}

export interface FrontDoorOptions {
  readonly apis: readonly ServedApi[];
  /** Bodies of this size and more go to the large API. */
  readonly thresholdBytes: number;
  /** 0 takes a free port. */
  readonly port: number;
  /** Told of every request that no API answered. */
  readonly onRefused: (refusal: Refusal) => void;
  readonly onError: (error: unknown) => void;
}

export interface Refusal {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** What cannot be served: a port that is taken, or an API that is not there. */
export class FrontDoorError extends Error {
  override readonly name = "FrontDoorError";
  readonly code = "FRONT_DOOR";
}

export const smallApi = "proposals";
export const largeApi = "proposals-large";

/**
 * One URL for both APIs, as the external proxy gives it, and one for each by itself: `/apis/{name}/{stage}/…`. It
 * stands for the VPC endpoint as well; a request that says another one in `x-amzn-vpce-id` comes from there.
 * @throws FrontDoorError if the port is taken
 */
export async function openFrontDoor(options: FrontDoorOptions) {
  const server = createServer(async (message, response) => {
    try {
      writeResponse(response, await answer(message, options));
    } catch (error) {
      // A client that hung up is no error of ours.
      if (!message.socket.destroyed) options.onError(error);
      response.destroy();
    }
  });
  const url = await listenOnLoopback(server, options.port).catch((cause: unknown) => {
    throw new FrontDoorError(
      `Port ${options.port} cannot be used: ${cause}. Choose another one with PORT=…, or 0 for any free one.`,
      { cause },
    );
  });
  return { url, close: () => closeServer(server) };
}

async function answer(message: IncomingMessage, options: FrontDoorOptions): Promise<ApiResponse> {
  const url = message.url ?? "/";
  const direct = /^\/apis\/([^/]+)\/([^/]+)(\/.*)?$/.exec(url);
  const request = await readRequest(message, direct ? (direct[3] ?? "/") : url);
  if (direct) {
    const api = options.apis.find(({ name, stageName }) => name === direct[1] && stageName === direct[2]);
    return api === undefined ? refuse(notFound(options.apis), request, options) : forward(api, request);
  }
  if (request.body.length > maxRequestBytes) return refuse(tooLarge, request, options);
  const name = chooseApi(request, options.thresholdBytes);
  const api = options.apis.find((candidate) => candidate.name === name);
  if (api === undefined) throw new FrontDoorError(`The stack has no API "${name}".`);
  return forward(api, request);
}

/** Large bodies, bodies of unknown size, those whose sender prefers it, and downloads of documents take the API that has S3 behind it. */
export function chooseApi(
  request: Pick<ApiRequest, "method" | "target" | "headers">,
  thresholdBytes: number,
): string {
  const { method, target, headers } = request;
  const path = target.split("?")[0] ?? "";
  if (method === "GET" && /^\/proposals\/[^/]+\/documents\/[^/]+$/.test(path)) return largeApi;
  if (method !== "POST") return smallApi;
  if (/(^|,)\s*respond-async\s*(,|;|$)/i.test(headerOf(headers, "Prefer") ?? "")) return largeApi;
  const length = headerOf(headers, "Content-Length");
  const unknown = length === undefined && headerOf(headers, "Transfer-Encoding") !== undefined;
  return unknown || Number(length ?? 0) >= thresholdBytes ? largeApi : smallApi;
}

function forward({ gateway, vpcEndpointId }: ServedApi, request: ApiRequest): Promise<ApiResponse> {
  const sourceVpcEndpoint = headerOf(request.headers, "x-amzn-vpce-id") ?? vpcEndpointId;
  return gateway({ ...request, sourceVpcEndpoint });
}

function refuse(
  response: ApiResponse,
  { method, target }: ApiRequest,
  { onRefused }: FrontDoorOptions,
): ApiResponse {
  onRefused({ method, path: target.split("?")[0] ?? "", status: response.status });
  return response;
}

/** What the proxy says in place of API Gateway's plain text. */
const tooLarge = problem(413, "Content Too Large", `A request must not exceed ${maxRequestBytes} bytes.`);

function notFound(apis: readonly ServedApi[]): ApiResponse {
  const known = apis.map(({ name, stageName }) => `/apis/${name}/${stageName}/`).join(", ");
  return problem(404, "Not Found", `There is no such API. There are ${known}.`);
}

function problem(status: number, title: string, detail: string): ApiResponse {
  return {
    status,
    headers: [["Content-Type", "application/problem+json"]],
    body: Buffer.from(JSON.stringify({ type: "about:blank", title, status, detail })),
  };
}
