import { describe, expect, it } from "vitest";
import { alertFailures } from "../fixtures/policy/alert-failures.ts";
import { apiFailures } from "../fixtures/policy/api-failures.ts";
import { changedState, goodState } from "../fixtures/policy/change-state.ts";
import { functionFailures } from "../fixtures/policy/function-failures.ts";
import { networkFailures } from "../fixtures/policy/network-failures.ts";
import { otherWays } from "../fixtures/policy/other-ways.ts";
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
