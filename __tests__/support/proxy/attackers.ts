import { SHARED_PATH } from "../../../domain/names.ts";
import type { ProxyUnderTest } from "./proxy-under-test.ts";
import type { Connection } from "./raw-http.ts";
import { openConnection } from "./raw-http.ts";

/** Addresses of this machine that are nobody else's in a test. */
export const sourcesFrom = (network: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `127.0.${network}.${index + 1}`);

/** What a client without a credential holds on to a proxy with. */
export interface Attack {
  /** Those that were let in. */
  readonly open: readonly Connection[];
  end(): void;
}

/** Connections on which nothing is sent, not even for TLS. */
export function connectIdly(
  proxy: ProxyUnderTest,
  sources: readonly string[],
  ofEach: number,
): Promise<Attack> {
  const { port } = proxy.target();
  return attack(sources, ofEach, (from) => openConnection({ port, from }));
}

/** Bodies that are announced, and sent a byte at a time after the answer. */
export async function sendSlowly(
  proxy: ProxyUnderTest,
  sources: readonly string[],
  ofEach: number,
  onAnswer: (status: number) => void,
): Promise<Attack> {
  const lines = [`POST ${SHARED_PATH}/p-1 HTTP/1.1`, "Host: proxy", "Content-Length: 10000000", "", ""];
  const all = await attack(sources, ofEach, (from) => proxy.connect(undefined, from));
  await Promise.all(
    all.open.map(async (connection) => {
      await connection.write(lines.join("\r\n"));
      const answer = await connection.response();
      if (answer) onAnswer(answer.status);
    }),
  );
  const dripping = setInterval(() => {
    for (const connection of all.open) void connection.write("x");
  }, 500);
  return {
    ...all,
    end() {
      clearInterval(dripping);
      all.end();
    },
  };
}

/** As many connections as the proxy lets in. */
async function attack(
  sources: readonly string[],
  ofEach: number,
  open: (from: string) => Promise<Connection>,
): Promise<Attack> {
  const tried = await Promise.allSettled(
    sources.flatMap((from) => Array.from({ length: ofEach }, () => open(from))),
  );
  const opened = tried.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  return {
    open: opened,
    end() {
      for (const connection of opened) connection.close();
    },
  };
}
