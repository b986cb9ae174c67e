import type { MetricIdentity } from "../../domain/metric-sources.ts";

interface DataPoint {
  readonly at: number;
  readonly value: number;
}

/** Data points of one period, by metric: of all time, or of the last so many milliseconds. */
export class MetricStore {
  readonly #points = new Map<string, DataPoint[]>();
  readonly #identities = new Map<string, MetricIdentity>();
  readonly #periodMilliseconds: number;
  readonly #now: () => number;

  constructor(periodMilliseconds = Number.POSITIVE_INFINITY, now = Date.now) {
    this.#periodMilliseconds = periodMilliseconds;
    this.#now = now;
  }

  add(identity: MetricIdentity, value: number): void {
    const key = keyOf(identity);
    this.#identities.set(key, identity);
    this.#points.set(key, [...this.#recent(key), { at: this.#now(), value }]);
  }

  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99`; undefined without data. */
  statistic(identity: MetricIdentity, stat: string): number | undefined {
    const values = this.#recent(keyOf(identity)).map(({ value }) => value);
    if (values.length === 0) return undefined;
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

  #recent(key: string): DataPoint[] {
    const since = this.#now() - this.#periodMilliseconds;
    return (this.#points.get(key) ?? []).filter(({ at }) => at >= since);
  }

  /** Every metric that has data. */
  identities(): MetricIdentity[] {
    return [...this.#identities.values()];
  }
}

function keyOf({ namespace, metricName, dimensions }: MetricIdentity): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).toSorted()]);
}
