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
    throw new NotExecutedError("response streaming", "use buffered answers");
  }
  if (String(value["connectionType"] ?? "INTERNET").toUpperCase() !== "INTERNET") {
    throw new NotExecutedError("an integration through a VPC link", 'set connectionType to "INTERNET"');
  }
  const tls = value["tlsConfig"] as { readonly insecureSkipVerification?: unknown } | undefined;
  if (tls?.insecureSkipVerification === true) {
    throw new NotExecutedError(
      "tlsConfig.insecureSkipVerification",
      "remove it, and set NODE_EXTRA_CA_CERTS to a file with the authority of the certificate",
    );
  }
  if (/^arn:[^:]*:iam::\*:user\/\*$/.test(String(value["credentials"]))) {
    throw new NotExecutedError(
      "an integration with the caller's own credentials",
      "name a role in credentials",
    );
  }
  if (type === "mock") return;
  if (uri === "") throw new NotExecutedError(`an integration of type "${type}" without a URI`, "add a URI");
  checkMethod(value["httpMethod"], type);
}

/** API Gateway imports no integration of another one than these, and only functions without any. */
function checkMethod(method: unknown, type: string): void {
  if (method === undefined && type === "aws_proxy") return;
  if (typeof method === "string" && methods.has(method.toUpperCase())) return;
  throw new NotExecutedError(
    method === undefined ? "an integration without httpMethod" : `the httpMethod ${JSON.stringify(method)}`,
    `use one of ${[...methods].join(", ")}`,
  );
}
