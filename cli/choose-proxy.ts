import { UserError } from "../contract/user-error.ts";
import { type HaproxyProgram, lookForHaproxy } from "../proxy/haproxy-process.ts";

/** What stands in front of the APIs on this machine, and how to say so. */
export interface ChosenProxy {
  readonly haproxy: HaproxyProgram | undefined;
  readonly description: string;
}

/**
 * The real HAProxy where there is one, the built-in proxy otherwise; `PROXY=haproxy` or `PROXY=built-in` insists.
 * @throws UserError if HAProxy is insisted on and is not there, or something else is
 */
export async function chooseProxy(wanted: string | undefined): Promise<ChosenProxy> {
  if (wanted !== undefined && wanted !== "haproxy" && wanted !== "built-in") {
    throw new UserError(`PROXY is "${wanted}". Set it to haproxy or built-in, or leave it out.`, {
      exitCode: 2,
    });
  }
  if (wanted === "built-in") return { haproxy: undefined, description: "built-in (PROXY=built-in)" };
  const found = await lookForHaproxy();
  if (!("problem" in found)) {
    return { haproxy: found, description: `HAProxy ${found.version}, with the rules of production` };
  }
  if (wanted === "haproxy") {
    throw new UserError(
      `PROXY is haproxy, but no HAProxy can be used: ${found.problem}. Install one, or leave PROXY out.`,
    );
  }
  return { haproxy: undefined, description: `built-in, with the same rules as HAProxy (${found.problem})` };
}
