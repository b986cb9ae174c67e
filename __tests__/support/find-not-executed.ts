import type { ApiGatewayOptions } from "../../emulator/api-gateway/api-gateway.ts";
import type { NotExecuted } from "../../emulator/api-gateway/not-executed.ts";
import { createRoutes } from "../../emulator/api-gateway/routes.ts";

/** The routes that keep an API from its start as long as they are not left out. */
export function findNotExecuted(options: ApiGatewayOptions): readonly NotExecuted[] {
  const { apiKeys = [], httpHosts = [], skip = [], now = () => new Date() } = options;
  return createRoutes({ ...options, apiKeys, httpHosts, skip, now }).notExecuted;
}
