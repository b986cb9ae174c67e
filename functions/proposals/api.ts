import { createApiHandler } from "./api-handler.ts";
import { openStores } from "./open-stores.ts";

export const handler = createApiHandler(openStores());
