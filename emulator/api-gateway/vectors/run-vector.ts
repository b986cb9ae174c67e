import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseJson } from "../../../contract/parse-json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { createHttpClient } from "../../http-client.ts";
import { closeServer, listenOnLoopback } from "../../loopback-server.ts";
import { createApiGateway } from "../api-gateway.ts";
import type { ApiResponse, Backends, Headers } from "../messages.ts";
import { readRequest, writeResponse } from "../read-request.ts";
import { type Comparison, createComparison, type Difference, isObject } from "./compare.ts";
import { type Body, bytesOfBody, type Vector } from "./vector.ts";

/** Deploys a vector's API in a gateway of its own, sends its request over HTTP, and tells what differs. */
export async function runVector(vector: Vector): Promise<readonly Difference[]> {
  const comparison = createComparison();
  const calls: string[] = [];
  const gateway = createApiGateway({
    document: documentOf(vector.api),
    deployment: {
      apiId: "abcde12345",
      accountId: "123456789012",
      region: "eu-west-1",
      stageName: vector.api.stage,
      stageVariables: vector.api.stageVariables,
    },
    backends: backendsOf(vector, comparison, calls),
  });
  const failures: unknown[] = [];
  const server = createServer(async (message, response) => {
    try {
      writeResponse(response, await gateway(await readRequest(message, message.url ?? "/")));
    } catch (error) {
      failures.push(error);
      response.destroy();
    }
  });
  const url = await listenOnLoopback(server);
  try {
    compareResponse(vector, await send(url, vector.request), comparison);
  } catch (error) {
    throw failures[0] ?? error;
  } finally {
    await closeServer(server);
  }
  const expectedCalls = vector.backend === null ? [] : [vector.backend.kind];
  comparison.value("backend calls", expectedCalls, calls);
  return comparison.differences;
}

/** The OpenAPI document that a vector's API stands for. */
function documentOf(api: Vector["api"]): OpenApiDocument {
  const { requestModels, requestValidator, parameters, methodResponses, integration } = api;
  const operation = {
    parameters,
    ...(requestModels && {
      requestBody: {
        content: Object.fromEntries(
          Object.entries(requestModels).map(([type, schema]) => [type, { schema }]),
        ),
      },
    }),
    ...(requestValidator && { "x-amazon-apigateway-request-validator": "vector" }),
    responses: methodResponses,
    "x-amazon-apigateway-integration": integration,
  };
  const routes = [{ method: api.method, path: api.path, operation }].concat(
    api.otherRoutes.map(({ method, path, integration: other }) => ({
      method,
      path,
      operation: { ...operation, parameters: [], "x-amazon-apigateway-integration": other },
    })),
  );
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [methodKey(route.method)]: route.operation };
  }
  const document = {
    openapi: "3.0.1",
    info: { title: "vector", version: "1" },
    paths,
    "x-amazon-apigateway-binary-media-types": api.binaryMediaTypes,
    ...(requestValidator && { "x-amazon-apigateway-request-validators": { vector: requestValidator } }),
  };
  return parseDocument(JSON.stringify(document), "vector");
}

function methodKey(method: string): string {
  return method === "ANY" ? "x-amazon-apigateway-any-method" : method.toLowerCase();
}

function backendsOf({ backend }: Vector, comparison: Comparison, calls: string[]): Backends {
  return {
    async s3(request) {
      calls.push("s3");
      if (backend?.kind !== "s3") return { status: 500, headers: [], body: Buffer.alloc(0) };
      const { expect, reply } = backend;
      const url = new URL(request.target, "http://s3");
      comparison.value("S3 method", expect.method, request.method);
      comparison.text("S3 path", expect.path, decodeURIComponent(url.pathname));
      comparison.headers("S3 headers", expect.headers, request.headers);
      comparison.absent("S3 headers", expect.headersAbsent, request.headers);
      for (const name of expect.queryAbsent) {
        comparison.value(`S3 query ${name}`, false, url.searchParams.has(name));
      }
      compareBody("S3 body", expect, request.body, comparison);
      await sleep(reply.delayMs ?? 0);
      return {
        status: reply.status,
        headers: Object.entries(reply.headers),
        body: bytesOfBody(reply) ?? Buffer.alloc(0),
      };
    },
    async lambda(_, event) {
      calls.push("lambda");
      if (backend?.kind !== "lambda") return { kind: "returned", payload: "{}" };
      compareEvent(backend, JSON.parse(event), comparison);
      return backend.throws === undefined
        ? { kind: "returned", payload: JSON.stringify(backend.returns ?? null) }
        : { kind: "failed", ...backend.throws };
    },
    async http() {
      calls.push("http");
      return { status: 500, headers: [], body: Buffer.alloc(0) };
    },
  };
}

type LambdaBackend = Extract<Vector["backend"], { kind: "lambda" }>;

function compareEvent(backend: LambdaBackend, event: unknown, comparison: Comparison): void {
  comparison.value("event", backend.expectEvent, event, { subset: true });
  for (const [path, keys] of Object.entries(backend.expectKeys)) {
    const owner = path.split(".").filter(Boolean).reduce(propertyOf, event);
    const missing = keys.filter((key) => !isObject(owner) || !Object.hasOwn(owner, key));
    comparison.value(`event.${path} keys missing`, [], missing);
  }
  const headers = propertyOf(event, "headers");
  const names: Headers = isObject(headers) ? Object.keys(headers).map((name) => [name, ""]) : [];
  comparison.absent("event.headers", backend.headersAbsent, names);
}

function propertyOf(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

function compareResponse({ response: expected }: Vector, actual: ApiResponse, comparison: Comparison): void {
  comparison.value("status", expected.status, actual.status);
  comparison.headers("headers", expected.headers, actual.headers);
  comparison.absent("headers", expected.headersAbsent, actual.headers);
  compareBody("body", expected, actual.body, comparison);
}

function compareBody(
  where: string,
  expected: Body & { readonly json?: unknown },
  actual: Buffer,
  comparison: Comparison,
): void {
  const bytes = bytesOfBody(expected);
  if (expected.json !== undefined) comparison.value(where, expected.json, parseJson(actual.toString("utf8")));
  else if (expected.bodyText?.includes("{{"))
    comparison.text(where, expected.bodyText, actual.toString("utf8"));
  else if (bytes !== undefined) comparison.bytes(where, bytes, actual);
}

async function send(
  url: string,
  { method, path, headers, ...body }: Vector["request"],
): Promise<ApiResponse> {
  const client = createHttpClient(url);
  try {
    return await client.send({
      method,
      target: path,
      headers: Object.entries(headers),
      body: bytesOfBody(body) ?? Buffer.alloc(0),
    });
  } finally {
    client.close();
  }
}
