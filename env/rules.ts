import {
  MEBIBYTE,
  MEMORY_PER_PAYLOAD_BYTE,
  RUNTIME_MEMORY_MB,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../contract/limits.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import { externalArnProblem } from "./external-arns.ts";
import { type Formula, fieldsOf, problemOf, statementOf } from "./formulas.ts";
import { ROLE_PATHS } from "./named-roles.ts";
import { proxyRules } from "./proxy-rules.ts";
import type { Fields, Rule } from "./rule.ts";

const holdsPayloads = (bytes: string) =>
  `${RUNTIME_MEMORY_MB} + ceil(${bytes} * ${MEMORY_PER_PAYLOAD_BYTE} / ${MEBIBYTE})`;
const PAYLOADS =
  "the function needs memory for the runtime, and several times the payload's size while it reads and stores the payload";
/** This many attacking addresses must not be able to use all connections. */
const SOURCES_BESIDE_OTHERS = 20;
/** The reason of each formula. */
const BETWEEN_FIELDS: Readonly<Record<string, string>> = {
  "payload.thresholdBytes < payload.maxBytes": "larger payloads go to the large API",
  [`payload.thresholdBytes <= ${SYNCHRONOUS_MAX_ESCAPED_BYTES} / payload.escapingFactor`]:
    "the escaped payload must fit into Lambda's event",
  [`functions.api.memoryMb >= ${holdsPayloads("payload.thresholdBytes")}`]: PAYLOADS,
  [`functions.queue.memoryMb >= ${holdsPayloads("queue.batchSize * payload.maxBytes")}`]: PAYLOADS,
  "queue.deadLetterRetentionDays > queue.retentionDays":
    "a message keeps its original enqueue time in the dead-letter queue",
  "queue.batchSize <= 10 || queue.batchWindowSeconds >= 1": "Lambda requires it",
  "queue.polling.maximumPollers >= queue.polling.minimumPollers": "the minimum of pollers is always ready",
  "retention.intakeObjectDays > queue.retentionDays + queue.deadLetterRetentionDays":
    "a payload must not expire while its message is in a queue",
  // So deletions are remembered longer than both queues keep messages.
  // An object expires at the midnight after its days, and goes some time later: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
  "retention.submissionDays >= retention.intakeObjectDays + 2":
    "a deletion must be remembered as long as an older payload may wait, and S3 removes expired payloads up to two days late",
  [`proxy.limits.connections > proxy.limits.connectionsPerSource * ${SOURCES_BESIDE_OTHERS}`]:
    "20 addresses together must leave connections for others",
  "buckets.documents.name is none of buckets.intake.name":
    "objects in the intake bucket are deleted after processing",
  "delivery.tokenSecretNames.plan is none of delivery.tokenSecretNames.release":
    "the build that plans pull requests must not be able to release",
  "delivery.verification.secretName is none of delivery.tokenSecretNames.release, delivery.tokenSecretNames.plan":
    "the build that calls the APIs must not be able to release",
  "encryption.keyArn is a key of region": "a KMS key can be used only in its own region",
  // Terraform allows no cycle of validations: each role is compared with those before it.
  ...Object.fromEntries(
    ROLE_PATHS.slice(1).map((role, index) => [
      `${role} is another role than ${ROLE_PATHS.slice(0, index + 1).join(", ")}`,
      "each role has only the permissions of its own task",
    ]),
  ),
};

export const formulas: readonly Formula[] = Object.entries(BETWEEN_FIELDS).map(([formula, because]) => ({
  formula,
  because,
}));

/** Rules between fields. A rule runs if the fields that it needs are valid by themselves. */
export const environmentRules: Rule[] = [
  {
    path: ["apis"],
    needs: ["apis"],
    states: "Each API has its own `name`.",
    broken: ({ apis }) =>
      apis.flatMap(({ name }, index) => {
        const first = apis.findIndex((other) => other.name === name);
        const message = `must not be the name of apis[${first}] too: give each API its own name`;
        return first === index ? [] : [{ path: ["apis", index, "name"], message }];
      }),
  },
  {
    path: ["apis"],
    needs: ["apis", "accountId", "region"],
    states:
      "The ARN of an `external` binding has the environment's partition, and another account or another region than the environment. Firehose and Step Functions accept no calls from other accounts.",
    broken: ({ apis, ...environment }) =>
      apis.flatMap(({ bindings }, index) =>
        Object.entries(bindings).flatMap(([placeholder, target]) => {
          if (typeof target === "string" || target.kind !== "external") return [];
          const message = externalArnProblem(target.arn, environment);
          return message ? [{ path: ["apis", index, "bindings", placeholder, "arn"], message }] : [];
        }),
      ),
  },
  {
    path: ["alerts", "emails"],
    needs: ["alerts"],
    states: "`emails` has at least one address, which is notified if the notifier fails.",
    broken: ({ alerts }) =>
      alerts.kind === "routed" && alerts.emails.length === 0
        ? 'needs an e-mail address, which is notified if the notifier fails. To send no alerts, set alerts to { kind: "none" }'
        : undefined,
  },
  {
    path: ["vpcEndpoint", "account"],
    needs: ["vpcEndpoint", "accountId"],
    states:
      "`vpcEndpoint.account` differs from `accountId`. Leave it out if the endpoint is in the environment's own account.",
    broken: ({ vpcEndpoint, accountId }) =>
      vpcEndpoint.kind === "existing" && vpcEndpoint.account === accountId
        ? "must be another account than the environment's own: remove it if the endpoint is in the environment's account"
        : undefined,
  },
  {
    path: ["backend", "managed", "planTeam"],
    needs: ["backend"],
    states:
      "`backend.managed.planTeam` differs from `backend.managed.team`. If `backend.apply` is `confirmed`, leave `planTeam` out.",
    broken: ({ backend }) => {
      if (backend.kind !== "tfe" || backend.managed?.planTeam === undefined) return undefined;
      if (backend.apply === "confirmed") {
        return 'must be removed: plans of pull requests never get credentials of an environment with apply "confirmed"';
      }
      return backend.managed.planTeam === backend.managed.team
        ? "must be another team than the one that releases: plans of pull requests must not be able to release"
        : undefined;
    },
  },
  {
    path: ["proxy"],
    needs: ["proxy", "apis"],
    states: "`apis` contains both APIs of the domain.",
    broken: ({ apis }) => {
      const missing = [SMALL_API, LARGE_API].filter((each) => !apis.some(({ name }) => name === each));
      return missing.length > 0
        ? `needs the APIs ${SMALL_API} and ${LARGE_API}: add ${missing.join(" and ")} to apis`
        : undefined;
    },
  },
  ...proxyRules,
  ...formulas.map((formula): Rule => {
    const fields = fieldsOf(formula);
    return {
      path: fields[0]?.split(".") ?? [],
      needs: [...new Set(fields.map((field) => field.split(".")[0] as keyof Fields))],
      states: statementOf(formula),
      broken: (environment) => problemOf(formula, environment),
    };
  }),
];
