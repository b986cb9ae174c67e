import type { OpenApiDocument } from "./openapi-document.ts";
import { type Integration, integratedOperations } from "./operations.ts";
import { parseServiceUri, type ServiceUri } from "./service-uri.ts";

type S3Integration = Integration & {
  /** What names the bucket in the URI; empty where nothing does. */
  bucket: string;
  /** Of the operation, as the document writes it. */
  method: string;
};

/** The integrations whose URI leads to S3, whatever type they claim to be. */
export function s3Integrations(document: OpenApiDocument): S3Integration[] {
  return integratedOperations(document).flatMap(({ integration, method }) => {
    const uri = parseServiceUri(integration.uri);
    return uri?.service === "s3" ? [{ ...integration, bucket: bucketOf(uri), method }] : [];
  });
}

function bucketOf({ host, kind, rest }: ServiceUri): string {
  if (host !== "") return host;
  if (kind === "path") return /^[^/?]*/.exec(rest)?.[0] ?? "";
  return [...rest.matchAll(/[?&]Bucket=([^&]*)/gi)].map((match) => match[1]).join(", ");
}
