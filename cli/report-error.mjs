/**
 * How a command that has thrown ends. Errors with a code of our own, and those of sources that do not compile, are for the
 * reader; anything else is a bug and needs its stack.
 * @param {unknown} error
 * @returns {{ text: unknown, exitCode: number }}
 */
export function reportError(error) {
  const coded =
    error instanceof Error && "code" in error && /^(?!ERR_)[A-Z]+_[A-Z_]+$/.test(String(error.code));
  const expected = coded || (error instanceof Error && "errors" in error && "warnings" in error);
  return {
    text: expected && error instanceof Error ? error.message : error,
    exitCode: coded && "exitCode" in error ? Number(error.exitCode) : 1,
  };
}
