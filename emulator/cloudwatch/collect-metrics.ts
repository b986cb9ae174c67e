import { z } from "zod";
import { parseJson } from "../../contract/parse-json.ts";
import {
  type DimensionsOf,
  identifyMetric,
  type MetricNameOf,
  type MetricSource,
} from "../../domain/metric-sources.ts";
import type { StackEvent } from "../run-stack.ts";
import { block, onlyManaged, resourcesOf } from "../terraform/read-resources.ts";
import type { ResolvedStack } from "../terraform/resolve-stack.ts";
import { matchesFilter, selectField } from "./filter-pattern.ts";
import { MetricStore } from "./metric-store.ts";

/** Turns what happens in a running stack into the metrics that AWS and the stack's metric filters make of it. */
export interface MetricCollector {
  readonly store: MetricStore;
  observe(event: StackEvent): void;
  /** So many of a queue's oldest messages wait there no longer: they were moved to its dead-letter queue. */
  observeDeadLetters(queueArn: string, moved: number): void;
  /** What a queue holds now, in messages. */
  observeQueue(queueName: string, visible: number): void;
  /** How long, by the given time, the longest waiting payload waits. */
  observeAges(now: number): void;
}

const filterSchema = z.object({
  log_group_name: z.string(),
  pattern: z.string(),
  metric_transformation: block(z.object({ name: z.string(), namespace: z.string(), value: z.string() })),
});
const apiSchema = z.object({ id: z.string(), name: z.string() });
const stageSchema = z.object({
  rest_api_id: z.string(),
  stage_name: z.string(),
  access_log_settings: block(z.object({ destination_arn: z.string() })),
});
const functionSchema = z.object({
  function_name: z.string(),
  memory_size: z.coerce.number(),
  logging_config: block(z.object({ log_group: z.string() })),
});
const mappingSchema = z.object({ uuid: z.string(), event_source_arn: z.string() });

export function collectMetrics(stack: ResolvedStack, store = new MetricStore()): MetricCollector {
  const apis = resourcesOf(stack, "aws_api_gateway_rest_api", apiSchema);
  const stages = resourcesOf(stack, "aws_api_gateway_stage", stageSchema);
  const functions = resourcesOf(onlyManaged(stack), "aws_lambda_function", functionSchema);
  const mappings = resourcesOf(stack, "aws_lambda_event_source_mapping", mappingSchema);
  const filters = resourcesOf(stack, "aws_cloudwatch_log_metric_filter", filterSchema);
  /** When each payload began to wait, in order. */
  const waiting = new Map<string, number[]>();

  const add = <Source extends MetricSource>(
    source: Source,
    dimensions: DimensionsOf<Source>,
    values: readonly (readonly [MetricNameOf<Source>, number])[],
  ) => {
    for (const [name, value] of values) store.add(identifyMetric(source, name, dimensions), value);
  };
  const addLogged = (logGroupName: string, logged: unknown) => {
    for (const { log_group_name, pattern, metric_transformation: transformation } of filters) {
      if (log_group_name !== logGroupName || !matchesFilter(pattern, logged)) continue;
      const { name: metricName, namespace, value } = transformation;
      const number = Number(value.startsWith("$") ? selectField(logged, value) : value);
      store.add({ namespace, metricName, dimensions: {} }, number);
    }
  };

  const observers: { [Kind in StackEvent["kind"]]: (event: Extract<StackEvent, { kind: Kind }>) => void } = {
    request({ apiId, requestId, method, path, status, durationMs }) {
      const api = apis.find(({ id }) => id === apiId);
      const stage = stages.find(({ rest_api_id }) => rest_api_id === apiId);
      if (api === undefined || stage === undefined) return;
      add("api", { ApiName: api.name, Stage: stage.stage_name }, [
        ["Count", 1],
        ["4XXError", Number(status >= 400 && status < 500)],
        ["5XXError", Number(status >= 500)],
        ["Latency", durationMs],
      ]);
      const logGroupName = stage.access_log_settings.destination_arn.split(":log-group:")[1] ?? "";
      addLogged(logGroupName, { requestId, httpMethod: method, path, status: String(status) });
    },
    invocation({ functionName, durationMs, maxMemoryBytes, errorType }) {
      add("function", { FunctionName: functionName }, [
        ["Invocations", 1],
        ["Errors", Number(errorType !== undefined)],
        ["Throttles", 0],
        ["Duration", durationMs],
      ]);
      const described = functions.find(({ function_name }) => function_name === functionName);
      if (described === undefined) return;
      // As Lambda writes it: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
      addLogged(described.logging_config.log_group, {
        type: "platform.report",
        record: {
          status: errorType === undefined ? "success" : "error",
          metrics: {
            durationMs,
            memorySizeMB: described.memory_size,
            maxMemoryUsedMB: Math.ceil(maxMemoryBytes / 1_048_576),
          },
        },
      });
    },
    log({ functionName, line }) {
      const entry = parseJson(line);
      const described = functions.find(({ function_name }) => function_name === functionName);
      if (described !== undefined && entry !== undefined)
        addLogged(described.logging_config.log_group, entry);
      for (const { namespace, metricName, dimensions, value } of embeddedMetrics(entry)) {
        store.add({ namespace, metricName, dimensions }, value);
      }
    },
    notification({ queueArn }) {
      waiting.set(queueArn, [...(waiting.get(queueArn) ?? []), Date.now()]);
    },
    mapping({ queueArn, event }) {
      if (event.kind !== "invoked") return;
      const mapping = mappings.find(({ event_source_arn }) => event_source_arn === queueArn);
      if (mapping === undefined) return;
      const { messages, failed } = event;
      add("eventSourceMapping", { EventSourceMappingUUID: mapping.uuid }, [
        ["PolledEventCount", messages],
        ["InvokedEventCount", messages],
        ["FailedInvokeEventCount", failed],
      ]);
      waiting.set(queueArn, (waiting.get(queueArn) ?? []).slice(messages - failed));
    },
    refusal: () => undefined,
    notice: () => undefined,
    error: () => undefined,
  };

  return {
    store,
    observe(event) {
      (observers[event.kind] as (event: StackEvent) => void)(event);
    },
    observeDeadLetters(queueArn, moved) {
      waiting.set(queueArn, (waiting.get(queueArn) ?? []).slice(moved));
    },
    observeQueue(queueName, visible) {
      add("queue", { QueueName: queueName }, [["ApproximateNumberOfMessagesVisible", visible]]);
    },
    observeAges(now) {
      for (const [queueArn, since] of waiting) {
        const [oldest] = since;
        const seconds = oldest === undefined ? 0 : Math.floor((now - oldest) / 1_000);
        const QueueName = queueArn.slice(queueArn.lastIndexOf(":") + 1);
        add("queue", { QueueName }, [["ApproximateAgeOfOldestMessage", seconds]]);
      }
    },
  };
}

const embeddedSchema = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The metrics in a log line of the embedded metric format. */
export function embeddedMetrics(entry: unknown) {
  const result = embeddedSchema.safeParse(entry);
  if (!result.success) return [];
  const fields: Record<string, unknown> = result.data;
  return result.data._aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.flatMap(({ Name: metricName }) =>
        [fields[metricName]].flat().map((value) => ({
          namespace,
          metricName,
          dimensions: Object.fromEntries(names.map((name) => [name, String(fields[name])])),
          value: Number(value),
        })),
      ),
    ),
  );
}
