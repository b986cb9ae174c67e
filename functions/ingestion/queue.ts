import { createMetrics } from "./metrics.ts";
import { createQueueHandler } from "./queue/queue-handler.ts";
import { connectStores } from "./stores/connect-stores.ts";

export const handler = createQueueHandler({ open: connectStores(), metrics: createMetrics() });
