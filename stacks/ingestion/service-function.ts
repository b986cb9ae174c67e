import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { Construct } from "constructs";
import type { FunctionRuntime } from "../../contract/aws-provider-versions.ts";
import { lambdaLogGroupName } from "../../contract/resource-names.ts";
import type { ServiceRole } from "../constructs/service-role.ts";

export interface ServiceFunctionProps {
  readonly name: string;
  readonly description: string;
  /** `<file>.handler` in the bundle. */
  readonly handler: string;
  readonly bundle: {
    readonly path: string;
    readonly sha256Base64: string;
    /** Which it is to run in. */
    readonly runtime: FunctionRuntime;
  };
  readonly role: ServiceRole;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  readonly keyArn: string | undefined;
  /** Of events that every retry failed for, where the function is called asynchronously. */
  readonly deadLetterQueueArn?: string;
}

/** One entry of the bundle as a Lambda function, with its log group. */
export class ServiceFunction extends Construct {
  readonly arn: string;
  readonly functionName: string;
  readonly logGroupName: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const encrypted = props.keyArn && { kmsKeyId: props.keyArn };
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: lambdaLogGroupName(props.name),
      retentionInDays: props.logRetentionDays,
      ...encrypted,
    });
    const created = new LambdaFunction(this, "function", {
      functionName: props.name,
      description: props.description,
      runtime: props.bundle.runtime,
      architectures: ["arm64"],
      handler: props.handler,
      filename: props.bundle.path,
      sourceCodeHash: props.bundle.sha256Base64,
      role: props.role.arn,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      environment: { variables: props.environment },
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      tracingConfig: { mode: "Active" },
      ...(props.deadLetterQueueArn && { deadLetterConfig: { targetArn: props.deadLetterQueueArn } }),
      dependsOn: [...props.role.attachments],
    });
    this.arn = created.arn;
    this.functionName = created.functionName;
    this.logGroupName = logGroup.name;
    this.memoryMb = props.memoryMb;
    this.timeoutSeconds = props.timeoutSeconds;
  }
}
