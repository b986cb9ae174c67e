/** No answer of HTTP came: where a connection ended, by Node.js's code of the error. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  readonly code: string;
  /** Host and port that were called. */
  readonly peer: string;

  constructor(peer: string, cause: unknown) {
    const { code, message } = describe(cause);
    super(`${peer}: ${message}`, { cause });
    this.code = code;
    this.peer = peer;
  }
}

/** Several addresses that all refuse give an AggregateError, whose message is empty. */
function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const [first] = error instanceof AggregateError ? error.errors : [];
  const inner: unknown = first ?? error;
  const code = inner instanceof Error && "code" in inner ? String(inner.code) : error.name;
  return { code, message: inner instanceof Error && inner.message !== "" ? inner.message : code };
}
