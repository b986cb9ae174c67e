import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js";
import { Construct } from "constructs";
import type { FunctionPart } from "../../../contract/function-parts.ts";
import { type LogMetricKind, logMetricName } from "../../../contract/metrics.ts";
import { LOG_METRICS_NAMESPACE } from "../../../domain/names.ts";
import { mapValues } from "../../constructs/object-entries.ts";

export interface LogMetricsProps {
  /** API names and access logs by the API's name in the environment. */
  readonly apis: Readonly<Record<string, { readonly apiName: string; readonly logGroupName: string }>>;
  readonly functions: Readonly<
    Record<FunctionPart, { readonly functionName: string; readonly logGroupName: string }>
  >;
  readonly namePrefix: string;
  /** The external proxy's access log. */
  readonly proxyLogGroupName: string | undefined;
}

/** A metric that a filter makes. */
export interface LogMetric {
  readonly namespace: string;
  readonly metricName: string;
}

export interface ApiLogMetrics {
  /** 4xx without 404 (somebody asks for what is not there) and 413. */
  readonly clientErrors: LogMetric;
  /** 413. */
  readonly tooLarge: LogMetric;
}

/** Counts and values out of access logs and the platform's reports. */
export class LogMetrics extends Construct {
  /** 413 of the proxy, if it logs here. */
  readonly proxyTooLarge: LogMetric | undefined;
  /** Megabytes. */
  readonly maxMemoryUsed: Readonly<Record<FunctionPart, LogMetric>>;
  readonly #clientErrors: Readonly<Record<string, LogMetric>>;
  readonly #tooLarge: Readonly<Record<string, LogMetric>>;

  constructor(scope: Construct, id: string, props: LogMetricsProps) {
    super(scope, id);
    const { apis, functions, namePrefix, proxyLogGroupName } = props;
    this.#clientErrors = mapValues(apis, ({ apiName, logGroupName }, name) =>
      this.#filter(`${name}-client-errors`, apiName, "ClientErrors", {
        logGroupName,
        pattern: '{ ($.status = "4*") && ($.status != "404") && ($.status != "413") }',
        value: "1",
      }),
    );
    this.#tooLarge = mapValues(apis, ({ apiName, logGroupName }, name) =>
      this.#filter(`${name}-too-large`, apiName, "TooLarge", {
        logGroupName,
        pattern: '{ $.status = "413" }',
        value: "1",
      }),
    );
    if (proxyLogGroupName !== undefined) {
      this.proxyTooLarge = this.#filter("proxy-too-large", `${namePrefix}-proxy`, "TooLarge", {
        logGroupName: proxyLogGroupName,
        pattern: "{ $.status = 413 }",
        value: "1",
      });
    }
    // https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
    this.maxMemoryUsed = mapValues(functions, ({ functionName, logGroupName }, part) =>
      this.#filter(`${part}-memory`, functionName, "MaxMemoryUsed", {
        logGroupName,
        pattern: '{ $.type = "platform.report" }',
        value: "$.record.metrics.maxMemoryUsedMB",
      }),
    );
  }

  /** @throws Error where the API's access log is not read here */
  ofApi(name: string): ApiLogMetrics {
    const clientErrors = this.#clientErrors[name];
    const tooLarge = this.#tooLarge[name];
    if (clientErrors === undefined || tooLarge === undefined) {
      const known = Object.keys(this.#clientErrors).join(", ");
      throw new Error(`there are no log metrics of an API "${name}", only of: ${known}`);
    }
    return { clientErrors, tooLarge };
  }

  #filter(
    id: string,
    source: string,
    kind: LogMetricKind,
    { logGroupName, pattern, value }: { logGroupName: string; pattern: string; value: string },
  ): LogMetric {
    const metricName = logMetricName(source, kind);
    new CloudwatchLogMetricFilter(this, id, {
      name: metricName,
      logGroupName,
      pattern,
      metricTransformation: { name: metricName, namespace: LOG_METRICS_NAMESPACE, value },
    });
    return { namespace: LOG_METRICS_NAMESPACE, metricName };
  }
}
