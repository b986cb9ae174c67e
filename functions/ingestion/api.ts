import { createApiHandler } from "./api/api-handler.ts";
import { createMetrics } from "./metrics.ts";
import { connectStores } from "./stores/connect-stores.ts";

export const handler = createApiHandler({ open: connectStores(), metrics: createMetrics() });
