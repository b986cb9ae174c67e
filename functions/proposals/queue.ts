import { createQueueHandler } from "./queue/queue-handler.ts";
import { openStores } from "./stores/open-stores.ts";

export const handler = createQueueHandler(openStores());
