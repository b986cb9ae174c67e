import { SHARED_CALLER } from "../../../contract/keys.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { openFrontDoor, type ServedApi } from "../../../emulator/front-door.ts";
import type { Outcome } from "./edge-outcome.ts";
import { limits, resources, routes } from "./edges.ts";

/** The built-in proxy in front of APIs that keep what they get, with the limits of the edges. */
export async function startBuiltInProxy() {
  const received: Outcome["received"][number][] = [];
  const api = (name: string, paths: readonly string[]): ServedApi => ({
    name,
    paths,
    resources: resources[name] ?? [],
    stageName: "v1",
    vpcEndpointId: undefined,
    gateway: async ({ body }) => {
      received.push({ api: name, body });
      return { status: 200, headers: [], body: Buffer.from("ok") };
    },
  });
  const door = await openFrontDoor({
    apis: [
      api(SMALL_API, [SHARED_PATH]),
      api(LARGE_API, [SHARED_PATH]),
      ...routes.map((route) => api(route.api, route.paths)),
    ],
    payload: limits,
    callers: SHARED_CALLER,
    port: 0,
    onRefused: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  return { port: Number(new URL(door.url).port), received, stop: door.close };
}
