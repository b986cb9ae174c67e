/**
 * An error for the reader: its message says what is wrong, where, and what to do. A command prints the message without a stack
 * and ends with the exit code; any other error is a bug.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly exitCode: number;

  /** `exitCode` is 2 when the command line is wrong, 1 when what it needs is; a signal ends with a shell's, 128 and its number. */
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What work on several items gave, and the messages for the reader of those for which it failed: people mend all at once. */
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

/** @throws UserError with all of them, if there is one */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new UserError(problems.join("\n"));
  }
}
