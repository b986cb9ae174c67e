import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { Construct } from "constructs";
import type { ServiceRole } from "../constructs/service-role.ts";

export interface IntakeEventSourceProps {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly role: ServiceRole;
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** AWS offers either a bound on concurrency or pollers that are kept ready, not both. */
  readonly polling:
    | { kind: "on-demand"; maximumConcurrency: number }
    | { kind: "provisioned"; minimumPollers: number; maximumPollers: number };
}

/** Lambda's long polling of the intake queue; a message whose id the function reports back is retried alone. */
export class IntakeEventSource extends Construct {
  readonly uuid: string;

  constructor(scope: Construct, id: string, props: IntakeEventSourceProps) {
    super(scope, id);
    const { polling } = props;
    this.uuid = new LambdaEventSourceMapping(this, "mapping", {
      eventSourceArn: props.queueArn,
      functionName: props.functionArn,
      batchSize: props.batchSize,
      maximumBatchingWindowInSeconds: props.batchWindowSeconds,
      metricsConfig: { metrics: ["EventCount"] },
      functionResponseTypes: ["ReportBatchItemFailures"],
      ...(polling.kind === "on-demand"
        ? { scalingConfig: { maximumConcurrency: polling.maximumConcurrency } }
        : {
            provisionedPollerConfig: {
              minimumPollers: polling.minimumPollers,
              maximumPollers: polling.maximumPollers,
            },
          }),
      // Lambda refuses a mapping whose role may not read the queue.
      dependsOn: [...props.role.attachments],
    }).uuid;
  }
}
