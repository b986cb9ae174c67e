import { readFileSync } from "node:fs";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { Testing } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import { AddressedStack } from "../../stacks/constructs/addressed-stack.ts";
import { describeDifferences, recordAddresses, withoutMetadata } from "../support/state-addresses.ts";
import type { TerraformJson } from "../support/synthesize.ts";

const page = readFileSync("docs/decisions/007-state-addresses.md", "utf8");
const codeBlocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code = ""]) =>
    name === language ? [code] : [],
  );

/** Runs code in the constructor of the construct `intake-queue`. */
function synthesize(build: (this: Construct) => void): Partial<TerraformJson> {
  const stack = new AddressedStack(Testing.app(), "stack", "~> 5.100");
  build.call(new Construct(stack, "intake-queue"));
  return withoutMetadata(JSON.parse(Testing.synth(stack)));
}
const fromPage = (code = "") => {
  const build = new Function("SqsQueue", code);
  return synthesize(function () {
    build.call(this, SqsQueue);
  });
};

describe("docs/decisions/007-state-addresses.md", () => {
  const [before, after] = codeBlocks("ts").map(fromPage);
  const [moved = ""] = codeBlocks("json");
  const queue = { name: "intake-dead-letter" };

  it("moves a renamed construct's resource to its new address, and changes nothing else", () => {
    expect(before?.resource).toEqual({ aws_sqs_queue: { intake_queue_dead_letter: queue } });
    expect(after).toEqual({
      ...before,
      resource: { aws_sqs_queue: { intake_queue_failed: queue } },
      moved: [JSON.parse(moved)],
    });
    expect(describeDifferences(recordAddresses(before ?? {}), after ?? {})).toEqual([
      "state address changed: aws_sqs_queue.intake_queue_dead_letter moves to aws_sqs_queue.intake_queue_failed",
      "state address changed: moved.aws_sqs_queue.intake_queue_dead_letter is new",
    ]);
  });
});

describe(AddressedStack, () => {
  it("moves every resource of a renamed construct", () => {
    const { moved } = synthesize(function () {
      for (const id of ["queue", "dead-letter"]) {
        new SqsQueue(this, id, {}).moveFromId(`aws_sqs_queue.queues_${id.replace("-", "_")}`);
      }
    });

    expect(moved).toEqual([
      { from: "aws_sqs_queue.queues_queue", to: "aws_sqs_queue.intake_queue_queue" },
      { from: "aws_sqs_queue.queues_dead_letter", to: "aws_sqs_queue.intake_queue_dead_letter" },
    ]);
  });

  it("takes one move for a resource", () => {
    const twice = () =>
      synthesize(function () {
        const queue = new SqsQueue(this, "queue", {});
        queue.moveFromId("aws_sqs_queue.first");
        queue.moveFromId("aws_sqs_queue.second");
      });

    expect(twice).toThrow("The resource queue has been given two different move operations");
  });
});
