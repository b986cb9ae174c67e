import { GatewayError } from "./gateway-error.ts";

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

/** A sentence for whoever starts the API. */
export function describeNotExecuted({ method, path, pointer, reason, remedy }: NotExecuted): string {
  const what = `${method} ${path} (${pointer}): ${reason} is not executed here`;
  const skip = `eave the route out: --skip "${method} ${path}".`;
  return remedy === "" ? `${what}. L${skip}` : `${what}. ${capitalized(remedy)}, or l${skip}`;
}

/** Unless it begins with a name, which stays as it is. */
function capitalized(text: string): string {
  return text.replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/** AWS has no such answer, so that nothing that a document says about AWS's answers changes it. */
export function notImplemented(detail: string): GatewayError {
  const body = Buffer.from(JSON.stringify({ message: "Not Implemented" }));
  const answer = { status: 501, headers: [["Content-Type", "application/json"]], body } as const;
  return new GatewayError("DEFAULT_5XX", { detail, answer });
}
