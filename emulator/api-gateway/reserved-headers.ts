import { DROPPED_HEADERS } from "../../contract/api-gateway-headers.ts";
import type { Headers } from "./messages.ts";

const remappedTowardsClients = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "date",
  "expect",
  "host",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "www-authenticate",
  "x-amzn-requestid",
]);

export function withoutDroppedHeaders(headers: Headers): Headers {
  return headers.filter(([name]) => !DROPPED_HEADERS.has(name.toLowerCase()));
}

/** The name under which a client receives a header that an integration gave. */
export function nameTowardsClients(name: string): string {
  return remappedTowardsClients.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}
