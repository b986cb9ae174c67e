import {
  MEBIBYTE,
  MEMORY_PER_PAYLOAD_BYTE,
  RUNTIME_MEMORY_MB,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../contract/limits.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import { externalArnProblem } from "./external-arns.ts";
import { type Formula, fieldsOf, problemOf } from "./formulas.ts";
import { ROLE_PATHS } from "./named-roles.ts";
import { proxyRules } from "./proxy-rules.ts";
import type { Fields, Rule } from "./rule.ts";

const holdsPayloads = (bytes: string) =>
  `${RUNTIME_MEMORY_MB} + ceil(${bytes} * ${MEMORY_PER_PAYLOAD_BYTE} / ${MEBIBYTE})`;
const PAYLOADS =
  "the runtime takes its part, and a payload several times its size while it is read and stored";
/** So many attacking addresses together must not be able to hold all connections. */
const SOURCES_BESIDE_OTHERS = 20;
/** By formula: why. */
const BETWEEN_FIELDS: Readonly<Record<string, string>> = {
  "payload.thresholdBytes < payload.maxBytes": "what is larger takes the large path",
  [`payload.thresholdBytes <= ${SYNCHRONOUS_MAX_ESCAPED_BYTES} / payload.escapingFactor`]:
    "a payload that grows by escaping still has to fit into Lambda's event",
  [`functions.api.memoryMb >= ${holdsPayloads("payload.thresholdBytes")}`]: PAYLOADS,
  [`functions.queue.memoryMb >= ${holdsPayloads("queue.batchSize * payload.maxBytes")}`]: PAYLOADS,
  "queue.deadLetterRetentionDays > queue.retentionDays": "a message keeps its first enqueue time there",
  "queue.batchSize <= 10 || queue.batchWindowSeconds >= 1": "a rule of Lambda",
  "queue.polling.maximumPollers >= queue.polling.minimumPollers": "so many are always ready",
  "retention.intakeObjectDays > queue.retentionDays + queue.deadLetterRetentionDays":
    "it has to outlive both queues",
  // So the memory of deletions outlives both queues as well.
  // An object expires at the midnight after its days, and goes some time later: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
  "retention.submissionDays >= retention.intakeObjectDays + 2":
    "a deletion must be remembered as long as an older payload may wait, and S3 expires it up to two days later",
  [`proxy.limits.connections > proxy.limits.connectionsPerSource * ${SOURCES_BESIDE_OTHERS}`]:
    "so many addresses together must leave room for further ones",
  "buckets.documents.name is none of buckets.intake.name":
    "the intake bucket is a queue whose objects are deleted",
  "delivery.tokenSecretNames.plan is none of delivery.tokenSecretNames.release":
    "what plans pull requests must not be able to release",
  "delivery.verification.secretName is none of delivery.tokenSecretNames.release, delivery.tokenSecretNames.plan":
    "what calls the APIs must not be able to release them",
  "encryption.keyArn is a key of region": "a key encrypts only in its own region",
  // Terraform allows no circle of validations: each is compared with those before it.
  ...Object.fromEntries(
    ROLE_PATHS.slice(1).map((role, index) => [
      `${role} is another role than ${ROLE_PATHS.slice(0, index + 1).join(", ")}`,
      "each role has only the rights of its own task",
    ]),
  ),
};

export const formulas: readonly Formula[] = Object.entries(BETWEEN_FIELDS).map(([formula, because]) => ({
  formula,
  because,
}));

/** What must hold between fields. A rule runs when the fields it needs are valid by themselves. */
export const environmentRules: Rule[] = [
  {
    path: ["apis"],
    needs: ["apis"],
    broken: ({ apis }) =>
      apis.flatMap(({ name }, index) => {
        const first = apis.findIndex((other) => other.name === name);
        const message = `must not be the name of apis[${first}] too: give each API its own`;
        return first === index ? [] : [{ path: ["apis", index, "name"], message }];
      }),
  },
  {
    path: ["apis"],
    needs: ["apis", "accountId", "region"],
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
    broken: ({ alerts }) =>
      alerts.kind === "routed" && alerts.emails.length === 0
        ? "needs an e-mail address: it is told when the notifier fails. Without any route, say kind none"
        : undefined,
  },
  {
    path: ["vpcEndpoint", "account"],
    needs: ["vpcEndpoint", "accountId"],
    broken: ({ vpcEndpoint, accountId }) =>
      vpcEndpoint.kind === "existing" && vpcEndpoint.account === accountId
        ? "must be another account than the environment's own, in which the endpoint is looked up and checked: leave it out"
        : undefined,
  },
  {
    path: ["backend", "managed", "planTeam"],
    needs: ["backend"],
    broken: ({ backend }) => {
      if (backend.kind !== "tfe" || backend.managed?.planTeam === undefined) return undefined;
      if (backend.apply === "confirmed") {
        return "must not be there: pull requests never run with credentials of an environment whose releases somebody confirms";
      }
      return backend.managed.planTeam === backend.managed.team
        ? "must be another team than the one that releases: what plans pull requests must not be able to"
        : undefined;
    },
  },
  {
    path: ["proxy"],
    needs: ["proxy", "apis"],
    broken: ({ apis }) => {
      const missing = [SMALL_API, LARGE_API].filter((each) => !apis.some(({ name }) => name === each));
      return missing.length > 0
        ? `needs the APIs ${SMALL_API} and ${LARGE_API} to choose between: ${missing.join(" and ")} must be in apis`
        : undefined;
    },
  },
  ...proxyRules,
  ...formulas.map((formula): Rule => {
    const fields = fieldsOf(formula);
    return {
      path: fields[0]?.split(".") ?? [],
      needs: [...new Set(fields.map((field) => field.split(".")[0] as keyof Fields))],
      broken: (environment) => problemOf(formula, environment),
    };
  }),
];
