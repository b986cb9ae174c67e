import { createMetrics } from "./metrics.ts";
import { connectSweep } from "./stores/connect-sweep.ts";
import { createSweepHandler } from "./sweep/sweep-handler.ts";

export const handler = createSweepHandler({ open: connectSweep(), metrics: createMetrics() });
