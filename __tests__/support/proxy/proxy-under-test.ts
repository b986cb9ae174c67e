import { createServer } from "node:net";
import { UserError } from "../../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import {
  lookForHaproxy,
  type RunHaproxyOptions,
  type RunningHaproxy,
  runHaproxy,
} from "../../../proxy/haproxy-process.ts";
import { type ProxySettings, proxySettings } from "../../../proxy/proxy-settings.ts";
import type { PathRoute } from "../../../proxy/routing.ts";
import { listeningAddresses } from "../commands.ts";
import { documents, loadEnvironment } from "../environments.ts";
import { until } from "../until.ts";
import { type Authority, createAuthority } from "./certificates.ts";
import { startNameServer } from "./name-server.ts";
import { type Connection, openConnection } from "./raw-http.ts";
import { type Backend, startBackend } from "./recording-backend.ts";
import { everyMethodOf } from "./resources.ts";

const smallHost = "small1-vpce-0a1b2c3d4e5f60718.execute-api.eu-central-1.amazonaws.com";
const largeHost = "large1-vpce-0a1b2c3d4e5f60718.execute-api.eu-central-1.amazonaws.com";

const hostOf = (api: string) => `${api}1-vpce-0a1b2c3d4e5f60718.execute-api.eu-central-1.amazonaws.com`;

/** What stands behind the proxy: the two APIs that share their paths, and the others by their names. */
interface Backends {
  readonly small: Backend;
  readonly large: Backend;
  readonly others: Readonly<Record<string, Backend>>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** HAProxy can't choose a port that is free, and one that was may be taken before HAProxy listens there: then on another one. */
async function runOnFreePort(optionsOn: (port: number) => RunHaproxyOptions): Promise<RunningHaproxy> {
  for (;;) {
    try {
      const haproxy = await runHaproxy(optionsOn(await freePort()));
      // Who answers there may be somebody else.
      if (listeningAddresses(haproxy.pid).length > 0) return haproxy;
      await haproxy.stop();
    } catch (error) {
      if (!(error instanceof UserError && error.message.includes("Address already in use"))) throw error;
    }
  }
}

/** @throws Error where no HAProxy is there that can be used: its tests are not skipped */
export async function requireHaproxy() {
  const found = await lookForHaproxy();
  if ("problem" in found) throw new Error(`${found.problem}. On Debian: apt-get install haproxy.`);
  return found;
}

/**
 * The rendered proxy of an environment in front of recording APIs, all as in production: TLS on both sides,
 * names from DNS, certificates that are checked. Only ports, addresses and certificates are this machine's.
 */
export class ProxyUnderTest {
  readonly logLines: string[] = [];
  readonly #authority: Authority;
  readonly #settings: ProxySettings;
  readonly #haproxy: RunningHaproxy;
  readonly #backends: Backends;
  readonly #stops: (() => Promise<unknown>)[];

  private constructor(parts: {
    authority: Authority;
    settings: ProxySettings;
    haproxy: RunningHaproxy;
    backends: Backends;
    logLines: string[];
    stops: (() => Promise<unknown>)[];
  }) {
    this.#authority = parts.authority;
    this.#settings = parts.settings;
    this.#haproxy = parts.haproxy;
    this.#backends = parts.backends;
    this.logLines = parts.logLines;
    this.#stops = parts.stops;
  }

  static async start(options: {
    environment: string;
    files?: (authority: Authority) => Record<string, string>;
    change?: (settings: ProxySettings) => ProxySettings;
    /** Those of the environment, where they are what is tested. */
    limits?: "shipped";
    /** The name that the small API's certificate is for, if not its own. */
    smallCertificateName?: string;
    /** APIs beside the two, each a backend of its own. */
    routes?: readonly PathRoute[];
    /** Of all certificates, if the test has one already; it then removes it. */
    authority?: Authority;
  }): Promise<ProxyUnderTest> {
    const program = await requireHaproxy();
    const authority = options.authority ?? (await createAuthority("Authority of a test"));
    const { smallCertificateName = smallHost } = options;
    const small = await startBackend({ certificate: await authority.certify(smallCertificateName) });
    const large = await startBackend({ certificate: await authority.certify(largeHost) });
    const routes = options.routes ?? [];
    const others: Record<string, Backend> = {};
    for (const { api } of routes) {
      others[api] = await startBackend({ certificate: await authority.certify(hostOf(api)) });
    }
    const nameServer = await startNameServer();
    const own = await authority.certify("proxy.example.com");
    const revocationList = await authority.revocationList();
    const rendered = proxySettings(loadEnvironment(options.environment), documents);
    if (rendered === undefined) throw new Error(`${options.environment} has no HAProxy`);
    const asRendered = (port: number): ProxySettings => ({
      ...rendered,
      listener: { ...rendered.listener, address: "127.0.0.1", port },
      routes,
      resources: { ...rendered.resources, ...everyMethodOf(routes) },
      apiUrls: {
        ...Object.fromEntries(
          Object.entries(others).map(([api, { port: at }]) => [api, `https://${hostOf(api)}:${at}/v1`]),
        ),
        [SMALL_API]: `https://${smallHost}:${small.port}/v1`,
        [LARGE_API]: `https://${largeHost}:${large.port}/v1`,
      },
      nameserver: nameServer.address,
      apiAuthorities: "tls/authority.pem",
      // Tests are run by whoever runs them.
      process: "unprivileged",
      // They come from one address, and fast.
      ...(options.limits !== "shipped" && {
        limits: { connections: 2_100, connectionsPerSource: 100, requestsPerSecondPerSource: 1_000 },
      }),
    });
    let settings = rendered;
    const logLines: string[] = [];
    const failures: UserError[] = [];
    const haproxy = await runOnFreePort((port) => {
      settings = options.change?.(asRendered(port)) ?? asRendered(port);
      return {
        program,
        settings,
        files: {
          "tls/server.pem": own.certificate + own.key,
          "tls/authority.pem": authority.certificate,
          "tls/client-ca.pem": authority.certificate,
          "tls/client-crl.pem": revocationList,
          ...options.files?.(authority),
        },
        onLogLine: (line) => logLines.push(line),
        onExit: (error) => failures.push(error),
      };
    });
    const stops = [
      () => haproxy.stop(),
      ...[small, large, ...Object.values(others)].map((backend) => () => backend.stop()),
      () => nameServer.stop(),
      ...(options.authority === undefined ? [() => authority.remove()] : []),
      // Whatever the test has seen of it: that HAProxy ended by itself explains the rest.
      async () => {
        for (const failure of failures) throw failure;
      },
    ];
    return new ProxyUnderTest({
      ...{ authority, settings, haproxy, logLines, stops },
      backends: { small, large, others },
    });
  }

  get small(): Backend {
    return this.#backends.small;
  }

  get large(): Backend {
    return this.#backends.large;
  }

  /** All of them, by the APIs that they stand for. */
  get backends(): Readonly<Record<string, Backend>> {
    const { small, large, others } = this.#backends;
    return { ...others, [SMALL_API]: small, [LARGE_API]: large };
  }

  get pid(): number {
    return this.#haproxy.pid;
  }

  get authority(): Authority {
    return this.#authority;
  }

  get settings(): ProxySettings {
    return this.#settings;
  }

  /** As a client that knows the proxy's certificate, with one of its own or without. */
  target(
    client?: { certificate: string; key: string },
    from?: string | undefined,
  ): Parameters<typeof openConnection>[0] {
    const tls = {
      ca: this.#authority.certificate,
      servername: "proxy.example.com",
      // A client may show what its own side would think weak.
      ...(client && { cert: client.certificate, key: client.key, ciphers: "DEFAULT@SECLEVEL=0" }),
    };
    return { port: this.#settings.listener.port, tls, ...(from !== undefined && { from }) };
  }

  /** @param from an address of this machine, if not the usual one */
  connect(client?: { certificate: string; key: string }, from?: string | undefined): Promise<Connection> {
    return openConnection(this.target(client, from));
  }

  /** Waits until all APIs count as there: names are asked for, and health is checked, after the start. */
  async ready(headers: readonly string[] = [], client?: { certificate: string; key: string }): Promise<void> {
    await until(async () => {
      const others = this.#settings.routes.flatMap(({ paths }) => paths);
      for (const target of [
        `${SHARED_PATH}/ready`,
        `${SHARED_PATH}/ready/documents/${"0".repeat(64)}`,
        ...others,
      ]) {
        const connection = await this.connect(client);
        await connection.write(
          [`GET ${target} HTTP/1.1`, "Host: proxy", ...headers, "Connection: close", "", ""].join("\r\n"),
        );
        const response = await connection.response();
        connection.close();
        if (response?.status !== 200) throw new Error(`${target}: ${response?.firstLine}`);
      }
    });
    this.forget();
  }

  forget(): void {
    for (const backend of Object.values(this.backends)) backend.forget();
    this.logLines.length = 0;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}
