import { expect } from "vitest";
import { CALLER_HEADER } from "../../../contract/keys.ts";
import type { Caller } from "../../../proxy/callers.ts";
import { problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import type { RefusalName } from "../../../proxy/routing.ts";
import type { ProxyUnderTest } from "./proxy-under-test.ts";
import { headerOf, type RawResponse } from "./raw-http.ts";

export interface Sent {
  readonly requestLine: string;
  /** Beside Host and Content-Length. */
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly client?: { certificate: string; key: string };
  /** An address of this machine, if not the usual one. */
  readonly from?: string;
}

/** One request on a connection of its own. */
export async function exchange(proxy: ProxyUnderTest, sent: Sent): Promise<RawResponse | undefined> {
  const { requestLine, headers = [], body = "", client, from } = sent;
  const connection = await proxy.connect(client, from);
  const head = [`${requestLine} HTTP/1.1`, "Host: proxy", `Content-Length: ${body.length}`, ...headers];
  await connection.write([...head, "", body].join("\r\n"));
  const response = await connection.response({ withoutBody: requestLine.startsWith("HEAD ") });
  connection.close();
  return response;
}

const requestsOf = (proxy: ProxyUnderTest) =>
  Object.values(proxy.backends).flatMap(({ requests }) => requests);

/** The proxy answered by itself, and no API saw anything. */
export function expectRefused(
  proxy: ProxyUnderTest,
  response: RawResponse | undefined,
  name: RefusalName,
): void {
  const refusal = refusalsFor(proxy.settings.payload)[name];
  expect(response?.status).toBe(refusal.status);
  expect(response?.body.toString()).toBe(problemDocument(refusal));
  expect(requestsOf(proxy)).toEqual([]);
}

/** One request reached an API, of this caller alone and without its credential. */
export function expectCaller(proxy: ProxyUnderTest, response: RawResponse | undefined, caller: string): void {
  expect(response?.status).toBe(200);
  const received = requestsOf(proxy);
  expect(received).toHaveLength(1);
  const said = received.flatMap(({ headers }) =>
    headers.filter(([name]) => name.toLowerCase().replaceAll("_", "-") === CALLER_HEADER),
  );
  expect(said).toEqual([[CALLER_HEADER, caller]]);
  expect(received[0] && headerOf(received[0], "authorization")).toBeUndefined();
}

export function callerNamed(name: string, changes: Partial<Caller> = {}): Caller {
  return {
    name,
    credentials: [{ kind: "subject", subject: name }],
    may: ["read", "write", "delete"],
    limits: { requestsPerSecond: 10_000, connections: 500, bytesPerSecond: 200_000_000 },
    ...changes,
  };
}
