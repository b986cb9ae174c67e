import { createApiHandler } from "./api/api-handler.ts";
import { openStores } from "./stores/open-stores.ts";

export const handler = createApiHandler(openStores());
