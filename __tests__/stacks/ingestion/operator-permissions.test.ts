import { describe, expect, it } from "vitest";
import type { Statement } from "../../../stacks/constructs/policy-document.ts";
import { names, stacks } from "../../support/fixture-stacks.ts";

const statementsOf = (name: (typeof names)[number]): Statement[] =>
  JSON.parse(String(stacks[name].json.output["operator_policy"]?.value)).Statement;

describe("the policy for operators", () => {
  it.each(names)("names in %s what it acts on, but for alarms, which can be seen all or none", (name) => {
    const everything = statementsOf(name).filter(({ Resource }) => [Resource].flat().includes("*"));

    expect(everything).toEqual([
      { Sid: "SeeAlarms", Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" },
    ]);
  });

  it.each(names)("gives in %s no right to read or write an object or a record", (name) => {
    const actions = statementsOf(name).flatMap(({ Action }) => Action);

    expect(new Set(actions.filter((action) => /^(s3|dynamodb):/.test(action)))).toEqual(
      new Set(["s3:ListBucket"]),
    );
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  });

  it("lists below the prefixes of payloads and of documents alone, in buckets of the account", () => {
    const lists = statementsOf("dev").filter(({ Action }) => Action === "s3:ListBucket");

    expect(lists.map(({ Condition }) => Condition)).toEqual(
      ["incoming/*", "documents/*"].map((prefix) => ({
        StringLike: { "s3:prefix": prefix },
        StringEquals: { "aws:ResourceAccount": "${var.account_id}" },
      })),
    );
  });

  it("uses the environment's key for messages, where it has one", () => {
    const keysOf = (name: (typeof names)[number]) =>
      statementsOf(name).filter(({ Sid }) => Sid === "UseKeyForMessages");

    expect(keysOf("dev")).toEqual([]);
    expect(keysOf("prod")).toEqual([
      {
        Sid: "UseKeyForMessages",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "${data.aws_kms_key.encryption_key.arn}",
        Condition: { StringEquals: { "kms:ViaService": ["sqs.${var.region}.amazonaws.com"] } },
      },
    ]);
  });
});
