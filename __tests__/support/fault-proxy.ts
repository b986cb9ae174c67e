import { createServer, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

/** What a proxy before the AWS services does to a request that it is asked about. */
export interface Fault {
  /** Answers this itself. */
  readonly status?: number;
  readonly delayMilliseconds?: number;
  /** Changes the text of the answer. */
  readonly rewrite?: (body: string) => string;
}

export type FaultOf = (request: {
  readonly method: string;
  readonly path: string;
  readonly service: string;
}) => Fault | undefined;

export interface FaultProxy {
  readonly url: string;
  /** Decides about all requests from now on. */
  fail(faultOf: FaultOf): void;
  stop(): Promise<void>;
}

/** Stands on a free loopback port before AWS services, and makes them slow or broken. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let faultOf: FaultOf = () => undefined;
  const server = createServer(async (incoming, outgoing) => {
    const body = await readAll(incoming);
    const { method = "GET", url = "/", headers } = incoming;
    const service = String(headers["x-amz-target"] ?? "").startsWith("DynamoDB") ? "dynamodb" : "other";
    const fault = faultOf({ method, path: decodeURIComponent(url), service });
    // biome-ignore lint/plugin: the delay is the fault
    if (fault?.delayMilliseconds !== undefined) await sleep(fault.delayMilliseconds);
    if (fault?.status !== undefined) {
      outgoing.writeHead(fault.status).end();
      return;
    }
    const forwarded = request(`${target}${url}`, { method, headers });
    forwarded.on("error", () => outgoing.destroy());
    forwarded.on("response", async (response) => {
      const answer = await readAll(response);
      const rewritten = fault?.rewrite ? Buffer.from(fault.rewrite(answer.toString("utf8"))) : answer;
      const { "content-length": _, "transfer-encoding": __, ...rest } = response.headers;
      const length =
        method === "HEAD" ? (response.headers["content-length"] ?? "0") : String(rewritten.length);
      outgoing.writeHead(response.statusCode ?? 502, { ...rest, "content-length": length }).end(rewritten);
    });
    forwarded.end(body);
  });
  return {
    url: await listenOnLoopback(server),
    fail(next) {
      faultOf = next;
    },
    stop: () => closeServer(server),
  };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
