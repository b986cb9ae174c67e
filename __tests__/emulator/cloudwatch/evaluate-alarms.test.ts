import { describe, expect, it } from "vitest";
import { z } from "zod";
import { alarmsRaised } from "../../../emulator/cloudwatch/evaluate-alarms.ts";
import { MetricStore } from "../../../emulator/cloudwatch/metric-store.ts";
import { type ResolvedStack, resolveStack } from "../../../emulator/terraform/resolve-stack.ts";
import { synthesizedStack } from "../../support/environments.ts";

const ALARM = "aws_cloudwatch_metric_alarm";
const metric = z.object({
  alarm_name: z.string(),
  metric_name: z.string(),
  namespace: z.string(),
  dimensions: z.record(z.string(), z.string()).optional(),
  statistic: z.string().optional(),
  extended_statistic: z.string().optional(),
});

/** As a state has them: what is not set is empty there. */
function asInState(stack: ResolvedStack): ResolvedStack {
  const unset = { statistic: "", extended_statistic: "", metric_name: "", namespace: "", dimensions: null };
  const resources = stack.resources.map((resource) =>
    resource.type === ALARM ? { ...resource, values: { ...unset, ...resource.values } } : resource,
  );
  return { ...stack, resources };
}

describe(alarmsRaised, () => {
  it("raises for a statistic and for a percentile alike, from a configuration as from a state", async () => {
    const stack = await resolveStack(synthesizedStack("dev"));
    const simple = stack.resources
      .filter(({ type }) => type === ALARM)
      .flatMap(({ values }) => metric.safeParse(values).data ?? []);
    const store = new MetricStore();
    for (const { namespace, metric_name: metricName, dimensions = {} } of simple) {
      store.add({ namespace, metricName, dimensions }, 1e9);
    }

    const raised = alarmsRaised(stack, store);

    expect(simple.some(({ extended_statistic }) => extended_statistic !== undefined)).toBe(true);
    expect(simple.some(({ statistic }) => statistic !== undefined)).toBe(true);
    expect(raised.map(({ name }) => name)).toEqual(
      expect.arrayContaining(simple.filter(isHigh).map(({ alarm_name }) => alarm_name)),
    );
    expect(alarmsRaised(asInState(stack), store)).toEqual(raised);
  });
});

/** What is silent is not raised by much. */
const isHigh = ({ alarm_name }: z.infer<typeof metric>) => !alarm_name.endsWith("-silent");
