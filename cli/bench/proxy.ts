import { once } from "node:events";
import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { openHaproxy } from "../../emulator/haproxy.ts";
import { type Callers, localCallers } from "../../proxy/callers.ts";
import { type HaproxyProgram, lookForHaproxy } from "../../proxy/haproxy-process.ts";
import { credentialOf } from "../local-callers.ts";
import { added, type Comparison, ratio } from "./compare.ts";
import type { Benchmark, Candidate } from "./measure.ts";
import type { NotMeasured } from "./run-benchmarks.ts";

/** Takes every body and answers with its length, on a thread of its own. */
const api = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const server = createServer((request, response) => {
  let length = 0;
  request.on("data", (chunk) => { length += chunk.length; }).on("end", () => response.end(String(length)));
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

const kilobyte = Buffer.alloc(1024, "x");
const eightMegabytes = Buffer.alloc(8 * 1024 * 1024, "x");
/** One that is looked up, counted and never over its limits, as most are. */
const callers: Callers = [
  {
    name: "bench",
    credentials: [{ kind: "subject", subject: "bench" }],
    may: ["read", "write"],
    limits: { requestsPerSecond: 10_000, connections: 20_000, bytesPerSecond: 1_000_000_000 },
  },
];
const identity = credentialOf("bench");
const direct = (what: string) => `${what}, direct`;
const through = (what: string) => `${what}, through HAProxy`;

/** What HAProxy adds to the way from client to API, on loopback and without TLS. */
export async function proxy(): Promise<Benchmark | NotMeasured> {
  const program = await lookForHaproxy();
  if ("problem" in program) return { notMeasured: `${program.problem}.` };
  const worker = new Worker(api, { eval: true });
  const [port]: number[] = await once(worker, "message");
  // Where something fails before the end, the worker shall not keep this process.
  worker.unref();
  const apiUrl = `http://127.0.0.1:${port}`;
  const haproxy = await openBefore(apiUrl, program);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post = (url: string, body: Buffer) => send(agent, `${url}${SHARED_PATH}/p-1`, body);
  const latency = (body: Buffer, count: number) => async (url: string) => {
    const milliseconds = await timeOf(async () => {
      for (let index = 0; index < count; index += 1) await post(url, body);
    });
    return milliseconds / count;
  };
  const throughput = (body: Buffer, count: number) => (url: string) =>
    timeOf(() => Promise.all(Array.from({ length: count }, () => post(url, body))));
  const twice = (what: string, measure: (url: string) => Promise<number>): Candidate[] => [
    { what: direct(what), measure: () => measure(apiUrl) },
    { what: through(what), measure: () => measure(haproxy.url) },
  ];
  return {
    title: `requests through HAProxy ${program.version}`,
    unit: "ms",
    candidates: [
      ...twice("one of 1 KB", latency(kilobyte, 100)),
      ...twice("one of 8 MB", latency(eightMegabytes, 5)),
      ...twice("1,000 of 1 KB, 16 at once", throughput(kilobyte, 1000)),
      ...twice("32 of 8 MB, 16 at once", throughput(eightMegabytes, 32)),
    ],
    comparisons,
    async stop() {
      agent.destroy();
      await haproxy.stop();
      await worker.terminate();
    },
  };
}

/** One after the other: many at once may overlap better behind a proxy. */
const notNegative = { value: 0, because: "a request through HAProxy also goes to the API" };
const least = { value: 0.5, because: "HAProxy forwards to the API the same request that it gets directly" };
const slowdown = (what: string, limits = {}) => ratio(through(what), direct(what), limits);

const comparisons: readonly Comparison[] = [
  added(through("one of 1 KB"), direct("one of 1 KB"), { target: 0.5, least: notNegative }),
  added(through("one of 8 MB"), direct("one of 8 MB"), {
    per: eightMegabytes.length / 1e6,
    by: "MB",
    target: 1.5,
    least: notNegative,
  }),
  slowdown("one of 1 KB", { least }),
  slowdown("one of 8 MB", { least }),
  slowdown("1,000 of 1 KB, 16 at once", { least }),
  slowdown("32 of 8 MB, 16 at once", { least }),
];

function openBefore(apisUrl: string, program: HaproxyProgram) {
  return openHaproxy({
    program,
    apis: [SMALL_API, LARGE_API].map((name) => ({
      name,
      paths: [SHARED_PATH],
      resources: [{ path: `${SHARED_PATH}/{item}`, methods: ["POST"] }],
      stageName: "v1",
      vpcEndpointId: undefined,
      gateway: () => Promise.reject(new Error("the worker answers")),
    })),
    apisUrl,
    payload: { thresholdBytes: 5_000_000, maxBytes: 10_485_760 },
    callers: localCallers(callers),
    port: 0,
    onRefused: ({ status }) => {
      throw new Error(`HAProxy answered ${status}`);
    },
    onError: (error) => {
      throw error;
    },
  });
}

/** @throws UserError where the body does not arrive as a whole */
async function send(agent: Agent, url: string, body: Buffer): Promise<void> {
  const headers = { ...identity, "Content-Length": body.length };
  const request = sendRequest(url, { agent, method: "POST", headers });
  request.end(body);
  const [response]: IncomingMessage[] = await once(request, "response");
  const answer = response === undefined ? "" : await text(response);
  if (response?.statusCode !== 200 || answer !== String(body.length)) {
    throw new UserError(`${body.length} bytes to ${url} got ${response?.statusCode} "${answer}".`);
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
