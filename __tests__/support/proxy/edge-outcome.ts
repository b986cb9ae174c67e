import { expect } from "vitest";
import { problemContentType, problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import { type Edge, type Expected, limits } from "./edges.ts";
import { headerOf, openConnection, type RawResponse } from "./raw-http.ts";

/** What came of an edge's request. */
export interface Outcome {
  readonly response: RawResponse | undefined;
  /** The requests that reached an API. */
  readonly received: readonly { readonly api: string; readonly body: Buffer }[];
}

/** Sends an edge's bytes as they are, and gives the first answer. */
export async function sendEdge(
  target: Parameters<typeof openConnection>[0],
  { requestLine, headers, body }: Edge,
): Promise<RawResponse | undefined> {
  const connection = await openConnection(target);
  await connection.write([requestLine, "Host: proxy.example.com", ...headers, "", ""].join("\r\n"));
  const sending = connection.write(body);
  const response = await connection.response({ withoutBody: requestLine.startsWith("HEAD ") });
  await sending;
  connection.close();
  return response;
}

export function expectOutcome(
  { response, received }: Outcome,
  { body, requestLine }: Edge,
  expected: Expected,
): void {
  if ("api" in expected) {
    expect(response?.status).toBe(200);
    expect(received.map(({ api }) => api)).toEqual([expected.api]);
    // Comparing megabytes by `toEqual` takes seconds.
    expect(received[0]?.body.equals(body)).toBe(true);
    return;
  }
  expect(received).toEqual([]);
  if ("parserStatus" in expected) {
    expect(response?.status).toBe(expected.parserStatus);
    return;
  }
  const refusal = refusalsFor(limits)[expected.refusal];
  expect(response?.status).toBe(refusal.status);
  expect(response && headerOf(response, "content-type")).toBe(problemContentType);
  expect(response && headerOf(response, "allow")).toBe(expected.allow);
  if (requestLine.startsWith("HEAD ")) return;
  expect(response?.body.toString()).toBe(problemDocument(refusal));
}
