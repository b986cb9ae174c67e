import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { METRICS_NAMESPACE } from "../../../domain/names.ts";
import { createMetrics } from "../../../functions/ingestion/metrics.ts";

let written = "";

beforeEach(() => {
  written = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe(createMetrics, () => {
  it("writes what was added as one line of CloudWatch's embedded metric format, by function", () => {
    const metrics = createMetrics("the-queue-function");
    metrics.add("Stored", 1);
    metrics.add("PayloadBytes", 400);
    metrics.add("Stored", 1);
    metrics.add("PayloadBytes", 500);

    metrics.flush();

    expect(written.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(written)).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: METRICS_NAMESPACE,
            Dimensions: [["service"]],
            Metrics: [
              { Name: "Stored", Unit: "Count" },
              { Name: "PayloadBytes", Unit: "Bytes" },
            ],
          },
        ],
      },
      service: "the-queue-function",
      Stored: [1, 1],
      PayloadBytes: [400, 500],
    });
  });

  it("writes each value once, and nothing where there is none", () => {
    const metrics = createMetrics("the-queue-function");
    metrics.add("Rejected", 1);
    metrics.flush();
    written = "";

    metrics.flush();

    expect(written).toBe("");
  });
});
