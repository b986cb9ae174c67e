import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FunctionPart } from "../../contract/function-parts.ts";
import { INGESTION_METRICS, type MetricOf, OUTCOME_METRICS } from "../../contract/metrics.ts";
import { identifyMetric } from "../../domain/metric-sources.ts";
import { METRICS_NAMESPACE } from "../../domain/names.ts";
import { memoryMetrics } from "../support/function-metrics.ts";

describe(identifyMetric, () => {
  it("names a metric as CloudWatch does", () => {
    expect(identifyMetric("function", "Errors", { FunctionName: "dev-api" })).toEqual({
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: "dev-api" },
    });
  });

  it("refuses an empty dimension, of which there would never be data", () => {
    expect(() => identifyMetric("ingestion", "Stored", { service: "" })).toThrow(
      new Error(`${METRICS_NAMESPACE} Stored: the dimension service is empty; it must name what is measured`),
    );
  });

  it("compiles with nothing but what its source publishes", () => {
    // @ts-expect-error: no function emits it
    identifyMetric("ingestion", "Accepted", { service: "dev-api" });
    // @ts-expect-error: a queue has no invocations
    identifyMetric("queue", "Invocations", { QueueName: "dev-intake" });
    // @ts-expect-error: a function's metrics have another dimension
    identifyMetric("function", "Errors", { service: "dev-api" });
    // @ts-expect-error: an API's metrics have two dimensions
    identifyMetric("api", "Latency", { ApiName: "dev" });

    expect(OUTCOME_METRICS.every((name) => name in INGESTION_METRICS)).toBe(true);
  });
});

describe("metrics of a function", () => {
  it("are those that the function emits, for the compiler too", () => {
    const sweep: MetricOf<"sweep-function">[] = [
      "UnprocessedObjects",
      "ForeignObjects",
      "RequeuedObjects",
      "RemovedDocuments",
      "UnversionedDocuments",
    ];
    // @ts-expect-error: the sweep stores nothing
    const stored: MetricOf<"sweep-function"> = "Stored";
    // @ts-expect-error: of these two, only one returns messages
    const failed: MetricOf<"api-function" | "queue-function"> = "FailedMessages";
    // @ts-expect-error: the part is called "sweep-function"
    const part: FunctionPart = "sweep";

    expect(emittedBy("sweep-function")).toEqual(sweep);
    expect(emittedBy("sweep-function")).not.toContain(stored);
    expect(emittedBy("api-function")).not.toContain(failed);
    expect(emittedBy(part)).toEqual([]);
  });

  it("can't be added under another name", () => {
    const { metrics, sums } = memoryMetrics();

    metrics.add("Stored", 1);
    // @ts-expect-error: no alarm and no graph could name it
    metrics.add("Kept", 1);

    expect(sums).toMatchObject({ Stored: 1 });
  });

  it("are those of the table in docs/architecture.md", () => {
    const table = /\| metric \| counts \|\n(.*?)\n\n/s.exec(
      readFileSync("docs/architecture.md", "utf8"),
    )?.[1];
    const names = table?.split("\n").flatMap((row) => row.split("|")[1]?.match(/\w+/g) ?? []);

    expect(names?.toSorted()).toEqual(Object.keys(INGESTION_METRICS).toSorted());
  });

  it.each([
    ["api-function", "api.ts"],
    ["queue-function", "queue.ts"],
    ["sweep-function", "sweep.ts"],
  ])("are, of %s, those that the code behind %s adds", (part, entry) => {
    const sources = [...filesBehind(join("functions/ingestion", entry))].map((file) =>
      readFileSync(file, "utf8"),
    );
    const added = Object.keys(INGESTION_METRICS).filter((name) => sources.join("\n").includes(`"${name}"`));

    expect(added).toEqual(emittedBy(part));
  });
});

/** A file and what it imports of functions/, directly or not. */
function filesBehind(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/^(?:import|\}) [^;]*?from "(\.[^"]+)"/gms);
  for (const [, path = ""] of imports) {
    const imported = join(dirname(file), path);
    if (imported.startsWith("functions")) filesBehind(imported, found);
  }
  return found;
}

function emittedBy(part: string): string[] {
  return Object.entries(INGESTION_METRICS).flatMap(([name, { emittedBy: parts }]) =>
    parts.some((each) => each === part) ? [name] : [],
  );
}
