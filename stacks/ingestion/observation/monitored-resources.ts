import type { FunctionPart } from "../../../contract/function-parts.ts";
import type { ApiLogMetrics, LogMetric } from "./log-metrics.ts";

export interface MonitoredFunction {
  readonly functionName: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** In megabytes. */
  readonly maxMemoryUsed: LogMetric;
}

export interface MonitoredApi extends ApiLogMetrics {
  readonly apiName: string;
  readonly stageName: string;
}

/** What alarms and the dashboard tell of. */
export interface MonitoredResources {
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly mappingUuid: string;
  readonly tableName: string;
  readonly functions: Readonly<Record<FunctionPart, MonitoredFunction>>;
  /** By the API's name in the environment. */
  readonly apis: Readonly<Record<string, MonitoredApi>>;
  /** The external proxy's 413, if it logs here. */
  readonly proxyTooLarge: LogMetric | undefined;
  readonly sweepEveryMinutes: number;
}
