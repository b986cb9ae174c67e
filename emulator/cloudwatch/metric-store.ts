import type { MetricIdentity } from "../../domain/metric-sources.ts";

/** Data points of one period, by metric. */
export class MetricStore {
  readonly #values = new Map<string, number[]>();
  readonly #identities = new Map<string, MetricIdentity>();

  add(identity: MetricIdentity, value: number): void {
    const key = keyOf(identity);
    this.#identities.set(key, identity);
    this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
  }

  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99`; undefined without data. */
  statistic(identity: MetricIdentity, stat: string): number | undefined {
    const values = this.#values.get(keyOf(identity));
    if (values === undefined || values.length === 0) return undefined;
    const sum = values.reduce((total, value) => total + value, 0);
    if (stat === "Sum") return sum;
    if (stat === "Average") return sum / values.length;
    if (stat === "Minimum") return Math.min(...values);
    if (stat === "Maximum") return Math.max(...values);
    if (stat === "SampleCount") return values.length;
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(stat)?.[1];
    if (percentile === undefined) throw new Error(`the statistic ${stat} is not known here`);
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((Number(percentile) / 100) * sorted.length) - 1)];
  }

  /** Every metric that has data. */
  identities(): MetricIdentity[] {
    return [...this.#identities.values()];
  }
}

function keyOf({ namespace, metricName, dimensions }: MetricIdentity): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).toSorted()]);
}
