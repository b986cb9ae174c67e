import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { createDocumentStore } from "../../../functions/ingestion/stores/document-store.ts";
import { createDocumentVersions } from "../../../functions/ingestion/stores/document-versions.ts";
import { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import { createRecordStore } from "../../../functions/ingestion/stores/record-store.ts";
import { IsolatedStack } from "../../support/callers/isolated-stack.ts";
import { RandomCalls } from "../../support/callers/random-calls.ts";
import { scaled } from "../../support/simulation/scale.ts";

const modules = {
  createApiHandler,
  createQueueHandler,
  createDocumentStore,
  createDocumentVersions,
  createIntakeStore,
  createRecordStore,
};
const callsOfRun = 500;
const runs = scaled(100);

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("three callers of the same items", () => {
  it(`each see, change and count what they would alone, in ${runs * callsOfRun} random calls`, async () => {
    for (let seed = 1; seed <= runs; seed += 1) {
      const problems = await new RandomCalls(new IsolatedStack(modules), seed).run(callsOfRun);

      expect(problems, `seed ${seed}`).toEqual([]);
    }
  }, 600_000);
});
