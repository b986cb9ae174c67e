/**
 * An error for the user: its message says what is wrong, where, and what to do. A command prints the message without a stack
 * and ends with the exit code. Any other error is a bug.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly exitCode: number;

  /** `exitCode` is 2 for a wrong command line, 1 for a failure, and 128 plus its number for a signal, as in a shell. */
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The results of work on several items, and the messages of all failures: the user can repair all of them at once. */
export function collectProblems<Item, Result>(items: readonly Item[], work: (item: Item) => Result) {
  const problems: string[] = [];
  const results = items.flatMap((item) => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      problems.push(error.message);
      return [];
    }
  });
  return { results, problems };
}

/** @throws UserError with all problems, if there are any */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new UserError(problems.join("\n"));
  }
}
