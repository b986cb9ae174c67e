import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { CALLER_HEADER } from "../contract/keys.ts";
import { isAtOrBelow } from "../contract/paths.ts";
import { throwProblems, UserError } from "../contract/user-error.ts";
import { SMALL_API } from "../domain/names.ts";
import type { Callers } from "../proxy/callers.ts";
import {
  localRefusals,
  problemContentType,
  problemDocument,
  type Refusal,
  refusalsFor,
  tooLargeForSmallApi,
} from "../proxy/refusals.ts";
import { keptHeaders } from "../proxy/request-headers.ts";
import { type Resource, resourcesByApi } from "../proxy/resources.ts";
import {
  decide,
  maxDrainedBytes,
  type PayloadLimits,
  pathRoutes,
  type RefusalName,
} from "../proxy/routing.ts";
import type { ApiGateway } from "./api-gateway/api-gateway.ts";
import { type ApiRequest, type ApiResponse, type Headers, headerOf } from "./api-gateway/messages.ts";
import { headerLines, readRequest, writeResponse } from "./api-gateway/read-request.ts";
import { identifyCaller } from "./identify-caller.ts";
import { closeServer, listenOnLoopback } from "./loopback-server.ts";

/** An API that is served, by its name in the stack's outputs. */
export interface ServedApi {
  readonly name: string;
  /** It gets what is sent to these paths and below them, if it is not one of the two that share theirs. */
  readonly paths: readonly string[];
  readonly resources: readonly Resource[];
  readonly stageName: string;
  readonly gateway: ApiGateway;
  readonly vpcEndpointId: string | undefined;
  /** The proxy's, which the API sees as that of its caller; without it, that of whoever calls here. */
  readonly sourceIp?: string | undefined;
}

export interface FrontDoorOptions {
  readonly apis: readonly ServedApi[];
  readonly payload: PayloadLimits;
  /** Who may call, each by its local credential. */
  readonly callers: Callers;
  /** 0 takes a free port. */
  readonly port: number;
  /** Told of every request that no API answered. */
  readonly onRefused: (refused: RefusedRequest) => void;
  readonly onError: (error: unknown) => void;
}

export interface RefusedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/**
 * One URL for all APIs, which decides as the external proxy does, and one for each by itself:
 * `/apis/{name}/{stage}/…`. It stands for the VPC endpoint and the proxy's address as well; a request to an API itself that says
 * others in `x-amzn-vpce-id` and `x-vpc-source-ip` comes from there.
 * @throws UserError if the port is taken, or an API has paths that lead to single APIs here
 */
export async function openFrontDoor(options: FrontDoorOptions) {
  throwProblems(ownPathProblems(options.apis));
  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    try {
      await serve(message, response, options);
    } catch (error) {
      // A client that hung up is no error of ours.
      if (!message.socket.destroyed) options.onError(error);
      answerFailure(response);
    }
  };
  // Larger heads than HAProxy takes get Node.js' own answer.
  const server = createServer({ maxHeaderSize: 128 * 1024 }, handle);
  // Otherwise Node.js says "100 Continue" to what will be refused.
  server.on("checkContinue", handle);
  // For Node.js this one is no request.
  server.on("connect", (message, socket) => {
    const response = new ServerResponse(message);
    response.assignSocket(socket as Socket);
    response.setHeader("Connection", "close");
    const identity = identifyCaller(message.headersDistinct["authorization"], options.callers);
    const refusal = identity.kind === "refused" ? identity.refusal : "target-not-allowed";
    refuse(refusalOf(refusal, options), message, response, options);
    response.on("finish", () => socket.end());
  });
  const url = await listenOnLoopback(server, options.port).catch((cause: unknown) => {
    throw portTaken(options.port, cause);
  });
  return { url, close: () => closeServer(server) };
}

/** Paths of APIs that lead to single APIs here, and so cannot be theirs. */
export function ownPathProblems(apis: readonly Pick<ServedApi, "name" | "paths">[]): string[] {
  return apis.flatMap(({ name, paths }) =>
    paths
      .filter((path) => isAtOrBelow(path, "/apis"))
      .map(
        (taken) =>
          `The API "${name}" has the path ${taken}, which cannot be served here: /apis/<name>/<stage> is the URL of an API without the proxy. Choose another path.`,
      ),
  );
}

export function portTaken(port: number, cause: unknown): UserError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const why = code === "EADDRINUSE" ? "another process uses it" : String(cause);
  return new UserError(
    `Port ${port} cannot be used: ${why}. Choose another port with the variable PORT, such as PORT=8081, or PORT=0 for any free port.`,
    { cause },
  );
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  options: FrontDoorOptions,
): Promise<void> {
  const target = targetOf(message);
  const direct = /^\/apis\/([^/]+)\/([^/]+)(\/.*)?$/.exec(target ?? "");
  if (direct) {
    const [, name, stageName, rest = "/"] = direct;
    const api = options.apis.find((each) => each.name === name && each.stageName === stageName);
    if (api === undefined) return refuse(notFound(options.apis), message, response, options);
    letContinue(message, response);
    return writeResponse(response, await forward(api, await readRequest(message, rest)));
  }
  const identity = identifyCaller(message.headersDistinct["authorization"], options.callers);
  if (identity.kind === "refused") {
    return refuse(refusalOf(identity.refusal, options), message, response, options);
  }
  const decision = decide(
    { method: message.method ?? "", target, headers: headerLines(message.rawHeaders) },
    identity.may,
    {
      payload: options.payload,
      routes: pathRoutes(options.apis),
      resources: resourcesByApi(options.apis),
    },
  );
  if (decision.kind === "refused") {
    return refuse(refusalOf(decision.refusal, options, decision.allow), message, response, options);
  }
  const api = options.apis.find(({ name }) => name === decision.api);
  if (api === undefined) throw new UserError(`The stack has no API "${decision.api}".`);
  letContinue(message, response);
  const requestId = randomUUID();
  const request = await readRequest(message, target ?? "/");
  const answer = await forward(api, {
    ...request,
    headers: headersForApi(request, requestId, identity.name),
  });
  response.setHeader("x-request-id", requestId);
  const instead = api.name === SMALL_API && answer.status === 413 ? problem(tooLargeForSmallApi) : answer;
  writeResponse(response, instead);
}

/** A client gets an answer, whatever an API gave that HTTP does not have. */
function answerFailure(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const body = Buffer.from('{"message":"Internal server error"}');
  writeResponse(response, { status: 500, headers: [["Content-Type", "application/json"]], body });
}

/** Path and query, of a target that names a host as well if it is the one in Host. */
function targetOf({ url = "", headers: { host } }: IncomingMessage): string | undefined {
  if (url.startsWith("/")) return url;
  // As it was sent: URL would take dot segments out.
  const [, authority, pathAndQuery] = /^https?:\/\/([^/?#]*)(\/.*)$/i.exec(url) ?? [];
  return authority?.toLowerCase() === host?.toLowerCase() ? pathAndQuery : undefined;
}

function letContinue(message: IncomingMessage, response: ServerResponse): void {
  if (message.headers.expect !== undefined) response.writeContinue();
}

/** What the external proxy leaves of a request's headers, and what it adds. */
function headersForApi({ headers, sourceIp }: ApiRequest, requestId: string, caller: string): Headers {
  return [
    ...headers.filter(([name]) => name.toLowerCase() === "host"),
    ...keptHeaders(headers, requestId),
    ["x-request-id", requestId],
    ["x-forwarded-for", sourceIp],
    [CALLER_HEADER, caller],
  ];
}

function forward(api: ServedApi, request: ApiRequest): Promise<ApiResponse> {
  const sourceVpcEndpoint = headerOf(request.headers, "x-amzn-vpce-id") ?? api.vpcEndpointId;
  const sourceIp = headerOf(request.headers, "x-vpc-source-ip") ?? api.sourceIp ?? request.sourceIp;
  return api.gateway({ ...request, sourceVpcEndpoint, sourceIp });
}

function refusalOf(
  name: RefusalName,
  { payload, callers }: FrontDoorOptions,
  allow?: readonly string[],
): Refusal {
  const refusal = { ...refusalsFor(payload), ...localRefusals(callers) }[name];
  return allow === undefined ? refusal : { ...refusal, headers: { allow: allow.join(", ") } };
}

/** Answers at once, and takes what still comes of the body, so that its sender sees the answer. */
function refuse(
  refusal: Refusal,
  message: IncomingMessage,
  response: ServerResponse,
  options: FrontDoorOptions,
): void {
  report(message, refusal.status, options);
  const drainable = maxDrainedBytes(options.payload, pathRoutes(options.apis));
  let drained = 0;
  message.on("data", (chunk) => {
    drained += chunk.length;
    if (drained > drainable) message.destroy();
  });
  // Nothing follows an Expect that was refused, so that the connection has no use any more.
  if (message.headers.expect !== undefined) response.setHeader("Connection", "close");
  writeResponse(response, problem(refusal));
}

function report({ method = "", url = "" }: IncomingMessage, status: number, options: FrontDoorOptions): void {
  options.onRefused({ method, path: url.split("?")[0] ?? "", status });
}

function notFound(apis: readonly ServedApi[]): Refusal {
  const known = apis.map(({ name, stageName }) => `/apis/${name}/${stageName}/`).join(", ");
  return { status: 404, title: "Not Found", detail: `There is no such API. The APIs are ${known}.` };
}

function problem(refusal: Refusal): ApiResponse {
  return {
    status: refusal.status,
    headers: [["Content-Type", problemContentType], ...Object.entries(refusal.headers ?? {})],
    body: Buffer.from(problemDocument(refusal)),
  };
}
