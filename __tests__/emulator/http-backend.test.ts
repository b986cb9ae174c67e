import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { callHttpEndpoint } from "../../emulator/http-backend.ts";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

const servers: Server[] = [];

afterEach(() => Promise.all(servers.splice(0).map(closeServer)));

async function anEndpoint(status = 200, headers: Readonly<Record<string, string>> = {}) {
  const received: { message: IncomingMessage; body: string }[] = [];
  const server = createServer(async (message, response) => {
    let body = "";
    for await (const chunk of message) body += chunk;
    received.push({ message, body });
    response.writeHead(status, headers).end("answer");
  });
  servers.push(server);
  return { url: await listenOnLoopback(server), received };
}

const call = (url: string, request: Partial<Parameters<typeof callHttpEndpoint>[0]> = {}) =>
  callHttpEndpoint(
    { method: "GET", headers: [], body: Buffer.alloc(0), ...request, url },
    new AbortController().signal,
  );

describe(callHttpEndpoint, () => {
  it("sends a request as it is, and gives the answer", async () => {
    const { url, received } = await anEndpoint(201, { "X-Answer": "1" });

    const answer = await call(`${url}/a/../b%2Fc?x=1&x=2`, {
      method: "PATCH",
      headers: [
        ["X-One", "1"],
        ["X-One", "2"],
      ],
      body: Buffer.from("body"),
    });

    expect(answer.status).toBe(201);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ "X-Answer": "1" });
    expect(answer.body.toString()).toBe("answer");
    const [{ message, body } = { message: undefined, body: "" }] = received;
    expect(body).toBe("body");
    expect(message).toMatchObject({ method: "PATCH", url: "/a/../b%2Fc?x=1&x=2" });
    expect(message?.headersDistinct["x-one"]).toEqual(["1", "2"]);
  });

  it("says the endpoint's name in Host, or what is mapped", async () => {
    const { url, received } = await anEndpoint();

    await call(url);
    await call(url, { headers: [["Host", "orders.example"]] });

    expect(received.map(({ message }) => message.headers.host)).toEqual([
      new URL(url).host,
      "orders.example",
    ]);
    expect(received[0]?.message.url).toBe("/");
  });

  it("follows no redirect", async () => {
    const { url, received } = await anEndpoint(302, { Location: "/elsewhere" });

    expect((await call(url)).status).toBe(302);
    expect(received).toHaveLength(1);
  });

  it("reads no more of an endless answer than tells that it is too large", async () => {
    const server = createServer((_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(1_000_000)), 1);
      response.on("close", () => clearInterval(timer));
    });
    servers.push(server);

    const { body } = await call(await listenOnLoopback(server));

    expect(body.length).toBeGreaterThan(10_485_760);
    expect(body.length).toBeLessThan(12_000_000);
  });

  it("speaks TLS with an https endpoint", async () => {
    let first: number | undefined;
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (data) => {
        first = data[0];
        socket.destroy();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;

    await expect(call(`https://127.0.0.1:${port}/`)).rejects.toThrow();
    server.close();
    await once(server, "close");

    // The record type of a handshake: RFC 8446, 5.1
    expect(first).toBe(22);
  });
});
