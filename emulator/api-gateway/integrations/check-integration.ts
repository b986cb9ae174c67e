import type { Integration } from "../../../openapi/operations.ts";
import { NotExecutedError } from "../not-executed.ts";

const methods: ReadonlySet<string> = new Set([
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "ANY",
]);

/**
 * Refuses what an integration of any type may ask for and is not executed here.
 * @throws NotExecutedError
 */
export function checkIntegration({ type, uri, value }: Integration): void {
  if (
    String(value["responseTransferMode"]).toUpperCase() === "STREAM" ||
    uri.endsWith("/response-streaming-invocations")
  ) {
    throw new NotExecutedError("response streaming", "let the answer be buffered");
  }
  if (String(value["connectionType"] ?? "INTERNET").toUpperCase() !== "INTERNET") {
    throw new NotExecutedError("an integration through a VPC link", 'let its connectionType be "INTERNET"');
  }
  const tls = value["tlsConfig"] as { readonly insecureSkipVerification?: unknown } | undefined;
  if (tls?.insecureSkipVerification === true) {
    throw new NotExecutedError(
      "tlsConfig.insecureSkipVerification",
      "let the certificate be verified; NODE_EXTRA_CA_CERTS names further authorities",
    );
  }
  if (/^arn:[^:]*:iam::\*:user\/\*$/.test(String(value["credentials"]))) {
    throw new NotExecutedError(
      "an integration with the caller's own credentials",
      "name a role in credentials",
    );
  }
  if (type === "mock") return;
  if (uri === "") throw new NotExecutedError(`an integration of type "${type}" without a URI`, "give it one");
  checkMethod(value["httpMethod"], type);
}

/** API Gateway imports no integration of another one than these, and only functions without any. */
function checkMethod(method: unknown, type: string): void {
  if (method === undefined && type === "aws_proxy") return;
  if (typeof method === "string" && methods.has(method.toUpperCase())) return;
  throw new NotExecutedError(
    method === undefined ? "an integration without httpMethod" : `the httpMethod ${JSON.stringify(method)}`,
    `give it one of ${[...methods].join(", ")}`,
  );
}
