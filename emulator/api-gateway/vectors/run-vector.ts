import { createServer } from "node:http";
import { createHttpClient } from "../../http-client.ts";
import { closeServer, listenOnLoopback } from "../../loopback-server.ts";
import { type ApiGateway, createApiGateway } from "../api-gateway.ts";
import type { ApiResponse } from "../messages.ts";
import { readRequest, writeResponse } from "../read-request.ts";
import { type Comparison, createComparison, type Difference } from "./compare.ts";
import { compareBody } from "./compare-body.ts";
import { expectedBackends } from "./expected-backends.ts";
import { bytesOfBody, type Vector } from "./vector.ts";
import { documentOf } from "./vector-document.ts";

/** Deploys a vector's API in a gateway of its own, sends its request over HTTP, and tells what differs. */
export async function runVector(vector: Vector): Promise<readonly Difference[]> {
  const { api } = vector;
  const comparison = createComparison();
  const { backends, compareCalls } = expectedBackends(vector, comparison);
  const gateway = createApiGateway({
    document: documentOf(api),
    deployment: {
      apiId: "abcde12345",
      accountId: "123456789012",
      region: "eu-west-1",
      stageName: api.stage,
      stageVariables: api.stageVariables,
    },
    apiKeys: api.apiKeys,
    httpHosts: api.httpHosts,
    backends,
  });
  compareResponse(vector, await answerOf(gateway, vector.request), comparison);
  compareCalls();
  return comparison.differences;
}

/** Over HTTP, so that the spelling of headers and the framing of bodies count too. */
async function answerOf(gateway: ApiGateway, request: Vector["request"]): Promise<ApiResponse> {
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
    return await send(url, request);
  } catch (error) {
    throw failures[0] ?? error;
  } finally {
    await closeServer(server);
  }
}

function compareResponse({ response: expected }: Vector, actual: ApiResponse, comparison: Comparison): void {
  comparison.value("status", expected.status, actual.status);
  comparison.headers("headers", expected.headers, actual.headers);
  comparison.absent("headers", expected.headersAbsent, actual.headers);
  compareBody("body", expected, actual.body, comparison);
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
