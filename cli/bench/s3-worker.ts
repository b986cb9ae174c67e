// Answers what the queue function asks of S3 and DynamoDB, at no cost; and tells at /moved how much it gave and took.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { listenOnLoopback } from "../../emulator/loopback-server.ts";

const payload: Uint8Array = workerData;
let moved = { given: 0, taken: 0 };

const server = createServer((request, response) => void answer(request, response));
parentPort?.postMessage(await listenOnLoopback(server));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let length = 0;
  for await (const chunk of request) length += chunk.length;
  if (request.url === "/moved") {
    response.end(JSON.stringify(moved));
    moved = { given: 0, taken: 0 };
  } else if (request.headers["x-amz-target"]) {
    response.setHeader("Content-Type", "application/x-amz-json-1.0");
    response.end("{}");
  } else if (request.method === "GET") {
    moved.given += payload.length;
    response.setHeader("Content-Length", payload.length);
    response.setHeader("x-amz-meta-submission-id", "s-1");
    response.setHeader("x-amz-meta-received-at", "1772355600000");
    response.end(payload);
  } else {
    moved.taken += length;
    response.statusCode = request.method === "DELETE" ? 204 : 200;
    response.setHeader("ETag", '"e"');
    response.end();
  }
}
