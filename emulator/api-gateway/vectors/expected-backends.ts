import { setTimeout as sleep } from "node:timers/promises";
import { parseJson } from "../../../contract/parse-json.ts";
import type { ApiResponse, Backends, FunctionResult, Headers, ServiceRequest } from "../messages.ts";
import { parseTarget } from "../request-target.ts";
import { type Comparison, isObject } from "./compare.ts";
import { compareBody } from "./compare-body.ts";
import { bytesOfBody, type ExpectedBackend, type Vector } from "./vector.ts";

type Kind = ExpectedBackend["kind"];
type Expected<K extends Kind> = Extract<ExpectedBackend, { kind: K }>;

/** Backends that compare each call with the one that is expected next, and answer as the vector says. */
export function expectedBackends({ backend }: Vector, comparison: Comparison) {
  const expected = backend === null ? [] : [backend].flat();
  const calls: Kind[] = [];
  const next = <K extends Kind>(kind: K): Expected<K> | undefined => {
    const found = expected[calls.length];
    calls.push(kind);
    return found?.kind === kind ? (found as Expected<K>) : undefined;
  };
  const backends: Backends = {
    async s3(request, signal) {
      const found = next("s3");
      if (found === undefined) return unexpected;
      const { path, query } = parseTarget(request.target);
      comparison.text("S3 path", found.expect.path, decodePath(path));
      compareCall("S3", found.expect, request, query, comparison);
      return replyOf(found.reply, signal);
    },
    async http({ url, ...request }, signal) {
      const found = next("http");
      if (found === undefined) return unexpected;
      const { rawPath, query } = parseTarget(url);
      comparison.text("HTTP url", found.expect.url, rawPath);
      for (const [name, value] of Object.entries(found.expect.query)) {
        comparison.text(`HTTP query ${name}`, value, query.getAll(name).join(", "));
      }
      compareCall("HTTP", found.expect, request, query, comparison);
      return replyOf(found.reply, signal);
    },
    async lambda(functionArn, event) {
      const found = next("lambda");
      return found === undefined
        ? { kind: "returned", payload: "{}" }
        : invoke(found, functionArn, event, comparison);
    },
  };
  /** Once the answer is there: whether the calls were those that are expected, in their order. */
  const compareCalls = () => {
    comparison.value(
      "backend calls",
      expected.map(({ kind }) => kind),
      calls,
    );
  };
  return { backends, compareCalls };
}

const unexpected: ApiResponse = { status: 500, headers: [], body: Buffer.alloc(0) };

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

type Call = Expected<"s3" | "http">["expect"];

function compareCall(
  where: string,
  expected: Call,
  request: Omit<ServiceRequest, "target">,
  query: URLSearchParams,
  comparison: Comparison,
): void {
  comparison.value(`${where} method`, expected.method, request.method);
  comparison.headers(`${where} headers`, expected.headers, request.headers);
  comparison.absent(`${where} headers`, expected.headersAbsent, request.headers);
  for (const name of expected.queryAbsent) {
    comparison.value(`${where} query ${name}`, false, query.has(name));
  }
  compareBody(`${where} body`, expected, request.body, comparison);
}

/** Whoever no longer waits for it ends its pause, which would keep the process. */
async function replyOf(reply: Expected<"s3">["reply"], signal: AbortSignal): Promise<ApiResponse> {
  await sleep(reply.delayMs ?? 0, undefined, { signal });
  return {
    status: reply.status,
    headers: Object.entries(reply.headers),
    body: bytesOfBody(reply) ?? Buffer.alloc(0),
  };
}

function invoke(
  expected: Expected<"lambda">,
  functionArn: string,
  payload: string,
  comparison: Comparison,
): FunctionResult {
  const event = parseJson(payload);
  if (expected.function !== undefined) {
    comparison.text("function", expected.function, functionArn.replace(/^arn:.*:function:/, ""));
  }
  if (expected.expectPayload !== undefined) comparison.value("payload", expected.expectPayload, event);
  compareEvent(expected, event, comparison);
  if (expected.throws !== undefined) return { kind: "failed", ...expected.throws };
  return { kind: "returned", payload: JSON.stringify(expected.returns ?? null) };
}

function compareEvent(expected: Expected<"lambda">, event: unknown, comparison: Comparison): void {
  if (Object.keys(expected.expectEvent).length > 0) {
    comparison.value("event", expected.expectEvent, event, { subset: true });
  }
  for (const [path, keys] of Object.entries(expected.expectKeys)) {
    const owner = path.split(".").filter(Boolean).reduce(propertyOf, event);
    const missing = keys.filter((key) => !isObject(owner) || !Object.hasOwn(owner, key));
    comparison.value(`event.${path} keys missing`, [], missing);
  }
  const headers = propertyOf(event, "headers");
  const names: Headers = isObject(headers) ? Object.keys(headers).map((name) => [name, ""]) : [];
  comparison.absent("event.headers", expected.headersAbsent, names);
}

function propertyOf(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}
