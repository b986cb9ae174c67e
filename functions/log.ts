/** Ids, counts and names of errors: never payloads, documents or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const maxFieldLength = 256;
const maxEntryBytes = 4096;

/**
 * Logs an entry that is shorter than 4 kB as JSON. With the log format JSON the runtime adds time, level and
 * request id, and puts a single argument under `message`: an object as it is, so that its fields can be
 * queried as `message.item`, but JSON text as one escaped string.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/1597e2a953108547187d2e879271bab911f459eb/src/LogPatch.js#L31
 */
export function log(level: "info" | "warn" | "error", message: string, fields: LogFields = {}): void {
  const entry = { message, ...cutValues(fields) };
  console[level](Buffer.byteLength(JSON.stringify(entry)) < maxEntryBytes ? entry : { message });
}

function cutValues(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" ? value.slice(0, maxFieldLength) : value,
    ]),
  );
}

/** What of an error may be logged. */
export function errorFields(error: unknown): LogFields {
  return error instanceof Error
    ? { errorName: error.name, errorMessage: error.message }
    : { errorName: typeof error };
}
