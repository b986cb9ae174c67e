import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Fn, Op, Token } from "cdktf";
import { Construct } from "constructs";
import type { NotifierVariable } from "../../../contract/function-variables.ts";
import { lambdaLogGroupName, type resourceNames } from "../../../contract/resource-names.ts";
import type { AwsAccount } from "../../constructs/aws-account.ts";
import { createKey, keyAlertGrants } from "../../constructs/encryption-key.ts";
import { denyInsecureTransport, policyDocument, type Statement } from "../../constructs/policy-document.ts";
import { ServiceRole } from "../../constructs/service-role.ts";
import { useKey } from "../../constructs/use-key.ts";
import type { EnvironmentVariables } from "../../variables/environment-variables.ts";
import { ProposalFunction } from "../proposal-function.ts";
import { observe } from "../role-permissions.ts";
import type { Severity } from "./alarm-definitions.ts";

type Routed = Extract<EnvironmentVariables["alerts"], { kind: "routed" }>;
type Notifier = NonNullable<Routed["notifier"]>;

export interface AlertRoutesProps {
  readonly account: AwsAccount;
  readonly names: ReturnType<typeof resourceNames>;
  readonly namePrefix: string;
  readonly alerts: Routed;
  /** The environment's key; without one, the topics get a key of their own. */
  readonly keyArn: string | undefined;
  readonly bundle: { readonly path: string; readonly sha256Base64: string };
  readonly logRetentionDays: number;
  readonly deadLetterRetentionDays: number;
}

/** From alarms to people: a topic for each severity, e-mails, and the function that calls PagerDuty and ServiceNow. */
export class AlertRoutes extends Construct {
  readonly topics: Readonly<Record<Severity, string>>;
  readonly notifier: { readonly functionName: string; readonly deadLetterQueueName: string } | undefined;
  /** What the owner of an existing role has to attach, as JSON by the role's name. */
  readonly requiredPolicies: Readonly<Record<string, string>>;
  readonly #topics: readonly SnsTopic[];

  constructor(scope: Construct, id: string, props: AlertRoutesProps) {
    super(scope, id);
    const keyArn = props.keyArn ?? this.#createKey(props);
    const urgent = this.#createTopic("urgent", props.names.urgentTopic, keyArn, props);
    const ticket = this.#createTopic("tickets", props.names.ticketTopic, keyArn, props);
    this.#topics = [urgent, ticket];
    this.topics = { urgent: urgent.arn, ticket: ticket.arn };
    for (const [index, email] of props.alerts.emails.entries()) this.#subscribeEmail(index + 1, email);
    const created =
      props.alerts.notifier && this.#createNotifier(props.alerts.notifier, urgent.arn, keyArn, props);
    this.notifier = created?.notifier;
    this.requiredPolicies = created?.requiredPolicies ?? {};
  }

  /** CloudWatch can't use the key that AWS manages for SNS. */
  #createKey({ account, namePrefix }: AlertRoutesProps): string {
    return createKey(this, account, {
      description: `Alerts of ${namePrefix}`,
      alias: `${namePrefix}-alerts`,
      grants: keyAlertGrants(account),
    }).arn;
  }

  #createTopic(
    id: string,
    name: string,
    keyArn: string,
    { account, namePrefix }: AlertRoutesProps,
  ): SnsTopic {
    const topic = new SnsTopic(this, id, { name, kmsMasterKeyId: keyArn });
    new SnsTopicPolicy(this, `${id}-policy`, {
      arn: topic.arn,
      policy: policyDocument([
        {
          Sid: "Alarms",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic.arn,
          Condition: {
            ArnLike: { "aws:SourceArn": account.arn("cloudwatch", `alarm:${namePrefix}-*`) },
            StringEquals: { "aws:SourceAccount": account.id },
          },
        },
        // SNS refuses a policy that names all of its actions.
        { ...denyInsecureTransport("sns", topic.arn), Action: "sns:Publish" },
      ]),
    });
    return topic;
  }

  #subscribeEmail(number: number, email: string): void {
    for (const topic of this.#topics) {
      new SnsTopicSubscription(this, `${topic.node.id}-email-${number}`, {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: email,
      });
    }
  }

  #createNotifier(settings: Notifier, urgentTopicArn: string, keyArn: string, props: AlertRoutesProps) {
    const { account, names } = props;
    const secrets = {
      pagerDuty: settings.pagerDuty && this.#secret("pager-duty-secret", settings.pagerDuty.secretName),
      serviceNow: settings.serviceNow && this.#secret("service-now-secret", settings.serviceNow.secretName),
    };
    const deadLetters = this.#createDeadLetterQueue(keyArn, props);
    const role = new ServiceRole(this, "role", {
      kind: settings.roleKind,
      name: settings.roleName,
      service: "lambda.amazonaws.com",
    });
    const permissions = notifierPermissions({
      account,
      keyArn,
      secretArns: Object.values(secrets).flatMap((secret) => secret?.arn ?? []),
      deadLetterQueueArn: deadLetters.arn,
      logGroupArn: account.arn("logs", `log-group:${lambdaLogGroupName(names.notifierFunction)}`),
    });
    role.permit(permissions);
    const notifier = new ProposalFunction(this, "notifier", {
      name: names.notifierFunction,
      description: "Tells PagerDuty and ServiceNow of alarms and of their end",
      handler: "notify.handler",
      bundle: props.bundle,
      role,
      memoryMb: 256,
      timeoutSeconds: 60,
      environment: {
        URGENT_TOPIC_ARN: urgentTopicArn,
        ...(settings.pagerDuty && {
          PAGER_DUTY_SECRET_ARN: secrets.pagerDuty?.arn ?? "",
          PAGER_DUTY_URL: Token.asString(
            Fn.conditional(
              Op.eq(settings.pagerDuty.region, "eu"),
              "https://events.eu.pagerduty.com",
              "https://events.pagerduty.com",
            ),
          ),
        }),
        ...(settings.serviceNow && {
          SERVICE_NOW_SECRET_ARN: secrets.serviceNow?.arn ?? "",
          SERVICE_NOW_URL: `https://${settings.serviceNow.host}`,
        }),
      } satisfies { [Name in NotifierVariable]?: string },
      logRetentionDays: props.logRetentionDays,
      keyArn: props.keyArn,
      deadLetterQueueArn: deadLetters.arn,
    }).function;
    for (const topic of this.#topics) this.#subscribeFunction(topic, notifier.arn, deadLetters.arn);
    return {
      notifier: { functionName: notifier.functionName, deadLetterQueueName: deadLetters.name },
      requiredPolicies: role.kind === "existing" ? { "notifier-role": policyDocument(permissions) } : {},
    };
  }

  /** Looked up for its ARN: a value that Terraform reads would lie in the state. */
  #secret(id: string, name: string): DataAwsSecretsmanagerSecret {
    return new DataAwsSecretsmanagerSecret(this, id, { name });
  }

  /** For what SNS could not hand over, and for what the function could not deliver. */
  #createDeadLetterQueue(
    keyArn: string,
    { account, names, deadLetterRetentionDays }: AlertRoutesProps,
  ): SqsQueue {
    const queue = new SqsQueue(this, "dead-letter", {
      name: names.notifierDeadLetterQueue,
      messageRetentionSeconds: Token.asNumber(Op.mul(deadLetterRetentionDays, 86_400)),
      kmsMasterKeyId: keyArn,
      kmsDataKeyReusePeriodSeconds: 300,
    });
    new SqsQueuePolicy(this, "dead-letter-policy", {
      queueUrl: queue.url,
      policy: policyDocument([
        {
          Sid: "UndeliveredAlerts",
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: {
            ArnEquals: { "aws:SourceArn": this.#topics.map(({ arn }) => arn) },
            StringEquals: { "aws:SourceAccount": account.id },
          },
        },
        denyInsecureTransport("sqs", queue.arn),
      ]),
    });
    return queue;
  }

  #subscribeFunction(topic: SnsTopic, functionArn: string, deadLetterQueueArn: string): void {
    const { id } = topic.node;
    const permission = new LambdaPermission(this, `${id}-permission`, {
      action: "lambda:InvokeFunction",
      functionName: functionArn,
      principal: "sns.amazonaws.com",
      sourceArn: topic.arn,
    });
    new SnsTopicSubscription(this, `${id}-notifier`, {
      topicArn: topic.arn,
      protocol: "lambda",
      endpoint: functionArn,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueueArn }),
      dependsOn: [permission],
    });
  }
}

interface NotifierTargets {
  readonly account: AwsAccount;
  readonly keyArn: string;
  readonly secretArns: readonly string[];
  readonly deadLetterQueueArn: string;
  readonly logGroupArn: string;
}

/** What the notifier calls. Secrets have a key of AWS's, or the environment's. */
function notifierPermissions(targets: NotifierTargets): Statement[] {
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
