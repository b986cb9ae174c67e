import { createServer, type IncomingMessage } from "node:http";
import { domain } from "../../domain/domain.ts";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

interface StubAnswer {
  /** 0 breaks the connection. */
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer in place of the usual one; undefined for that one. */
export type StubRule = (request: StubRequest) => StubAnswer | undefined;

/**
 * In the place of a proxy with all that is behind it: takes whatever is sent, and never comes to an outcome. A rule makes it
 * answer otherwise.
 */
export async function startStubService(rule: StubRule = () => undefined) {
  const requests: StubRequest[] = [];
  const server = createServer(async (message, response) => {
    for await (const _ of message);
    const request = { method: message.method ?? "", path: message.url ?? "", headers: message.headers };
    requests.push(request);
    const { status, body, headers } = rule(request) ?? usualAnswer(request);
    if (status === 0) {
      message.socket.destroy();
      return;
    }
    const type = status >= 400 ? "application/problem+json" : "application/json";
    response.writeHead(status, { "Content-Type": type, ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  });
  const url = await listenOnLoopback(server);
  return { url, requests, stop: () => closeServer(server) };
}

function usualAnswer({ method, path }: StubRequest): StubAnswer {
  if (method === "DELETE") return { status: 204 };
  if (method === "POST") {
    const item = path.split("/").at(-1);
    const statusUrl = `${item}/submissions/YQ`;
    return { status: 202, headers: { Location: statusUrl }, body: { submissionId: "a=", statusUrl } };
  }
  if (path.includes("/submissions/")) return { status: 200, body: { status: "accepted" } };
  return { status: 404, body: { detail: `There is no such ${domain.noun}.` } };
}
