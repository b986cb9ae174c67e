import type { Headers } from "./messages.ts";

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html, and recordings.

/** Never seen by mappings, templates and functions. */
const droppedAtEntry = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

/** A mapping that sets one of these towards an AWS service fails the call. */
const refusedTowardsServices = new Set([
  "authorization",
  "connection",
  "content-length",
  "expect",
  "proxy-authenticate",
  "te",
  "transfer-encoding",
]);

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
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "www-authenticate",
  "x-amzn-requestid",
]);

export function withoutDroppedHeaders(headers: Headers): Headers {
  return headers.filter(([name]) => !droppedAtEntry.has(name.toLowerCase()));
}

export function isRefusedTowardsServices(name: string): boolean {
  return refusedTowardsServices.has(name.toLowerCase());
}

/** The name under which a client receives a header that an integration gave. */
export function nameTowardsClients(name: string): string {
  return remappedTowardsClients.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}
