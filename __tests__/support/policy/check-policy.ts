import type { StateResource } from "../deployment.ts";
import { alertRules } from "./alert-rules.ts";
import { dynamodbRules } from "./dynamodb-rules.ts";
import { eventSourceRules } from "./event-source-rules.ts";
import { iamRules } from "./iam-rules.ts";
import { kmsRules } from "./kms-rules.ts";
import { lambdaRules } from "./lambda-rules.ts";
import { logsRules } from "./logs-rules.ts";
import { networkRules } from "./network-rules.ts";
import { openapiRules } from "./openapi-rules.ts";
import { restApiRules } from "./rest-api-rules.ts";
import type { PolicyRule, State } from "./rule.ts";
import { s3IntegrationRules } from "./s3-integration-rules.ts";
import { s3Rules } from "./s3-rules.ts";
import { scheduleRules } from "./schedule-rules.ts";
import { sqsRules } from "./sqs-rules.ts";
import { stageRules } from "./stage-rules.ts";
import type { Suppression } from "./suppressions.ts";
import { tagRules } from "./tag-rules.ts";

export const policyRules: readonly PolicyRule[] = [
  ...restApiRules,
  ...stageRules,
  ...openapiRules,
  ...s3IntegrationRules,
  ...s3Rules,
  ...sqsRules,
  ...lambdaRules,
  ...eventSourceRules,
  ...scheduleRules,
  ...dynamodbRules,
  ...iamRules,
  ...networkRules,
  ...logsRules,
  ...alertRules,
  ...kmsRules,
  ...tagRules,
];

/** A resource for which a rule does not hold. */
export interface Violation {
  readonly rule: string;
  readonly address: string;
  readonly sentence: string;
}

/** All violations, in the order of the rules. */
export function checkPolicy(state: State): Violation[] {
  return policyRules.flatMap((rule) =>
    subjectsOf(rule, state)
      .filter((resource) => !rule.holds(resource, state))
      .map(({ address }) => ({ rule: rule.id, address, sentence: rule.sentence })),
  );
}

/** The resources that a rule is about. Data sources belong to others, and are none. */
export function subjectsOf({ resource: type, applies }: PolicyRule, state: State): StateResource[] {
  return state.filter(
    (resource) =>
      resource.mode === "managed" &&
      (type === "*" ? "tags_all" in resource.values : resource.type === type) &&
      (applies?.(resource, state) ?? true),
  );
}

export interface SuppressedResult {
  readonly violations: readonly Violation[];
  /** Suppressions without a violation: the reason is gone, and so should they be. */
  readonly unused: readonly Suppression[];
}

/**
 * Takes the suppressed violations away.
 * @throws Error for a suppression of a rule that does not exist
 */
export function suppress(
  found: readonly Violation[],
  suppressions: readonly Suppression[],
): SuppressedResult {
  const unknown = suppressions.filter(({ rule }) => !policyRules.some(({ id }) => id === rule));
  if (unknown.length > 0) {
    throw new Error(
      `No policy rule has the id of these suppressions: ${unknown.map(({ rule }) => rule).join(", ")}`,
    );
  }
  return {
    violations: found.filter((violation) => !suppressions.some((entry) => covers(entry, violation))),
    unused: suppressions.filter((entry) => !found.some((violation) => covers(entry, violation))),
  };
}

/** An address is exact where it has a name, and otherwise a type. */
function covers({ rule, address }: Suppression, violation: Violation): boolean {
  return rule === violation.rule && [violation.address, violation.address.split(".")[0]].includes(address);
}
