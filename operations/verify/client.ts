import { CALLER_HEADER } from "../../contract/keys.ts";
import { isAtOrBelow } from "../../contract/paths.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import type { Answer, ApiSide } from "./answer.ts";
import type { Entrance } from "./entrance.ts";
import { type ClientCertificate, type ConnectTo, exchange } from "./exchange.ts";

/** How the proxy knows who calls. Neither is ever shown. */
export interface Credentials {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
}

export interface ClientOptions {
  readonly entrance: Entrance;
  readonly caller: string;
  readonly credentials: Credentials;
  readonly thresholdBytes: number;
  readonly connectTo?: ConnectTo | undefined;
}

export interface SendOptions {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** API Gateway answers within 29 s; the rest is for a body of 10 MB on a slow line. */
const timeoutMilliseconds = 90_000;

/** A caller of the service, as the SaaS application is one. */
export function createClient(options: ClientOptions) {
  const { entrance, caller, credentials, connectTo } = options;
  const identity = {
    ...(credentials.token !== undefined && { Authorization: `Bearer ${credentials.token}` }),
    // The proxy sets it for whoever comes through it.
    ...(entrance.kind === "endpoint" && { [CALLER_HEADER]: caller }),
  };
  return {
    /** @throws ConnectionFailure where no answer comes */
    async send(method: string, path: string, { body, headers, signal }: SendOptions): Promise<Answer> {
      const side = sideOf(method, path, { body, headers }, options.thresholdBytes);
      const answer = await exchange({
        method,
        url: new URL(`${entrance.kind === "proxy" ? entrance.url : entrance.urls[side]}${path}`),
        headers: {
          ...identity,
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        body,
        connectTo,
        clientCertificate: credentials.clientCertificate,
        timeoutMilliseconds,
        signal,
      });
      return { ...answer, side };
    },
  };
}

export type Client = ReturnType<typeof createClient>;

/** As the proxy decides it (docs/proxy.md): it is what sends, where no proxy is, and what to look at, where one is. */
function sideOf(
  method: string,
  path: string,
  {
    body = "",
    headers = {},
  }: {
    readonly body: string | undefined;
    readonly headers: SendOptions["headers"] | undefined;
  },
  thresholdBytes: number,
): ApiSide {
  if (!isAtOrBelow(path.split("?")[0] ?? "", SHARED_PATH)) return "small";
  const isLarge =
    method === "POST"
      ? Buffer.byteLength(body) >= thresholdBytes || headers["Prefer"] === "respond-async"
      : /\/documents\/[0-9a-f]{64}$/.test(path);
  return isLarge ? "large" : "small";
}
