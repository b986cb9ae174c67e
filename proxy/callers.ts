import { createHash } from "node:crypto";
import { CALLER_RIGHTS, type CallerRight, RIGHT_OF_METHOD } from "../contract/caller-rights.ts";
import { SHARED_CALLER } from "../contract/keys.ts";
import type { Environment } from "../env/schema.ts";

export type Callers = Extract<Environment["proxy"], { kind: "haproxy" }>["callers"];
export type Caller = Exclude<Callers, typeof SHARED_CALLER>[number];
type Credential = Caller["credentials"][number];

/** The right that a request of this method takes; undefined where no API has such a method. */
export function rightOf(method: string): CallerRight | undefined {
  return Object.hasOwn(RIGHT_OF_METHOD, method) ? RIGHT_OF_METHOD[method] : undefined;
}

/** The methods that take this right. */
export function methodsOf(right: CallerRight): string[] {
  return Object.keys(RIGHT_OF_METHOD).filter((method) => RIGHT_OF_METHOD[method] === right);
}

/** Keys of a map end at the first blank, and a `#` makes a comment: a hash has neither. */
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** By what the proxy looks a credential up in the map of callers. */
export function keyOf(credential: Credential): string {
  switch (credential.kind) {
    case "subject":
      return sha256(credential.subject);
    case "certificate":
      return credential.sha256;
    case "certificate-name":
      return `${sha256(credential.issuer)}-${sha256(credential.subject)}`;
  }
}

/** For one machine's own use: each caller is known by its name alone. */
export function localCallers(callers: Callers): Callers {
  if (callers === SHARED_CALLER) return callers;
  return callers.map((caller) => ({
    ...caller,
    credentials: [{ kind: "subject", subject: caller.name }],
  }));
}

/** callers.map, a line for each credential: key, name, rights, requests per second, connections, bytes per second. */
export function renderCallersMap(callers: Exclude<Callers, typeof SHARED_CALLER>): string {
  const lines = callers.flatMap(({ name, credentials, may, limits }) => {
    const { requestsPerSecond, connections, bytesPerSecond } = limits;
    const rights = CALLER_RIGHTS.filter((right) => may.includes(right)).join(",");
    return credentials.map(
      (credential) =>
        `${keyOf(credential)} ${name} ${rights} ${requestsPerSecond} ${connections} ${bytesPerSecond}`,
    );
  });
  return `# The callers. Do not edit: change proxy.callers of the environment, render again, and reload HAProxy.
# Columns: key of the credential, name, rights, requests per second, connections, bytes per second
${lines.join("\n")}
`;
}
