import { createServer } from "node:http";
import { SHARED_CALLER } from "../contract/keys.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import { type HaproxyProgram, type RunningHaproxy, runHaproxy } from "../proxy/haproxy-process.ts";
import type { ProxySettings } from "../proxy/proxy-settings.ts";
import { resourcesByApi } from "../proxy/resources.ts";
import { pathRoutes } from "../proxy/routing.ts";
import { type FrontDoorOptions, portTaken, type RefusedRequest } from "./front-door.ts";
import { closeServer, listenOnLoopback } from "./loopback-server.ts";

export interface OpenHaproxyOptions
  extends Pick<FrontDoorOptions, "apis" | "payload" | "callers" | "port" | "onRefused" | "onError"> {
  readonly program: HaproxyProgram;
  /** Where each API is reachable by itself, below `/apis/`. */
  readonly apisUrl: string;
}

/**
 * Puts the real proxy in front of the APIs of this machine: the rules of production, without TLS, each caller by its name alone.
 * @throws UserError if the port is taken, or it does not start
 */
export async function openHaproxy(
  options: OpenHaproxyOptions,
): Promise<RunningHaproxy & { readonly url: string }> {
  const { program, apis, apisUrl, payload, callers, onRefused, onError } = options;
  const port = await findPort(options.port);
  const apiUrl = (name: string) =>
    `${apisUrl}/apis/${name}/${apis.find((api) => api.name === name)?.stageName}`;
  const settings = localSettings(port, {
    payload,
    callers,
    apiUrls: {
      ...Object.fromEntries(apis.map(({ name }) => [name, apiUrl(name)])),
      [SMALL_API]: apiUrl(SMALL_API),
      [LARGE_API]: apiUrl(LARGE_API),
    },
    routes: pathRoutes(apis),
    resources: resourcesByApi(apis),
  });
  const running = await runHaproxy({
    program,
    settings,
    onLogLine: (line) => {
      const refused = readRefusal(line);
      if (refused) onRefused(refused);
    },
    onExit: onError,
  });
  return { ...running, url: `http://127.0.0.1:${port}` };
}

/** The port if it can be used; for 0, one that is free. */
async function findPort(port: number): Promise<number> {
  const server = createServer();
  const url = await listenOnLoopback(server, port).catch((cause: unknown) => {
    throw portTaken(port, cause);
  });
  await closeServer(server);
  return Number(new URL(url).port);
}

function localSettings(
  port: number,
  stack: Pick<ProxySettings, "payload" | "callers" | "apiUrls" | "routes" | "resources">,
): ProxySettings {
  return {
    title: "this machine",
    origin: "Sizes are those of the stack that runs here.",
    listener: {
      address: "127.0.0.1",
      port,
      tls: "none",
      authentication: { kind: stack.callers === SHARED_CALLER ? "none" : "name" },
    },
    process: "unprivileged",
    ...stack,
    limits: { connections: 500, connectionsPerSource: 500, requestsPerSecondPerSource: 10_000 },
    apiAuthorities: "@system-ca",
    nameserver: "127.0.0.1:53",
    healthCheckSeconds: undefined,
    clientTimeoutSeconds: 30,
    serverTimeoutSeconds: 35,
    drainSeconds: 20,
    hardStopSeconds: 60,
  };
}

/** A request that HAProxy answered by itself, from its access log. */
function readRefusal(line: string): RefusedRequest | undefined {
  const { api, method, path, status } = JSON.parse(line);
  return api === "-" ? { method, path, status } : undefined;
}
