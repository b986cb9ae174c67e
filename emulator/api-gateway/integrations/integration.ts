import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import type { IntegratedOperation } from "../../../openapi/operations.ts";
import { parseServiceUri } from "../../../openapi/service-uri.ts";
import type { Exchange } from "../exchange.ts";
import type { ApiResponse, Backends } from "../messages.ts";
import { NotExecutedError } from "../not-executed.ts";
import type { Deployment } from "../request-context.ts";
import { checkTemplates } from "../templates/check-templates.ts";
import { callFunction } from "./lambda-proxy.ts";
import { callS3 } from "./s3.ts";

/** Sends a request to what stands behind a method, and makes the method's answer of what comes back. */
export type Integrate = (exchange: Exchange, backends: Backends) => Promise<ApiResponse>;

export interface IntegrationOptions {
  readonly document: OpenApiDocument;
  readonly deployment: Deployment;
  /** Hosts beside those of the loopback interface that HTTP integrations may call. */
  readonly httpHosts: readonly string[];
}

/** @throws NotExecutedError for one that is not executed here */
export function createIntegration(operation: IntegratedOperation, _options: IntegrationOptions): Integrate {
  const { integration } = operation;
  if (!integration.type.endsWith("_proxy")) checkTemplates(integration);
  const uri = parseServiceUri(integration.uri);
  const isStream = integration.uri.endsWith("/response-streaming-invocations");
  if (integration.type === "aws_proxy" && uri?.service === "lambda" && !isStream) return callFunction;
  if (integration.type === "aws" && uri?.service === "s3" && uri.kind === "path") return callS3;
  throw new NotExecutedError(
    `an integration of type "${integration.type}" with "${integration.uri}"`,
    'type "aws" with "s3:path" and type "aws_proxy" with "lambda:path" are, without streaming',
  );
}
