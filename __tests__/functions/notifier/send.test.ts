import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { closeServer, listenOnLoopback } from "../../../emulator/loopback-server.ts";
import { send } from "../../../functions/notifier/send.ts";

let server: Server | undefined;

afterEach(async () => {
  if (server) await closeServer(server);
});

describe(send, () => {
  it.each([0, 4])(
    "ends well where connections break behind %i bytes of an answer, as often as the service asks again",
    async (afterBytes) => {
      const statuses = [503, 202];
      const asked: number[] = [];
      server = createServer((request, response) => {
        request.resume().on("end", () => {
          const status = statuses.shift() ?? 202;
          asked.push(status);
          response.writeHead(status, { "content-length": 100_000 }).flushHeaders();
          response.write(Buffer.alloc(afterBytes), () => response.socket?.end());
        });
      });
      const url = await listenOnLoopback(server);

      await send({ target: "PagerDuty", url, headers: {}, body: {} }, { sleep: async () => undefined });

      expect(asked.slice(0, 2)).toEqual([503, 202]);
    },
  );
});
