/** Ids, counts and names of errors: never payloads, documents or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const maxFieldLength = 256;
const maxLineBytes = 4096;

/** Writes one line of JSON, shorter than 4 kB. */
export function log(level: "info" | "warn" | "error", message: string, fields: LogFields = {}): void {
  const line = JSON.stringify({ level, message, ...fields }, (_key, value: unknown) =>
    typeof value === "string" ? value.slice(0, maxFieldLength) : value,
  );
  console[level](Buffer.byteLength(line) < maxLineBytes ? line : JSON.stringify({ level, message }));
}

/** What of an error may be logged. */
export function errorFields(error: unknown): LogFields {
  return error instanceof Error
    ? { errorName: error.name, errorMessage: error.message }
    : { errorName: typeof error };
}
