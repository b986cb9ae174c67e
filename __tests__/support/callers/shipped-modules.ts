import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { createDocumentStore } from "../../../functions/ingestion/stores/document-store.ts";
import { createDocumentVersions } from "../../../functions/ingestion/stores/document-versions.ts";
import { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import { createRecordStore } from "../../../functions/ingestion/stores/record-store.ts";
import type { IsolatedModules } from "./isolated-stack.ts";

/** The functions as they are, without a bug on purpose. */
export const shippedModules: IsolatedModules = {
  createApiHandler,
  createQueueHandler,
  createDocumentStore,
  createDocumentVersions,
  createIntakeStore,
  createRecordStore,
};
