import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Crc64Nvme } from "@aws-sdk/checksums/crc";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

/** What goes wrong with the body of an answer, whose status and headers came as they should. */
export type BodyFault =
  /** The connection breaks. */
  | { readonly kind: "reset"; readonly afterBytes: number; readonly delayMilliseconds: number }
  /** The server ends it as if that were all. */
  | { readonly kind: "truncated"; readonly afterBytes: number }
  | { readonly kind: "corrupted" }
  /** It comes in so many pieces, with a pause behind each. */
  | { readonly kind: "trickled"; readonly pieces: number; readonly delayMilliseconds: number }
  /** Nothing more comes, until the client gives up. */
  | { readonly kind: "hanging"; readonly afterBytes: number };

/** What a proxy before the AWS services does to a request that it is asked about. */
export interface Fault {
  /** Answers this itself. */
  readonly status?: number;
  readonly delayMilliseconds?: number;
  /** Never answers. */
  readonly hangs?: boolean;
  /** Changes the text of the answer. */
  readonly rewrite?: (body: string) => string;
  /** Says the checksum of the answer's body, as S3 does when it is asked for it. */
  readonly checksum?: boolean;
  readonly body?: BodyFault | undefined;
}

export type FaultOf = (request: {
  readonly method: string;
  readonly path: string;
  readonly service: string;
  /** DynamoDB's, such as `GetItem`. */
  readonly operation?: string | undefined;
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
    const [api = "", operation] = String(headers["x-amz-target"] ?? "").split(".");
    const service = api.startsWith("DynamoDB") ? "dynamodb" : "other";
    const fault = faultOf({ method, path: decodeURIComponent(url), service, operation });
    if (fault?.hangs) return;
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
      const checksum = fault?.checksum && { "x-amz-checksum-crc64nvme": await crc64nvme(rewritten) };
      outgoing.writeHead(response.statusCode ?? 502, { ...rest, ...checksum, "content-length": length });
      await sendBody(outgoing, rewritten, fault?.body);
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

async function sendBody(
  outgoing: ServerResponse,
  bytes: Buffer,
  fault: BodyFault | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      outgoing.end(bytes);
      return;
    case "corrupted":
      outgoing.end(corrupted(bytes));
      return;
    case "truncated":
      outgoing.write(firstOf(bytes, fault.afterBytes), () => outgoing.socket?.end());
      return;
    case "hanging":
      outgoing.write(firstOf(bytes, fault.afterBytes));
      return;
    case "reset":
      outgoing.write(firstOf(bytes, fault.afterBytes));
      // biome-ignore lint/plugin: what is not read yet is lost with the connection
      await sleep(fault.delayMilliseconds);
      outgoing.socket?.resetAndDestroy();
      return;
    case "trickled":
      await trickle(outgoing, bytes, fault);
  }
}

async function trickle(
  outgoing: ServerResponse,
  bytes: Buffer,
  { pieces, delayMilliseconds }: Extract<BodyFault, { kind: "trickled" }>,
): Promise<void> {
  const pieceBytes = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let start = 0; start < bytes.length && !outgoing.destroyed; start += pieceBytes) {
    outgoing.write(bytes.subarray(start, start + pieceBytes));
    // biome-ignore lint/plugin: the delay is the fault
    await sleep(delayMilliseconds);
  }
  outgoing.end();
}

/** Never all of them. */
export function firstOf<Bytes extends Uint8Array>(bytes: Bytes, count: number): Bytes {
  return bytes.subarray(0, Math.min(count, Math.max(0, bytes.length - 1))) as Bytes;
}

/** With another byte in its middle. */
export function corrupted(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

async function crc64nvme(bytes: Uint8Array): Promise<string> {
  const hash = new Crc64Nvme();
  hash.update(bytes);
  return Buffer.from(await hash.digest()).toString("base64");
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
