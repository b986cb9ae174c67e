import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Token } from "cdktf";
import { Construct } from "constructs";

export interface SweepScheduleProps {
  readonly name: string;
  /** At least 5: EventBridge writes one minute in the singular. */
  readonly everyMinutes: number;
  readonly functionArn: string;
}

/** Calls the sweep function at a fixed rate. A rule needs no role, only the function's permission. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, props: SweepScheduleProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, "rule", {
      name: props.name,
      description: "Looks for unprocessed payloads and for documents that no record points to",
      scheduleExpression: `rate(${Token.asString(props.everyMinutes)} minutes)`,
    });
    const permission = new LambdaPermission(this, "permission", {
      functionName: props.functionArn,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      arn: props.functionArn,
      dependsOn: [permission],
    });
  }
}
