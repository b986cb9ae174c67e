import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import type { NotifierVariable } from "../../../contract/function-variables.ts";
import { lambdaLogGroupName, type ResourceNames } from "../../../contract/resource-names.ts";
import type { AwsAccount } from "../../constructs/aws-account.ts";
import { denyInsecureTransport, policyDocument, type Statement } from "../../constructs/policy-document.ts";
import { ServiceRole } from "../../constructs/service-role.ts";
import { useKey } from "../../constructs/use-key.ts";
import type { EnvironmentVariables } from "../../variables/environment-variables.ts";
import { observe } from "../role-permissions.ts";
import { ServiceFunction, type ServiceFunctionProps } from "../service-function.ts";

type Routed = Extract<EnvironmentVariables["alerts"], { kind: "routed" }>;

export interface NotifierProps {
  readonly account: AwsAccount;
  readonly names: ResourceNames;
  readonly settings: NonNullable<Routed["notifier"]>;
  /** Those that it is told of alarms by, and among them the one whose alarms are urgent. */
  readonly topics: readonly SnsTopic[];
  readonly urgentTopicArn: string;
  /** The key of the topics. */
  readonly topicKeyArn: string;
  /** The environment's key, if it has one. */
  readonly keyArn: string | undefined;
  readonly bundle: ServiceFunctionProps["bundle"];
  readonly logRetentionDays: number;
  readonly deadLetterRetentionDays: number;
}

export interface Notifier {
  readonly functionName: string;
  readonly deadLetterQueueName: string;
  /** What the owner of an existing role has to attach, as JSON by the role's name. */
  readonly requiredPolicies: Readonly<Record<string, string>>;
}

/** The function that calls PagerDuty and ServiceNow, with its role and dead-letter queue, as constructs of the scope. */
export function createNotifier(scope: Construct, props: NotifierProps): Notifier {
  const { account, names, settings } = props;
  const targets = createTargets(scope, settings);
  const deadLetters = createDeadLetterQueue(scope, props);
  const role = new ServiceRole(scope, "role", {
    ...settings.role,
    service: "lambda.amazonaws.com",
  });
  role.permit(
    notifierPermissions({
      account,
      keyArn: props.topicKeyArn,
      secretArns: targets.secretArns,
      deadLetterQueueArn: deadLetters.arn,
      logGroupArn: account.arn("logs", `log-group:${lambdaLogGroupName(names.notifierFunction)}`),
    }),
  );
  const notifier = new ServiceFunction(scope, "notifier", {
    name: names.notifierFunction,
    description: "Tells PagerDuty and ServiceNow of alarms and of their end",
    handler: "notify.handler",
    bundle: props.bundle,
    role,
    memoryMb: 256,
    timeoutSeconds: 60,
    environment: {
      URGENT_TOPIC_ARN: props.urgentTopicArn,
      ...targets.environment,
    } satisfies { [Name in NotifierVariable]?: string },
    logRetentionDays: props.logRetentionDays,
    keyArn: props.keyArn,
    deadLetterQueueArn: deadLetters.arn,
  });
  for (const topic of props.topics) subscribe(scope, topic, notifier.arn, deadLetters.arn);
  return {
    functionName: notifier.functionName,
    deadLetterQueueName: deadLetters.name,
    requiredPolicies: role.requiredPolicy("notifier-role"),
  };
}

/** Whom the notifier tells: the secrets that let it, and its variables. */
function createTargets(scope: Construct, { pagerDuty, serviceNow }: NotifierProps["settings"]) {
  // Looked up for its ARN: a value that Terraform reads would lie in the state.
  const secretArn = (id: string, name: string) => new DataAwsSecretsmanagerSecret(scope, id, { name }).arn;
  const secretArns: string[] = [];
  const environment: { [Name in NotifierVariable]?: string } = {};
  if (pagerDuty !== undefined) {
    const arn = secretArn("pager-duty-secret", pagerDuty.secretName);
    secretArns.push(arn);
    environment.PAGER_DUTY_SECRET_ARN = arn;
    environment.PAGER_DUTY_URL = Token.asString(
      Fn.conditional(
        Op.eq(pagerDuty.region, "eu"),
        "https://events.eu.pagerduty.com",
        "https://events.pagerduty.com",
      ),
    );
  }
  if (serviceNow !== undefined) {
    const arn = secretArn("service-now-secret", serviceNow.secretName);
    secretArns.push(arn);
    environment.SERVICE_NOW_SECRET_ARN = arn;
    environment.SERVICE_NOW_URL = `https://${serviceNow.host}`;
  }
  return { secretArns, environment };
}

/** For what SNS could not hand over, and for what the function could not deliver. */
function createDeadLetterQueue(
  scope: Construct,
  { account, names, topics, topicKeyArn, deadLetterRetentionDays }: NotifierProps,
): SqsQueue {
  const queue = new SqsQueue(scope, "dead-letter", {
    name: names.notifierDeadLetterQueue,
    messageRetentionSeconds: Token.asNumber(Op.mul(deadLetterRetentionDays, 86_400)),
    kmsMasterKeyId: topicKeyArn,
    kmsDataKeyReusePeriodSeconds: 300,
  });
  new SqsQueuePolicy(scope, "dead-letter-policy", {
    queueUrl: queue.url,
    policy: policyDocument([
      {
        Sid: "UndeliveredAlerts",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue.arn,
        Condition: {
          ArnEquals: { "aws:SourceArn": topics.map(({ arn }) => arn) },
          StringEquals: { "aws:SourceAccount": account.id },
        },
      },
      denyInsecureTransport("sqs", queue.arn),
    ]),
  });
  return queue;
}

function subscribe(scope: Construct, topic: SnsTopic, functionArn: string, deadLetterQueueArn: string): void {
  const { id } = topic.node;
  const permission = new LambdaPermission(scope, `${id}-permission`, {
    action: "lambda:InvokeFunction",
    functionName: functionArn,
    principal: "sns.amazonaws.com",
    sourceArn: topic.arn,
  });
  new SnsTopicSubscription(scope, `${id}-notifier`, {
    topicArn: topic.arn,
    protocol: "lambda",
    endpoint: functionArn,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueueArn }),
    dependsOn: [permission],
  });
}

interface PermittedTargets {
  readonly account: AwsAccount;
  readonly keyArn: string;
  readonly secretArns: readonly string[];
  readonly deadLetterQueueArn: string;
  readonly logGroupArn: string;
}

/** What the notifier calls. Secrets have a key of AWS's, or the environment's. */
function notifierPermissions(targets: PermittedTargets): Statement[] {
  return [
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [...targets.secretArns],
    },
    {
      Sid: "KeepUndelivered",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: targets.deadLetterQueueArn,
    },
    ...useKey(targets, "EncryptUndelivered", ["sqs"], ["kms:Decrypt", "kms:GenerateDataKey"]),
    ...useKey(targets, "DecryptSecrets", ["secretsmanager"], ["kms:Decrypt"]),
    ...observe(targets.logGroupArn),
  ];
}
