import type { Construct } from "constructs";
import { mapValues } from "../../constructs/object-entries.ts";
import type { Gateway, Processing, Storage } from "../stack-parts.ts";
import { Alarms, type AlarmsProps } from "./alarms.ts";
import { Dashboard } from "./dashboard.ts";
import { LogMetrics } from "./log-metrics.ts";
import type { MonitoredResources } from "./monitored-resources.ts";
import { SavedQueries } from "./saved-queries.ts";

export interface ObservationProps extends Omit<AlarmsProps, "resources"> {
  readonly region: string;
  readonly storage: Storage;
  readonly processing: Processing;
  readonly gateway: Gateway;
  readonly sweepEveryMinutes: number;
}

/** What an operator looks at: metrics from logs, alarms, saved queries and the dashboard, as constructs of the scope. */
export function addObservation(scope: Construct, props: ObservationProps): void {
  const { namePrefix, region, storage } = props;
  const { functions } = props.processing;
  const apis = props.gateway.apis.byName;
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
    region,
    resources,
    intakeBucketName: storage.intake.name,
    thresholds: props.thresholds,
    alarmArns: alarms.arns,
    logGroupNames: [...functionLogGroupNames, ...accessLogGroupNames],
  });
}

function monitoredResources(
  { storage, processing, gateway, sweepEveryMinutes }: ObservationProps,
  logMetrics: LogMetrics,
): MonitoredResources {
  return {
    queueName: storage.queue.name,
    deadLetterQueueName: storage.deadLetterQueue.name,
    mappingUuid: processing.mappingUuid,
    tableName: storage.table.name,
    functions: mapValues(processing.functions, ({ functionName, timeoutSeconds, memoryMb }, part) => ({
      functionName,
      timeoutSeconds,
      memoryMb,
      maxMemoryUsed: logMetrics.maxMemoryUsed[part],
    })),
    apis: mapValues(gateway.apis.byName, ({ apiName, stageName }, name) => ({
      apiName,
      stageName,
      ...logMetrics.ofApi(name),
    })),
    proxyTooLarge: logMetrics.proxyTooLarge,
    sweepEveryMinutes,
  };
}

function logGroupNames(writers: Readonly<Record<string, { readonly logGroupName: string }>>): string[] {
  return Object.values(writers).map(({ logGroupName }) => logGroupName);
}
