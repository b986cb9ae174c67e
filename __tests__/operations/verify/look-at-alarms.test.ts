import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { describe, expect, it } from "vitest";
import type { OperatorClients } from "../../../operations/operator-clients.ts";
import { lookAtAlarms } from "../../../operations/verify/look-at-alarms.ts";
import { createOperatorView } from "../../../operations/verify/operator-view.ts";
import type { Verification } from "../../../operations/verify/step.ts";
import { operatedStack } from "../../support/operated-stack.ts";

const alarm = (name: string, StateValue: string) => ({
  AlarmName: `orders-dev-${name}`,
  StateValue,
  AlarmDescription: `https://runbook.example.com/operations.md#${name}`,
});

type Page = Record<"MetricAlarms" | "CompositeAlarms", ReturnType<typeof alarm>[]>;

/** What comes of CloudWatch's pages, which hold composite alarms only where they are asked for. */
function look(...pages: Partial<Page>[]) {
  const send = async (command: unknown) => {
    if (!(command instanceof DescribeAlarmsCommand)) throw new Error("this call is not expected");
    const { NextToken = "0", AlarmTypes = [], AlarmNamePrefix } = command.input;
    expect(AlarmNamePrefix).toBe("orders-dev-");
    const { MetricAlarms = [], CompositeAlarms = [] } = pages[Number(NextToken)] ?? {};
    const next = Number(NextToken) + 1;
    return {
      MetricAlarms,
      CompositeAlarms: AlarmTypes.includes("CompositeAlarm") ? CompositeAlarms : [],
      ...(next < pages.length && { NextToken: String(next) }),
    };
  };
  const cloudWatch = { send } as unknown as CloudWatchClient;
  const clients = { cloudWatch } as Pick<OperatorClients, "s3" | "sqs" | "cloudWatch">;
  const view = createOperatorView(operatedStack, clients, new AbortController().signal);
  return lookAtAlarms({ view, stack: operatedStack } as Verification);
}

describe(lookAtAlarms, () => {
  it("holds where none is raised, and counts those without data", async () => {
    const pages = [{ MetricAlarms: [alarm("a", "OK"), alarm("b", "INSUFFICIENT_DATA")] }];

    expect(await look(...pages)).toEqual([
      {
        expected: "no alarm is raised",
        result: "holds",
        got: "2 alarms, 1 of them with INSUFFICIENT_DATA",
      },
    ]);
  });

  it("leaves out those of an environment whose prefix begins with this one", async () => {
    const checks = await look({
      MetricAlarms: [alarm("a", "OK"), alarm("blue-dead-letters", "ALARM")],
      CompositeAlarms: [alarm("outage", "OK"), alarm("blue-outage", "ALARM")],
    });

    expect(checks).toMatchObject([{ result: "holds", got: "2 alarms" }]);
  });

  it("fails by each that is raised, on whatever page, and names its section", async () => {
    const checks = await look(
      { MetricAlarms: [alarm("a", "OK")], CompositeAlarms: [alarm("outage", "ALARM")] },
      { MetricAlarms: [alarm("dead-letters", "ALARM")] },
    );

    expect(checks.map(({ expected, result }) => [expected, result])).toEqual([
      ["orders-dev-outage is not raised", "fails"],
      ["orders-dev-dead-letters is not raised", "fails"],
    ]);
    expect(checks[1]?.finding?.look).toContain("docs/operations.md#dead-letters");
  });

  it("fails where the stack's alarms are not there", async () => {
    expect(await look({})).toMatchObject([{ result: "fails", got: "none begins with orders-dev-" }]);
  });
});
