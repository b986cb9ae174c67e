import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";
import type { Environment } from "../../../env/schema.ts";
import type { AwsAccount } from "../../constructs/aws-account.ts";
import { createKey, keyAlertGrants } from "../../constructs/encryption-key.ts";
import { denyInsecureTransport, policyDocument } from "../../constructs/policy-document.ts";
import type { EnvironmentVariables } from "../../variables/environment-variables.ts";
import type { Severity } from "./alarm-definition.ts";
import { createNotifier, type Notifier, type NotifierProps } from "./notifier.ts";

export interface AlertRoutesProps
  extends Omit<NotifierProps, "settings" | "topics" | "urgentTopicArn" | "topicKeyArn"> {
  readonly namePrefix: string;
  readonly alerts: Extract<EnvironmentVariables["alerts"], { kind: "routed" }>;
  /** The environment's key; without one, the topics get a key of their own. */
  readonly keyArn: string | undefined;
}

/** From alarms to people: a topic for each severity, e-mails, and the function that calls PagerDuty and ServiceNow. */
export class AlertRoutes extends Construct {
  readonly topics: Readonly<Record<Severity, string>>;
  readonly notifier: Notifier | undefined;

  constructor(scope: Construct, id: string, props: AlertRoutesProps) {
    super(scope, id);
    const { emails, notifier } = props.alerts;
    const topicKeyArn = props.keyArn ?? this.#createKey(props);
    const urgent = this.#createTopic("urgent", props.names.urgentTopic, topicKeyArn, props);
    const ticket = this.#createTopic("tickets", props.names.ticketTopic, topicKeyArn, props);
    const topics = [urgent, ticket];
    this.topics = { urgent: urgent.arn, ticket: ticket.arn };
    for (const [index, email] of emails.entries()) this.#subscribeEmail(topics, index + 1, email);
    this.notifier =
      notifier &&
      createNotifier(this, { ...props, settings: notifier, topics, urgentTopicArn: urgent.arn, topicKeyArn });
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
    { account, namePrefix }: { readonly account: AwsAccount; readonly namePrefix: string },
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

  #subscribeEmail(topics: readonly SnsTopic[], number: number, email: string): void {
    for (const topic of topics) {
      new SnsTopicSubscription(this, `${topic.node.id}-email-${number}`, {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: email,
      });
    }
  }
}

/** For whoever wonders why nobody was called. */
export function describeAlertRoutes({ alerts }: Environment): string {
  if (alerts.kind === "none") return "None: alarms have no actions and are shown in CloudWatch only.";
  const { emails, notifier } = alerts;
  return [
    ...(notifier?.pagerDuty ? ["PagerDuty (urgent)"] : []),
    ...(notifier?.serviceNow ? ["ServiceNow (tickets)"] : []),
    `${emails.length} e-mail ${emails.length === 1 ? "address" : "addresses"} (everything)`,
  ].join(", ");
}
