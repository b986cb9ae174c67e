import { once } from "node:events";
import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import { Worker } from "node:worker_threads";
import { openHaproxy } from "../../local/haproxy.ts";
import { findHaproxy } from "../../proxy/haproxy-process.ts";
import { largeApi, smallApi } from "../../proxy/routing.ts";
import type { Benchmark } from "./measure.ts";

/** Takes every body and answers with two bytes, on a thread of its own. */
const api = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const server = createServer((request, response) => request.resume().on("end", () => response.end("ok")));
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

const kilobyte = Buffer.alloc(1024, "x");
const eightMegabytes = Buffer.alloc(8 * 1024 * 1024, "x");

/** What HAProxy adds to the way from client to API, on loopback and without TLS. Undefined where it is not installed. */
export async function proxy(): Promise<{ benchmark: Benchmark; stop: () => Promise<void> } | undefined> {
  const program = await findHaproxy();
  if (program === undefined) return undefined;
  const worker = new Worker(api, { eval: true });
  const [port]: number[] = await once(worker, "message");
  const direct = `http://127.0.0.1:${port}`;
  const haproxy = await openHaproxy({
    program,
    apis: [smallApi, largeApi].map((name) => ({
      name,
      stageName: "v1",
      vpcEndpointId: undefined,
      gateway: () => Promise.reject(new Error("the worker answers")),
    })),
    apisUrl: direct,
    payload: { thresholdBytes: 5_000_000, maxBytes: 10_485_760 },
    port: 0,
    onRefused: ({ status }) => {
      throw new Error(`HAProxy answered ${status}`);
    },
    onError: (error) => {
      throw error;
    },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post = (url: string, body: Buffer) => send(agent, `${url}/proposals/p-1`, body);
  const latency = (body: Buffer, count: number) => (url: string) =>
    timed(async () => {
      for (let index = 0; index < count; index += 1) await post(url, body);
    }).then((milliseconds) => milliseconds / count);
  const throughput = (body: Buffer, count: number) => (url: string) =>
    timed(() => Promise.all(Array.from({ length: count }, () => post(url, body))));
  const measured = [
    ["one of 1 KB", latency(kilobyte, 100)],
    ["one of 8 MB", latency(eightMegabytes, 5)],
    ["1,000 of 1 KB, 16 at once", throughput(kilobyte, 1000)],
    ["32 of 8 MB, 16 at once", throughput(eightMegabytes, 32)],
  ] as const;
  return {
    benchmark: {
      title: `requests through HAProxy ${program.version}`,
      unit: "ms",
      candidates: measured.flatMap(([what, measure]) => [
        { what: `${what}, direct`, measure: () => measure(direct) },
        { what: `${what}, through HAProxy`, measure: () => measure(haproxy.url) },
      ]),
      ratios: measured.map(([what]) => ({ of: `${what}, through HAProxy`, to: `${what}, direct` })),
    },
    async stop() {
      agent.destroy();
      await haproxy.stop();
      await worker.terminate();
    },
  };
}

async function send(agent: Agent, url: string, body: Buffer): Promise<void> {
  const request = sendRequest(url, { agent, method: "POST", headers: { "Content-Length": body.length } });
  request.end(body);
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined || response.statusCode !== 200)
    throw new Error(`answered ${response?.statusCode}`);
  await once(response.resume(), "end");
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
