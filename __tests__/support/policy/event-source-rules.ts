import type { StateResource } from "../deployment.ts";
import type { PolicyRule, State } from "./rule.ts";
import { find } from "./state.ts";

/** A payload is held as bytes, as text of two bytes a character, as a value and as the decoded document. */
const COPIES_OF_A_PAYLOAD = 8;
const BYTES_PER_MEGABYTE = 1024 * 1024;
const mapping = { resource: "aws_lambda_event_source_mapping" } as const;

export const eventSourceRules: readonly PolicyRule[] = [
  {
    id: "PIA-ESM-PARTIAL-BATCH",
    sources: [],
    ...mapping,
    sentence: "The function reports which messages failed, so that only these are received again.",
    holds: ({ values }) => (values["function_response_types"] ?? []).includes("ReportBatchItemFailures"),
  },
  {
    id: "PIA-ESM-CONCURRENCY",
    sources: [],
    ...mapping,
    sentence: "The queue's share of concurrency is bounded, so that a flood does not become dead letters.",
    holds: ({ values }) =>
      values["scaling_config"]?.[0]?.maximum_concurrency >= 2 ||
      values["provisioned_poller_config"]?.[0]?.maximum_pollers >= 2,
  },
  {
    id: "PIA-ESM-VISIBILITY",
    sources: [],
    ...mapping,
    sentence: "Messages stay invisible for six times the function's timeout and the batch window.",
    holds: (resource, state) => {
      const timeout = functionOf(resource, state)?.["timeout"];
      const window = resource.values["maximum_batching_window_in_seconds"] ?? 0;
      return queueOf(resource, state)?.["visibility_timeout_seconds"] >= 6 * timeout + window;
    },
  },
  {
    id: "PIA-ESM-MEMORY",
    sources: [],
    ...mapping,
    sentence: "The function's memory holds a batch of the largest payloads, eight times over.",
    holds: (resource, state) => {
      const { memory_size, environment } = functionOf(resource, state) ?? {};
      const payload = Number(environment?.[0]?.variables?.MAX_PAYLOAD_BYTES);
      const needed = COPIES_OF_A_PAYLOAD * payload * resource.values["batch_size"];
      return memory_size * BYTES_PER_MEGABYTE >= needed;
    },
  },
];

function functionOf({ values }: StateResource, state: State): StateResource["values"] | undefined {
  return find(state, "aws_lambda_function", "arn", values["function_arn"])?.values;
}

function queueOf({ values }: StateResource, state: State): StateResource["values"] | undefined {
  return find(state, "aws_sqs_queue", "arn", values["event_source_arn"])?.values;
}
