import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import type { Exchange } from "../exchange.ts";
import type { ApiResponse, Backends } from "../messages.ts";
import type { Deployment } from "../request-context.ts";

/** Sends a request to what stands behind a method, and makes the method's answer of what comes back. */
export type Integrate = (exchange: Exchange, backends: Backends) => Promise<ApiResponse>;

export interface IntegrationOptions {
  readonly document: OpenApiDocument;
  readonly deployment: Deployment;
  /** Hosts beside those of the loopback interface that HTTP integrations may call. */
  readonly httpHosts: readonly string[];
}
