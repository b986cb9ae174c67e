import { INTAKE_PREFIX, itemPattern } from "../../contract/keys.ts";
import { UserError } from "../../contract/user-error.ts";
import { printable } from "../printable.ts";

/**
 * The beginning of the keys that are meant: as it is given, or of a caller (`saas`), or of a caller's item (`saas/4711`).
 * @throws UserError with exit code 2 for what can be none, and for all that waits where that was not said by itself
 */
export function replayPrefix(given: string | undefined, all: boolean): string {
  if (all) {
    if (given === undefined) return INTAKE_PREFIX;
    throw wrong("Give a prefix or --all, not both.");
  }
  if (given === undefined)
    throw wrong(
      "Give a caller, a caller and an item (<caller>/<item>), a prefix of keys (incoming/…), or --all.",
    );
  if (given === INTAKE_PREFIX || given === INTAKE_PREFIX.slice(0, -1)) {
    throw wrong(`"${given}" would be every waiting payload. Use --all for that.`);
  }
  if (given.startsWith(INTAKE_PREFIX)) return given;
  const parts = given.replace(/\/$/, "").split("/");
  if (parts.length <= 2 && parts.every((part) => itemPattern.test(part))) {
    return `${INTAKE_PREFIX}${parts.join("/")}/`;
  }
  throw wrong(
    `"${printable(given)}" is not a prefix of payload keys. Give a caller, <caller>/<item>, or a prefix that begins with "${INTAKE_PREFIX}".`,
  );
}

function wrong(problem: string): UserError {
  return new UserError(problem, { exitCode: 2 });
}
