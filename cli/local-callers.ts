import { SHARED_CALLER } from "../contract/keys.ts";
import type { Environment } from "../env/schema.ts";
import type { Callers } from "../proxy/callers.ts";

/** Who may call an environment's stack on this machine: behind somebody else's proxy, callers are not told apart here. */
export function callersOf({ proxy }: Environment): Callers {
  return proxy.kind === "haproxy" ? proxy.callers : SHARED_CALLER;
}

/** What a client on this machine sends to be that caller; undefined is the one that nobody has to name. */
export function credentialOf(name: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { Authorization: `Bearer ${name}` };
}
