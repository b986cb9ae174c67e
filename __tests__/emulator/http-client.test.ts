import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHttpClient } from "../../emulator/http-client.ts";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

describe(createHttpClient, () => {
  it("fails where the connection breaks within the answer, and ends nothing else", async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { "Content-Length": "1000" });
      response.write("start");
      // biome-ignore lint/plugin: an answer has to have begun before it can break
      setTimeout(() => response.socket?.resetAndDestroy(), 50);
    });
    const client = createHttpClient(await listenOnLoopback(server));
    onTestFinished(async () => {
      client.close();
      await closeServer(server);
    });

    // An error that nobody hears would end the process, and fails the run of these tests.
    const answer = client.send({ method: "GET", target: "/", headers: [], body: Buffer.alloc(0) });

    await expect(answer).rejects.toThrow("aborted");
  });
});
