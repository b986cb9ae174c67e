import type { Construct } from "constructs";
import type { FunctionPart } from "../../../contract/function-parts.ts";
import { mapValues } from "../../constructs/object-entries.ts";
import type { AlarmSettings } from "./alarm-definitions.ts";
import { Alarms, type AlarmsProps } from "./alarms.ts";
import { Dashboard } from "./dashboard.ts";
import { LogMetrics } from "./log-metrics.ts";
import type { MonitoredApi, MonitoredFunction, MonitoredResources } from "./monitored-resources.ts";
import { SavedQueries } from "./saved-queries.ts";

interface Logging {
  readonly logGroupName: string;
}

export interface ObservationProps
  extends Omit<MonitoredResources, "functions" | "apis" | "proxyTooLarge">,
    AlarmSettings,
    Pick<AlarmsProps, "namePrefix" | "topics"> {
  readonly region: string;
  readonly intakeBucketName: string;
  readonly functions: Readonly<Record<FunctionPart, Omit<MonitoredFunction, "maxMemoryUsed"> & Logging>>;
  /** By the API's name in the environment. */
  readonly apis: Readonly<Record<string, Pick<MonitoredApi, "apiName" | "stageName"> & Logging>>;
}

/** What an operator looks at: metrics from logs, alarms, saved queries and the dashboard, as constructs of the scope. */
export function addObservation(scope: Construct, props: ObservationProps): void {
  const { namePrefix, functions, apis } = props;
  const logMetrics = new LogMetrics(scope, "log-metrics", {
    apis,
    functions,
    namePrefix,
    proxyLogGroupName: props.thresholds.proxyLogGroupName,
  });
  const resources = monitoredResources(props, logMetrics);
  const alarms = new Alarms(scope, "alarms", { ...props, resources });
  const functionLogGroupNames = logGroupNames(functions);
  const accessLogGroupNames = logGroupNames(apis);
  new SavedQueries(scope, "queries", { namePrefix, functionLogGroupNames, accessLogGroupNames });
  new Dashboard(scope, "dashboard", {
    namePrefix,
    region: props.region,
    resources,
    intakeBucketName: props.intakeBucketName,
    alarmArns: alarms.arns,
    logGroupNames: [...functionLogGroupNames, ...accessLogGroupNames],
  });
}

function monitoredResources(props: ObservationProps, logMetrics: LogMetrics): MonitoredResources {
  return {
    ...props,
    functions: mapValues(props.functions, (each, part) => ({
      functionName: each.functionName,
      timeoutSeconds: each.timeoutSeconds,
      memoryMb: each.memoryMb,
      maxMemoryUsed: logMetrics.maxMemoryUsed[part],
    })),
    apis: mapValues(props.apis, ({ apiName, stageName }, name) => ({
      apiName,
      stageName,
      ...logMetrics.ofApi(name),
    })),
    proxyTooLarge: logMetrics.proxyTooLarge,
  };
}

function logGroupNames(writers: Readonly<Record<string, Logging>>): string[] {
  return Object.values(writers).map(({ logGroupName }) => logGroupName);
}
