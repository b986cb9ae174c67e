import { CALLER_RIGHTS, type CallerRight } from "../contract/caller-rights.ts";
import { SHARED_CALLER } from "../contract/keys.ts";
import { bearerPattern } from "../proxy/bearer.ts";
import { type Callers, keyOf } from "../proxy/callers.ts";

/** Whose a request is, or why it is nobody's who may call. */
export type Identity =
  | { readonly kind: "caller"; readonly name: string; readonly may: readonly CallerRight[] }
  | { readonly kind: "refused"; readonly refusal: "unauthorized" | "forbidden" };

/**
 * As HAProxy does on one machine: whoever says the name of a caller is that caller.
 * @param authorization every Authorization header of the request; of two, none counts
 */
export function identifyCaller(authorization: readonly string[] | undefined, callers: Callers): Identity {
  if (callers === SHARED_CALLER) return { kind: "caller", name: SHARED_CALLER, may: CALLER_RIGHTS };
  const [only = "", ...others] = authorization ?? [];
  const [, subject] = new RegExp(bearerPattern, "i").exec(only) ?? [];
  if (subject === undefined || others.length > 0) return { kind: "refused", refusal: "unauthorized" };
  const key = keyOf({ kind: "subject", subject });
  const caller = callers.find(({ credentials }) => credentials.some((each) => keyOf(each) === key));
  return caller === undefined
    ? { kind: "refused", refusal: "forbidden" }
    : { kind: "caller", name: caller.name, may: caller.may };
}
