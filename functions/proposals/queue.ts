import { openStores } from "./open-stores.ts";
import { createQueueHandler } from "./queue-handler.ts";

export const handler = createQueueHandler(openStores());
