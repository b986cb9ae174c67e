import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { closeServer, listenOnLoopback } from "../../../emulator/loopback-server.ts";
import { ConnectionFailure } from "../../../operations/verify/connection-failure.ts";
import { diagnoseConnection } from "../../../operations/verify/diagnose-connection.ts";
import { type Exchange, exchange } from "../../../operations/verify/exchange.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function get(url: string, changes: Partial<Exchange> = {}) {
  return exchange({
    ...{ method: "GET", url: new URL(url), headers: {}, timeoutMilliseconds: 30_000 },
    signal: new AbortController().signal,
    ...changes,
  });
}

async function failureOf(sent: Promise<unknown>): Promise<ConnectionFailure> {
  const error = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectionFailure)) throw new Error(`no failure of a connection: ${error}`);
  return error;
}

describe(exchange, () => {
  it("connects elsewhere, and says the name of the URL", async () => {
    const server = createHttpServer((request, response) => response.end(request.headers.host));
    const port = Number(new URL(await listenOnLoopback(server)).port);
    stops.push(() => closeServer(server));

    const { bytes } = await get("http://ingestion.example.com", { connectTo: { host: "127.0.0.1", port } });

    expect(bytes.toString()).toBe("ingestion.example.com");
  });

  it("tells a port that nobody listens on", async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();

    const failure = await failureOf(
      get("http://ingestion.example.com", { connectTo: { host: "127.0.0.1", port } }),
    );

    expect(failure.message).toMatch(
      /^127\.0\.0\.1:\d+ \(for ingestion\.example\.com\): connect ECONNREFUSED/,
    );
    expect(diagnoseConnection(failure).part).toBe("the proxy's port");
  });

  it("tells a server that never answers, and one that hangs up", async () => {
    const silent = createServer((socket) => stops.unshift(async () => socket.destroy()));
    const rude = createServer((socket) => socket.destroy());
    const [silentPort, rudePort] = [await listen(silent), await listen(rude)];
    for (const server of [silent, rude]) stops.push(async () => server.close());

    const slow = await failureOf(get(`http://127.0.0.1:${silentPort}`, { timeoutMilliseconds: 20 }));
    const gone = await failureOf(get(`http://127.0.0.1:${rudePort}`));

    expect(slow.message).toContain("no answer within 0.02 s");
    expect(diagnoseConnection(slow).part).toBe("the network in front of the proxy");
    expect(diagnoseConnection(gone).part).toBe("the proxy's connections");
  });

  it("tells a port that speaks no TLS", async () => {
    const plain = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const port = await listen(plain);
    stops.push(async () => plain.close());

    const failure = await failureOf(get(`https://127.0.0.1:${port}`));

    expect(diagnoseConnection(failure).part).toBe("TLS");
  });

  it("ends with the reason of whoever interrupts it", async () => {
    const silent = createServer((socket) => stops.unshift(async () => socket.destroy()));
    const port = await listen(silent);
    stops.push(async () => silent.close());
    const stopping = new AbortController();

    const sent = get(`http://127.0.0.1:${port}`, { signal: stopping.signal });
    stopping.abort(new Error("enough"));

    await expect(sent).rejects.toThrow("enough");
  });
});
