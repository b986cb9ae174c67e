import { describe, expect, it } from "vitest";
import { alertFailures } from "../fixtures/policy/alert-failures.ts";
import { apiFailures } from "../fixtures/policy/api-failures.ts";
import { type Change, changedState, goodState } from "../fixtures/policy/change-state.ts";
import { functionFailures } from "../fixtures/policy/function-failures.ts";
import { networkFailures } from "../fixtures/policy/network-failures.ts";
import { otherWays } from "../fixtures/policy/other-ways.ts";
import { account, arn, policy } from "../fixtures/policy/resource.ts";
import { storageFailures } from "../fixtures/policy/storage-failures.ts";
import { checkPolicy, policyRules, subjectsOf, suppress } from "./policy/check-policy.ts";
import { suppressions } from "./policy/suppressions.ts";

const failures = {
  ...apiFailures,
  ...storageFailures,
  ...functionFailures,
  ...networkFailures,
  ...alertFailures,
};
const violation = { rule: "CKV_AWS_21", address: "aws_s3_bucket.archive", sentence: "It is versioned." };

describe("each policy rule", () => {
  it("has an id of its own, which is no source of another", () => {
    const ids = policyRules.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(policyRules.flatMap(({ sources }) => sources).filter((source) => ids.includes(source))).toEqual(
      [],
    );
  });

  it("has an id of a known tool or of this project", () => {
    const known = /^(CKV2?_AWS_\d+|CT\.[A-Z0-9]+\.PR\.\d+|AwsSolutions-[A-Z]+\d+)$/;
    const own = /^PIA-[A-Z0-9-]+$/;

    expect(policyRules.filter(({ id }) => !known.test(id) && !own.test(id))).toEqual([]);
    expect(policyRules.flatMap(({ sources }) => sources).filter((source) => !known.test(source))).toEqual([]);
  });

  it("says in a sentence what must hold", () => {
    expect(policyRules.filter(({ sentence }) => !/^[A-Z].*[^.]\.$/.test(sentence))).toEqual([]);
  });

  it("has a failing fixture", () => {
    expect(Object.keys(failures).sort()).toEqual(policyRules.map(({ id }) => id).sort());
  });

  it.each(policyRules)("is about something in the good state: $id", (rule) => {
    expect(subjectsOf(rule, goodState())).not.toEqual([]);
  });

  it.each(Object.entries(failures))("reports alone what breaks it: %s", (id, changes) => {
    const violations = checkPolicy(changedState(changes));

    expect([...new Set(violations.map(({ rule }) => rule))]).toEqual([id]);
  });
});

describe(checkPolicy, () => {
  it("finds nothing in the good state", () => {
    expect(checkPolicy(goodState())).toEqual([]);
  });

  it.each(Object.entries(otherWays))("finds nothing in a state with %s", (_way, changes) => {
    expect(checkPolicy(changedState(changes))).toEqual([]);
  });

  it("says which resource breaks which rule", () => {
    const violations = checkPolicy(changedState([["aws_subnet.a", ["map_public_ip_on_launch"], true]]));

    expect(violations).toEqual([
      {
        rule: "CKV_AWS_130",
        address: "aws_subnet.a",
        sentence: "Nothing that starts here gets a public address.",
      },
    ]);
  });

  it("leaves what others own to them", () => {
    const looked = changedState([["aws_s3_bucket.archive", ["force_destroy"], true]]).map((resource) =>
      resource.address === "aws_s3_bucket.archive" ? { ...resource, mode: "data" as const } : resource,
    );

    expect(checkPolicy(looked)).toEqual([]);
  });
});

describe("the rules on where calls may come from", () => {
  const api = "aws_api_gateway_rest_api.items";
  const statement = ["policy", "Statement", 2] as const;
  const role = (service: string, condition: object): Change => [
    `aws_iam_role.${service}`,
    [],
    {
      name: service,
      arn: `arn:aws:iam::${account}:role/${service}`,
      assume_role_policy: policy({
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: "sts:AssumeRole",
        ...condition,
      }),
    },
  ];
  const from = (operator: string, source: string) => ({
    Condition: { [operator]: { "aws:SourceArn": source } },
  });
  const addresses = [...statement, "Condition", "NotIpAddress", "aws:VpcSourceIp"];

  it.each<[string, string, Change]>([
    [
      "endpoints denied twice, and no address",
      "PIA-API-DENY-OTHER-ADDRESSES",
      [api, [...statement, "Condition"], { StringNotEquals: { "aws:SourceVpce": "vpce-1" } }],
    ],
    ["a denial that spares every address", "PIA-API-DENY-OTHER-ADDRESSES", [api, addresses, ["0.0.0.0/0"]]],
    ["a denial of no address", "PIA-API-DENY-OTHER-ADDRESSES", [api, addresses, []]],
    [
      "a denial for one caller alone",
      "PIA-API-DENY-OTHER-ADDRESSES",
      [api, [...statement, "Principal"], "nobody"],
    ],
    [
      "a denial of addresses and endpoints at once",
      "PIA-API-DENY-OTHER-ADDRESSES",
      [api, [...statement, "Condition", "StringNotEquals"], { "aws:SourceVpce": "vpce-1" }],
    ],
    [
      "the address of an internet gateway",
      "PIA-API-DENY-OTHER-ADDRESSES",
      [api, [...statement, "Condition"], { NotIpAddress: { "aws:SourceIp": ["10.0.0.0/24"] } }],
    ],
    ["CodeBuild for any project", "PIA-IAM-TRUST-SOURCE", role("codebuild", {})],
    [
      "EventBridge for a rule of another account",
      "PIA-IAM-TRUST-SOURCE",
      role("events", from("ArnEquals", "arn:aws:events:eu-central-1:999999999999:rule/x")),
    ],
    [
      "all but one project",
      "PIA-IAM-TRUST-SOURCE",
      role("codebuild", from("ArnNotEquals", arn("codebuild", "project/x"))),
    ],
    [
      "Lambda for a function, which it may not say",
      "PIA-IAM-TRUST-SOURCE",
      role("lambda", from("ArnLike", arn("lambda", "function:x"))),
    ],
    [
      "a bucket of another account",
      "PIA-IAM-BUCKET-OWNER",
      [
        "aws_iam_role_policy.writer",
        ["policy", "Statement", 0, "Condition", "StringEquals", "aws:ResourceAccount"],
        "999999999999",
      ],
    ],
    [
      "a key for a service of whichever account",
      "PIA-KMS-SERVICES",
      [
        "aws_kms_key.key",
        ["policy", "Statement", 1, "Condition"],
        { Bool: { "aws:SecureTransport": "true" } },
      ],
    ],
  ])("report %s", (_, rule, change) => {
    expect(checkPolicy(changedState([change])).map((each) => each.rule)).toEqual([rule]);
  });
});

describe(suppress, () => {
  const reason = "It is a test.";

  it.each(["aws_s3_bucket.archive", "aws_s3_bucket"])("takes away a violation at %s", (address) => {
    expect(suppress([violation], [{ rule: "CKV_AWS_21", address, reason }])).toEqual({
      violations: [],
      unused: [],
    });
  });

  it.each([
    { rule: "CKV_AWS_21", address: "aws_s3_bucket.other" },
    { rule: "CKV_AWS_21", address: "aws_s3" },
    { rule: "CKV_AWS_19", address: "aws_s3_bucket.archive" },
  ])("keeps a violation that $rule at $address does not cover, and calls that unused", (other) => {
    const suppression = { ...other, reason };

    expect(suppress([violation], [suppression])).toEqual({
      violations: [violation],
      unused: [suppression],
    });
  });

  it("refuses a rule that does not exist", () => {
    expect(() => suppress([], [{ rule: "CKV_AWS_0", address: "aws_s3_bucket", reason }])).toThrow(
      "No policy rule has the id of these suppressions: CKV_AWS_0",
    );
  });
});

describe("the suppressions", () => {
  it("are at most fifteen, each of a rule that exists and with a reason", () => {
    expect(suppressions.length).toBeLessThanOrEqual(15);
    expect(() => suppress([], suppressions)).not.toThrow();
    expect(suppressions.filter(({ reason }) => !/^[A-Z].{20,}\.$/.test(reason))).toEqual([]);
  });

  it("name a rule and an address once", () => {
    const keys = suppressions.map(({ rule, address }) => `${rule} ${address}`);

    expect(new Set(keys).size).toBe(keys.length);
  });
});
