import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificates.ts";
import { createReader, headerOf, type RawMessage } from "./raw-http.ts";

export interface RecordedRequest extends RawMessage {
  readonly method: string;
  readonly target: string;
  /** The name that the client asked for in its TLS greeting. */
  readonly serverName: string | undefined;
  /** Counts the connections. */
  readonly connection: number;
}

/** Bytes of an answer; undefined for none at all. */
type Answer = (request: RecordedRequest) => string | undefined;

const ok: Answer = ({ method }) =>
  `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${method === "HEAD" ? "" : "ok"}`;

/** In the place of an API: it keeps what arrives, byte for byte, and answers what it is told to. */
export async function startBackend(options: { certificate?: Certificate } = {}) {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  let answer = ok;
  let healthy = true;
  let connections = 0;
  let attempts = 0;
  let bytes = 0;
  const serve = async (socket: Socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    const reader = createReader(socket);
    for (;;) {
      const message = await reader.next();
      if (message === undefined) return;
      const [method = "", target = ""] = message.firstLine.split(" ");
      const serverName = "servername" in socket ? String((socket as TLSSocket).servername) : undefined;
      const request = { ...message, method, target, serverName, connection };
      const isHealthCheck = headerOf(message, "user-agent") === "health-check";
      const isComplete = message.body.length === Number(headerOf(message, "content-length") ?? 0);
      if (!isHealthCheck) requests.push(request);
      if (!isComplete) return;
      const health = `HTTP/1.1 ${healthy ? "404 Not Found" : "500 Error"}\r\nContent-Length: 0\r\n\r\n`;
      const answered = isHealthCheck ? health : answer(request);
      if (answered !== undefined) socket.write(answered);
    }
  };
  const { certificate } = options;
  const server = certificate
    ? createTlsServer({ cert: certificate.certificate, key: certificate.key }, serve).on(
        "tlsClientError",
        () => undefined,
      )
    : createServer(serve);
  server.on("connection", () => {
    attempts += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    requests,
    /** How often somebody connected, also those who did not like its certificate. */
    attempts: () => attempts,
    /** What it says of itself when it is asked. */
    isHealthy(value: boolean): void {
      healthy = value;
    },
    /** Until it is told otherwise; at first, and without an answer here, 200. */
    answers(next: Answer = ok): void {
      answer = next;
    },
    forget(): void {
      requests.length = 0;
      bytes = 0;
      answer = ok;
    },
    /** That have arrived since the last `forget`. */
    bytes: () => bytes,
    async stop(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Backend = Awaited<ReturnType<typeof startBackend>>;
