/** A command that cannot start; the message says what is wrong, where, and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code = "COMMAND_REFUSED";
  readonly exitCode: 1 | 2;

  /** `exitCode` is 2 when the command line is wrong, 1 when what it needs is. */
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: 1 | 2 } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}
