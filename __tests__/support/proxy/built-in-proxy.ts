import { openFrontDoor, type ServedApi } from "../../../emulator/front-door.ts";
import { type ProxiedApi, smallApi } from "../../../proxy/routing.ts";
import type { Outcome } from "./edge-outcome.ts";
import { limits } from "./edges.ts";

/** The built-in proxy in front of APIs that keep what they get, with the limits of the edges. */
export async function startBuiltInProxy() {
  const received: Outcome["received"][number][] = [];
  const api = (name: ProxiedApi): ServedApi => ({
    name,
    stageName: "v1",
    vpcEndpointId: undefined,
    gateway: async ({ body }) => {
      received.push({ api: name, body });
      return { status: 200, headers: [], body: Buffer.from("ok") };
    },
  });
  const door = await openFrontDoor({
    apis: [api(smallApi), api("proposals-large")],
    payload: limits,
    port: 0,
    onRefused: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  return { port: Number(new URL(door.url).port), received, stop: door.close };
}
