/** A part of an API that is not executed here: a route that has it is refused when the API starts, never served without it. */
export class NotExecutedError extends Error {
  override readonly name = "NotExecutedError";
  /** What would have to be written or given for it to run here. */
  readonly remedy: string;

  /** @param reason what is not executed, as a phrase such as `an AWS action of "dynamodb"` */
  constructor(reason: string, remedy = "") {
    super(reason);
    this.remedy = remedy;
  }
}

/** A route that is not executed, and why. */
export interface NotExecuted {
  /** As clients say it; `ANY` for every method that has no operation of its own. */
  readonly method: string;
  readonly path: string;
  readonly pointer: string;
  readonly reason: string;
  readonly remedy: string;
}
