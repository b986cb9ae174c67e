import { once } from "node:events";
import { Agent, type IncomingMessage, request as sendByHttp } from "node:http";
import { Agent as SecureAgent, request as sendByHttps } from "node:https";
import { isIP } from "node:net";
import type { ServiceRequest, ServiceResponse } from "./api-gateway/messages.ts";
import { headerLines } from "./api-gateway/read-request.ts";

/**
 * Sends requests to one endpoint over kept connections, with exactly the headers that they have. It follows no redirect,
 * and of https it verifies the certificate.
 */
export function createHttpClient(endpoint: string) {
  const { protocol, hostname, port } = new URL(endpoint);
  const secure = protocol === "https:";
  if (!secure && protocol !== "http:")
    throw new Error(`${endpoint}: only http and https endpoints are called.`);
  const agent = secure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    /** @param maxBytes of a longer answer no more is read than tells that it is longer */
    async send(
      request: ServiceRequest,
      signal?: AbortSignal,
      maxBytes = Number.POSITIVE_INFINITY,
    ): Promise<ServiceResponse> {
      const outgoing = (secure ? sendByHttps : sendByHttp)({
        agent,
        hostname: host,
        port,
        // Node.js would take the name in a mapped Host header.
        ...(secure && { servername: isIP(host) === 0 ? host : "" }),
        method: request.method,
        path: request.target,
        headers: headerRecord(request),
        ...(signal && { signal }),
      });
      // A connection that breaks while the answer is read is told here too, and read of the answer itself.
      outgoing.on("error", () => undefined);
      outgoing.end(request.body);
      const [message]: IncomingMessage[] = await once(outgoing, "response");
      if (message === undefined) throw new Error(`${endpoint} gave no answer`);
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of message) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxBytes) break;
      }
      return {
        status: message.statusCode ?? 0,
        headers: headerLines(message.rawHeaders).filter(([name]) => !hopHeaders.has(name.toLowerCase())),
        body: Buffer.concat(chunks),
      };
    },
    close: () => agent.destroy(),
  };
}

/** They speak of one connection, not of the message. */
const hopHeaders = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Written anew for the body that is sent. */
const rewrittenHeaders = new Set([...hopHeaders, "content-length", "expect"]);

function headerRecord({ headers, body, method }: ServiceRequest): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    if (rewrittenHeaders.has(name.toLowerCase())) continue;
    const before = record[name];
    record[name] = before === undefined ? value : [before, value].flat();
  }
  const hasBody = body.length > 0 || method === "PUT" || method === "POST";
  if (hasBody) record["Content-Length"] = String(body.length);
  return record;
}
