import type { Exchange } from "../exchange.ts";
import type { ApiResponse, Backends } from "../messages.ts";
import { apiResponseOf } from "./integration-response.ts";
import { serviceRequestOf } from "./service-request.ts";
import { integrationTimeout, withinTimeout } from "./timeout.ts";

/** An integration of type `aws` with the path of an S3 object: mapped request, mapped answer, no code. */
export async function callS3(exchange: Exchange, backends: Backends): Promise<ApiResponse> {
  const { integration } = exchange.operation;
  const request = serviceRequestOf(integration, exchange);
  const response = await withinTimeout(integrationTimeout(integration), (signal) =>
    backends.s3(request, signal),
  );
  return apiResponseOf(integration, response, exchange);
}
