import { once } from "node:events";
import type { Server } from "node:http";

const loopback = "127.0.0.1";

/** Node.js's five seconds would end a connection just as a client on a busy machine sends on it. */
const keepAliveMilliseconds = 600_000;

/**
 * Lets a server listen on the loopback interface alone, and gives its URL.
 * @param port 0 takes a free one
 * @throws Error of Node.js if the port is taken or not allowed
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<string> {
  server.keepAliveTimeout = keepAliveMilliseconds;
  server.listen(port, loopback);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return `http://${loopback}:${address.port}`;
}

/** Ends the connections as well, so that nobody waits for those that are kept. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
