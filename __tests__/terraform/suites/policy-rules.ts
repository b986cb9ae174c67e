import { describe, expect, it } from "vitest";
import type { StateResource } from "../../support/deployment.ts";
import {
  checkPolicy,
  policyRules,
  subjectsOf,
  suppress,
  type Violation,
} from "../../support/policy/check-policy.ts";
import { suppressions } from "../../support/policy/suppressions.ts";

/** Types that `dev` has none of; their rules are held by fixtures alone. */
const ABSENT_TYPES = [
  "aws_kms_key",
  "aws_sns_topic",
  "aws_sns_topic_subscription",
  // Of the stack account-<environment>: account.test.ts.
  "aws_api_gateway_account",
  "aws_iam_role_policy_attachment",
];

/** Types without rules of their own: rules on other types look them up, or they decide nothing. */
const PARTS = [
  "aws_cloudwatch_dashboard",
  "aws_default_security_group",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_sqs_queue_policy",
  "aws_sqs_queue_redrive_allow_policy",
];

/** Those of them that tell of alarms, which another environment has. */
const ALERT_TYPES = ["aws_sns_topic", "aws_sns_topic_subscription", "aws_cloudwatch_composite_alarm"];

/** Holds what tells of alarms to the policy rules, and the alarms to the one that they tell somebody. */
export function expectSoundAlerts(state: StateResource[]): void {
  const about = (type: string) => state.filter((resource) => resource.type === type);
  const violations = checkPolicy(state).filter(
    ({ rule, address }) =>
      rule === "CT.CLOUDWATCH.PR.1" || ALERT_TYPES.some((type) => address.startsWith(type)),
  );

  expect(ALERT_TYPES.filter((type) => about(type).length === 0)).toEqual([]);
  expect(violations, formatViolations(violations)).toEqual([]);
}

/** Holds the applied state of `dev` to the policy rules. */
export function describePolicyRules(getState: () => StateResource[]): void {
  describe("the policy rules", () => {
    it("hold, besides those that are suppressed", () => {
      const { violations } = suppress(checkPolicy(getState()), suppressions);

      expect(violations, formatViolations(violations)).toEqual([]);
    });

    it("miss what the state lacks of where calls may come from, and of whose buckets they reach", () => {
      const lacking = getState().map((resource) => ({
        ...resource,
        values: {
          ...resource.values,
          ...without(resource.values, "policy", ["NotIpAddress", "StringEquals"]),
          ...without(resource.values, "body", ["integration.request.header.x-amz-expected-bucket-owner"]),
        },
      }));
      const broken = new Set(
        checkPolicy(lacking).map(({ rule, address }) => `${rule} ${address.split(".")[0]}`),
      );

      expect([...broken]).toEqual(
        expect.arrayContaining([
          "PIA-API-DENY-OTHER-ADDRESSES aws_api_gateway_rest_api",
          "PIA-S3API-OWNER aws_api_gateway_rest_api",
          "PIA-IAM-BUCKET-OWNER aws_iam_role_policy",
        ]),
      );
    });

    it("need each suppression", () => {
      const { unused } = suppress(checkPolicy(getState()), suppressions);

      expect(unused).toEqual([]);
    });

    it("are each about something, where the stack has such a resource", () => {
      const state = getState();
      const idle = policyRules.filter((rule) => subjectsOf(rule, state).length === 0);

      expect(idle.filter(({ resource }) => !ABSENT_TYPES.includes(resource)).map(({ id }) => id)).toEqual([]);
    });

    it("leave no type of the stack out", () => {
      const ruled = new Set([...PARTS, ...policyRules.map(({ resource }) => resource)]);
      const managed = getState().filter(({ mode, type }) => mode === "managed" && !ruled.has(type));

      expect(managed.map(({ address }) => address)).toEqual([]);
    });

    it("know which types the stack does not have", () => {
      const types = new Set(getState().map(({ type }) => type));

      expect(ABSENT_TYPES.filter((type) => types.has(type))).toEqual([]);
    });
  });
}

/** One of the values, JSON, without what has one of these names wherever it stands. */
function without(values: StateResource["values"], key: string, names: readonly string[]) {
  const text: unknown = values[key];
  if (typeof text !== "string" || !text.startsWith("{")) return {};
  const kept = JSON.parse(text, (name, value) => (names.includes(name) ? undefined : value));
  return { [key]: JSON.stringify(kept) };
}

function formatViolations(violations: readonly Violation[]): string {
  const columns = violations.map(({ rule, address, sentence }) => [rule, address, sentence]);
  const width = (column: number) => Math.max(0, ...columns.map((row) => row[column]?.length ?? 0));
  const rows = columns.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join(" | ")
      .trimEnd(),
  );
  return ["These rules do not hold:", ...rows].join("\n");
}
