/** Terraform uses these before AWS_PROFILE. The JavaScript SDK by itself does not. */
export function credentialsOf(env: NodeJS.ProcessEnv) {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = env["AWS_SESSION_TOKEN"];
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}

/** The name and the message of an error that an AWS client has thrown. */
export function describeClientError(error: unknown): { kind: string; reason: string } {
  const { name: kind, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  // If connections to several addresses are refused, the error itself has no message.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { kind, reason: `${kind}: ${message || code}` };
}
