import type { Backends } from "./api-gateway/messages.ts";
import { createHttpClient } from "./http-client.ts";

/** What HTTP integrations call: endpoints anywhere, as far as the gateway lets them be called. */
export const callHttpEndpoint: Backends["http"] = async ({ url, ...request }, signal) => {
  const { origin, pathname, search } = new URL(url);
  const client = createHttpClient(origin);
  try {
    return await client.send({ ...request, target: `${pathname}${search}` }, signal);
  } finally {
    client.close();
  }
};
