import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { Answer } from "./answer.ts";
import { ConnectionFailure } from "./connection-failure.ts";

/** Where a connection goes to in place of the URL's host, such as the near end of a port-forward. */
export interface ConnectTo {
  readonly host: string;
  readonly port: number;
}

/** PEM, of a client whom the proxy knows by its certificate. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly connectTo?: ConnectTo | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
  readonly timeoutMilliseconds: number;
  readonly signal: AbortSignal;
}

/**
 * One request on a connection of its own, so that each shows the whole way. Host, SNI and the check of the certificate are
 * those of the URL, wherever the connection goes to.
 * @throws ConnectionFailure where no answer comes
 * @throws the signal's reason
 */
export async function exchange(options: Exchange): Promise<Omit<Answer, "side">> {
  const { url, signal, timeoutMilliseconds } = options;
  const started = performance.now();
  const limit = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const response = await send(options, AbortSignal.any([signal, limit]));
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const { statusCode = 0, headers } = response;
    return {
      status: statusCode,
      headers,
      bytes: Buffer.concat(chunks),
      milliseconds: performance.now() - started,
    };
  } catch (error) {
    signal.throwIfAborted();
    const seconds = timeoutMilliseconds / 1000;
    const cause = limit.aborted ? new TimedOut(`no answer within ${seconds} s`) : error;
    throw new ConnectionFailure(describePeer(options, url), cause);
  }
}

class TimedOut extends Error {
  readonly code = "ETIMEDOUT";
}

function send(options: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body, connectTo, clientCertificate } = options;
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  const secure = url.protocol === "https:";
  const request = (secure ? httpsRequest : httpRequest)({
    method,
    path: url.pathname + url.search,
    host: connectTo?.host ?? host,
    port: connectTo?.port ?? (url.port || (secure ? 443 : 80)),
    headers: {
      ...headers,
      Host: url.host,
      ...(body !== undefined && { "Content-Length": String(Buffer.byteLength(body)) }),
    },
    agent: false,
    signal,
    // No SNI has an address (RFC 6066).
    ...(secure && !isIP(host) && { servername: host }),
    ...(secure && clientCertificate && { cert: clientCertificate.certificate, key: clientCertificate.key }),
  });
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    // Also after an answer, where the rest of a body is refused.
    request.on("error", reject);
    request.end(body);
  });
}

function describePeer({ connectTo }: Exchange, url: URL): string {
  return connectTo ? `${connectTo.host}:${connectTo.port} (for ${url.host})` : url.host;
}
