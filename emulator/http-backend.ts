import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import type { Backends } from "./api-gateway/messages.ts";
import { createHttpClient } from "./http-client.ts";

/** What HTTP integrations call: endpoints anywhere, as far as the gateway lets them be called. */
export const callHttpEndpoint: Backends["http"] = async ({ url, ...request }, signal) => {
  const client = createHttpClient(url);
  try {
    return await client.send({ ...request, target: targetOf(url) }, signal, GATEWAY_MAX_REQUEST_BYTES);
  } finally {
    client.close();
  }
};

/** As it is written: a parsed URL would resolve the dots in it. */
function targetOf(url: string): string {
  const target = url.replace(/^[a-z]+:\/\/[^/?#\\]*/i, "");
  return target.startsWith("/") ? target : `/${target}`;
}
