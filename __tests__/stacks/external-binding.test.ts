import { App } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../emulator/terraform/evaluate.ts";
import { parseTemplate } from "../../emulator/terraform/expression.ts";
import { externalArnOf } from "../../env/external-arns.ts";
import { AddressedStack } from "../../stacks/constructs/addressed-stack.ts";
import { ExternalBinding } from "../../stacks/constructs/external-binding.ts";
import { itHolds } from "../support/property.ts";

const noReferences = {
  lookUp: (path: readonly string[]): never => expect.fail(`nothing is named ${path.join(".")}`),
};

/** The parts as Terraform computes them. */
function partsOf(placeholder: string, arn: string): Record<string, unknown> {
  const stack = new AddressedStack(new App({ outdir: "unused" }), "stack", "~> 5.100");
  const binding = new ExternalBinding(stack, "x", { placeholder, arn });
  for (const part of ["account", "region", "name"] as const) binding.parts[part]?.();
  const { locals }: { locals: Record<string, string> } = stack.toTerraform();
  return Object.fromEntries(
    Object.entries(locals).map(([name, text]) => [
      name.replace("x_", ""),
      evaluate(parseTemplate(text), noReferences),
    ]),
  );
}

/** Kind, and its ARN by account, region and name. */
const kinds: readonly (readonly [string, (place: string, name: string) => string])[] = [
  ["deliveryStream", (place, name) => `arn:aws:firehose:${place}:deliverystream/${name}`],
  ["eventBus", (place, name) => `arn:aws:events:${place}:event-bus/${name}`],
  ["function", (place, name) => `arn:aws:lambda:${place}:function:${name}`],
  ["key", (place, name) => `arn:aws:kms:${place}:key/${name}`],
  ["key", (place, name) => `arn:aws:kms:${place}:alias/${name}`],
  ["queue", (place, name) => `arn:aws:sqs:${place}:${name}`],
  ["stateMachine", (place, name) => `arn:aws:states:${place}:stateMachine:${name}`],
  ["stream", (place, name) => `arn:aws:kinesis:${place}:stream/${name}`],
  ["table", (place, name) => `arn:aws:dynamodb:${place}:table/${name}`],
  ["topic", (place, name) => `arn:aws:sns:${place}:${name}`],
];

describe(ExternalBinding, () => {
  itHolds(
    "takes apart what it is bound to, whatever its kind and name",
    fc.property(
      fc.constantFrom(...kinds),
      fc.stringMatching(/^[a-z]{2}-[a-z]{4,9}-\d$/),
      fc.stringMatching(/^\d{12}$/),
      fc.stringMatching(/^[A-Za-z0-9-]{3,20}$/),
      ([kind, arnOf], region, account, name) => {
        const arn = arnOf(`${region}:${account}`, name);

        expect(externalArnOf(kind).safeParse(arn).success).toBe(true);
        expect(partsOf(`${kind}.x`, arn)).toEqual({ account, region, name });
      },
    ),
    { numRuns: 40 },
  );

  it("keeps all of a name that has a slash", () => {
    expect(partsOf("eventBus.x", "arn:aws:events:eu-west-1:111111111111:event-bus/aws.partner/a/b")).toEqual({
      account: "111111111111",
      region: "eu-west-1",
      name: "aws.partner/a/b",
    });
  });

  it("knows of a bucket its name alone, and of a user pool its id", () => {
    expect(partsOf("bucket.x", "arn:aws:s3:::a.b-c")).toEqual({ name: "a.b-c" });
    expect(
      partsOf("userPool.x", "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_Ab1"),
    ).toMatchObject({ name: "eu-west-1_Ab1" });
  });
});
