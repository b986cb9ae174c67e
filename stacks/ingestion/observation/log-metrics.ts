import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js";
import { Construct } from "constructs";

/** Metrics that AWS does not have and its logs tell. */
const namespace = "Proposals/Logs";

export interface LogMetricsProps {
  /** API names and access logs by the API's name in the environment. */
  readonly apis: Readonly<Record<string, { readonly apiName: string; readonly logGroupName: string }>>;
  /** Names and log groups by the part that a function plays. */
  readonly functions: Readonly<
    Record<string, { readonly functionName: string; readonly logGroupName: string }>
  >;
  readonly namePrefix: string;
  /** The external proxy's access log. */
  readonly proxyLogGroupName: string | undefined;
}

/** A metric that a filter makes; the filters of a log group write no dimensions, so its name tells whose it is. */
export interface LogMetric {
  readonly namespace: string;
  readonly metricName: string;
}

/** Counts and values out of access logs and the platform's reports. */
export class LogMetrics extends Construct {
  /** 4xx without 404 (somebody asks for what is not there) and 413, by API. */
  readonly clientErrors: Readonly<Record<string, LogMetric>>;
  /** 413 by API, and by the proxy, if it logs here. */
  readonly tooLarge: Readonly<Record<string, LogMetric>>;
  /** Megabytes, by function. */
  readonly maxMemoryUsed: Readonly<Record<string, LogMetric>>;

  constructor(scope: Construct, id: string, props: LogMetricsProps) {
    super(scope, id);
    const { apis, functions, namePrefix, proxyLogGroupName } = props;
    this.clientErrors = mapEntries(apis, (name, { apiName, logGroupName }) =>
      this.#filter(`${name}-client-errors`, {
        logGroupName,
        metricName: `${apiName}-ClientErrors`,
        pattern: '{ ($.status = "4*") && ($.status != "404") && ($.status != "413") }',
        value: "1",
      }),
    );
    this.tooLarge = {
      ...mapEntries(apis, (name, { apiName, logGroupName }) =>
        this.#filter(`${name}-too-large`, {
          logGroupName,
          metricName: `${apiName}-TooLarge`,
          pattern: '{ $.status = "413" }',
          value: "1",
        }),
      ),
      ...(proxyLogGroupName !== undefined && {
        proxy: this.#filter("proxy-too-large", {
          logGroupName: proxyLogGroupName,
          metricName: `${namePrefix}-proxy-TooLarge`,
          pattern: "{ $.status = 413 }",
          value: "1",
        }),
      }),
    };
    // https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
    this.maxMemoryUsed = mapEntries(functions, (name, { functionName, logGroupName }) =>
      this.#filter(`${name}-memory`, {
        logGroupName,
        metricName: `${functionName}-MaxMemoryUsed`,
        pattern: '{ $.type = "platform.report" }',
        value: "$.record.metrics.maxMemoryUsedMB",
      }),
    );
  }

  #filter(
    id: string,
    filter: { logGroupName: string; metricName: string; pattern: string; value: string },
  ): LogMetric {
    const { logGroupName, metricName, pattern, value } = filter;
    new CloudwatchLogMetricFilter(this, id, {
      name: metricName,
      logGroupName,
      pattern,
      metricTransformation: { name: metricName, namespace, value },
    });
    return { namespace, metricName };
  }
}

function mapEntries<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (name: string, value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(name, value)]));
}
