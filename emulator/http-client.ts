import { once } from "node:events";
import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import type { ServiceRequest, ServiceResponse } from "./api-gateway/messages.ts";
import { headerLines } from "./api-gateway/read-request.ts";

/** Sends requests to one endpoint over kept connections, with exactly the headers that they have. */
export function createHttpClient(endpoint: string) {
  const { protocol, hostname, port } = new URL(endpoint);
  if (protocol !== "http:") throw new Error(`${endpoint}: only http endpoints are called.`);
  const agent = new Agent({ keepAlive: true });
  return {
    async send(request: ServiceRequest, signal?: AbortSignal): Promise<ServiceResponse> {
      const outgoing = sendRequest({
        agent,
        hostname,
        port,
        method: request.method,
        path: request.target,
        headers: headerRecord(request),
        ...(signal && { signal }),
      });
      outgoing.end(request.body);
      const [message]: IncomingMessage[] = await once(outgoing, "response");
      if (message === undefined) throw new Error(`${endpoint} gave no answer`);
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk);
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
