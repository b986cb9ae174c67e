import { CALLER_RIGHTS, type CallerRight } from "../../contract/caller-rights.ts";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import { callersOf } from "../local-callers.ts";

/** Who takes part in the demonstration: nobody in particular, where callers are not told apart. */
export interface Cast {
  /** May read, write and delete. */
  readonly first?: string;
  /** Another one, who may read and write. */
  readonly second?: string;
}

/** @throws UserError where nobody may do all that the demonstration does */
export function castOf(environment: Environment): Cast {
  const callers = callersOf(environment);
  if (callers === SHARED_CALLER) return {};
  const those = (rights: readonly CallerRight[]) =>
    callers.filter(({ may }) => rights.every((right) => may.includes(right)));
  const [first] = those(CALLER_RIGHTS);
  if (first === undefined) {
    const rights = callers.map(({ name, may }) => `\n  ${name}: ${may.join(", ")}`);
    throw new UserError(
      `The demonstration needs a caller that may ${CALLER_RIGHTS.join(", ")}. proxy.callers of env/${environment.name}.ts has none:${rights.join("")}\nGive one of them all three rights there, or run "npm start" instead.`,
    );
  }
  const second = those(["read", "write"]).find((caller) => caller !== first);
  return { first: first.name, ...(second && { second: second.name }) };
}
