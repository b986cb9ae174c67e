import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

/** An HTTP message as bytes: its first line, its header lines in order, its body by Content-Length. */
export interface RawMessage {
  readonly firstLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface RawResponse extends RawMessage {
  readonly status: number;
}

export function headerOf({ headers }: RawMessage, name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** Reads HTTP messages off a socket, one after the other. */
export function createReader(socket: Socket) {
  let received: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let chunks: Buffer[] = [];
  let ended = false;
  let wake = () => {};
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    wake();
  });
  for (const event of ["end", "close", "error"] as const) {
    socket.on(event, () => {
      ended = true;
      wake();
    });
  }

  async function more(): Promise<boolean> {
    while (chunks.length === 0) {
      if (ended) return false;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    received = Buffer.concat([received, ...chunks]);
    chunks = [];
    return true;
  }

  /** Waits until so many bytes are there, without joining them again and again. */
  async function atLeast(size: number): Promise<boolean> {
    const parts = [received];
    let sum = received.length;
    while (sum < size) {
      received = Buffer.alloc(0);
      if (!(await more())) {
        received = Buffer.concat(parts);
        return false;
      }
      parts.push(received);
      sum += received.length;
    }
    received = Buffer.concat(parts);
    return true;
  }

  /** The next message; undefined once the other side has closed. Whatever arrived of a cut-off body is its body. */
  async function next(options: { withoutBody?: boolean } = {}): Promise<RawMessage | undefined> {
    for (;;) {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) {
        if (!(await more())) return undefined;
        continue;
      }
      const [firstLine = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
      const headers = lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
      received = received.subarray(end + 4);
      const length = Number(headers.find(([name]) => name.toLowerCase() === "content-length")?.[1] ?? 0);
      const size = options.withoutBody ? 0 : length;
      await atLeast(size);
      const body = received.subarray(0, size);
      received = received.subarray(size);
      return { firstLine, headers, body };
    }
  }

  return { next };
}

/** A connection that sends exactly the bytes that it is given. */
export async function openConnection(target: { port: number; tls?: ConnectionOptions; from?: string }) {
  const { port, tls, from } = target;
  const tcp = () => connect({ host: "127.0.0.1", port, ...(from !== undefined && { localAddress: from }) });
  const socket = tls ? connectTls({ ...tls, socket: tcp() }) : tcp();
  // It shows as a closed connection.
  socket.on("error", () => undefined);
  await once(socket, target.tls ? "secureConnect" : "connect");
  const reader = createReader(socket);
  async function write(bytes: string | Buffer): Promise<void> {
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => {
      socket.once("close", resolve);
      socket.write(bytes, () => {
        socket.off("close", resolve);
        resolve();
      });
    });
  }

  return {
    /** Sends and waits until it is out, or the other side is gone. */
    write,
    /** Sends part after part, as a client does that is slow. */
    async writeSlowly(parts: Iterable<string | Buffer>, pauseMilliseconds: number): Promise<void> {
      for (const part of parts) {
        // biome-ignore lint/plugin: the pauses are what the other side is tried with
        await sleep(pauseMilliseconds);
        await write(part);
      }
    },
    /** The next answer; undefined once the connection is closed. */
    async response(options?: { withoutBody: boolean }): Promise<RawResponse | undefined> {
      const message = await reader.next(options);
      return message && { ...message, status: Number(message.firstLine.split(" ")[1]) };
    },
    isClosed: () => socket.destroyed || socket.readableEnded,
    close: () => socket.destroy(),
  };
}

export type Connection = Awaited<ReturnType<typeof openConnection>>;
