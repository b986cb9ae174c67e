/** Terraform prefers these to AWS_PROFILE; the JavaScript SDK alone would not. */
export function credentialsOf(env: NodeJS.ProcessEnv) {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = env["AWS_SESSION_TOKEN"];
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}

/** What kind of error a client of AWS has thrown, and what it says. */
export function describeClientError(error: unknown): { kind: string; reason: string } {
  const { name: kind, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  // A refused connection to several addresses has a message only inside.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { kind, reason: `${kind}: ${message || code}` };
}
