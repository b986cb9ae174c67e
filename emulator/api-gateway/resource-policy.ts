import { isIPv4 } from "node:net";
import { z } from "zod";
import { parseJson } from "../../contract/parse-json.ts";
import { UserError } from "../../contract/user-error.ts";
import { arnsFor } from "./method-arn.ts";
import { matchesPolicyPattern, namesInvoke } from "./policy-pattern.ts";

const listSchema = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const policySchema = z.object({
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.enum(["Allow", "Deny"]),
      Principal: z.union([z.literal("*"), z.strictObject({ AWS: z.literal("*") })]),
      Action: listSchema,
      Resource: listSchema,
      Condition: z.record(z.string(), z.record(z.string(), listSchema)).default({}),
    }),
  ),
});

type Policy = z.infer<typeof policySchema>;
type Statement = Policy["Statement"][number];

export interface Invocation {
  /** `arn:partition:execute-api:region:account:api/stage/method/path` */
  readonly resource: string;
  readonly sourceVpcEndpoint: string | undefined;
  /** IPv4; of a request that comes through a VPC endpoint. */
  readonly vpcSourceIp: string | undefined;
}

/**
 * An evaluator of a resource policy as private APIs have it: any principal, and conditions on the source VPC endpoint and the
 * caller's address in the VPC alone.
 * @throws UserError at once if the policy holds anything else, rather than to let it pass unseen
 */
export function createResourcePolicy(json: string): (invocation: Invocation) => boolean {
  const statements = statementsOf(json);
  statements.forEach(refuseUnknownConditions);
  return (invocation) => {
    const applying = statements.filter((statement) => applies(statement, invocation));
    return (
      applying.some(({ Effect }) => Effect === "Allow") && !applying.some(({ Effect }) => Effect === "Deny")
    );
  };
}

/** The first address that a policy's denials spare, where they spare only some; of one that is not understood, none. */
export function firstAdmittedAddress(json: string): string | undefined {
  const { data } = policySchema.safeParse(parseJson(json));
  const [block] = (data?.Statement ?? [])
    .filter(({ Effect }) => Effect === "Deny")
    .flatMap(({ Condition }) => Object.entries(Condition["NotIpAddress"] ?? {}))
    .flatMap(([key, values]) => (key.toLowerCase() === "aws:vpcsourceip" ? values : []));
  return block?.split("/")[0];
}

function statementsOf(json: string): Statement[] {
  const parsed = policySchema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data.Statement;
  throw new UserError(
    `The resource policy is not evaluated here: ${z.prettifyError(parsed.error)}\n  Write statements for any principal ("*"), with Effect, Action, Resource and Condition.`,
  );
}

interface Condition {
  readonly actualOf: (invocation: Invocation) => string | undefined;
  readonly isValue?: (value: string) => boolean;
  readonly holds: (values: readonly string[], actual: string | undefined) => boolean;
}

const endpoint = { actualOf: ({ sourceVpcEndpoint }: Invocation) => sourceVpcEndpoint };
const address = { actualOf: ({ vpcSourceIp }: Invocation) => vpcSourceIp, isValue: isBlock };

/** By operator and key. What the request does not have is equal to nothing, and so is not equal to anything. */
const conditions: Readonly<Record<string, Condition>> = {
  "StringEquals aws:sourcevpce": { ...endpoint, holds: includes },
  "StringNotEquals aws:sourcevpce": { ...endpoint, holds: (values, actual) => !includes(values, actual) },
  "IpAddress aws:vpcsourceip": { ...address, holds: liesIn },
  "NotIpAddress aws:vpcsourceip": { ...address, holds: (values, actual) => !liesIn(values, actual) },
};

function conditionOf(operator: string, key: string): Condition | undefined {
  const name = `${operator} ${key.toLowerCase()}`;
  return Object.hasOwn(conditions, name) ? conditions[name] : undefined;
}

function refuseUnknownConditions({ Condition: condition }: Statement): void {
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, values] of Object.entries(keys)) {
      const known = conditionOf(operator, key);
      const unknown = values.find((value) => known?.isValue?.(value) === false);
      if (known === undefined || unknown !== undefined) {
        const which = unknown === undefined ? key : `${key} with "${unknown}"`;
        throw new UserError(
          `The resource policy's condition ${operator} on ${which} is not evaluated here. Use aws:SourceVpce (StringEquals, StringNotEquals) or aws:VpcSourceIp (IpAddress, NotIpAddress).`,
        );
      }
    }
  }
}

function applies(statement: Statement, invocation: Invocation): boolean {
  return (
    statement.Action.some(namesInvoke) &&
    statement.Resource.some((pattern) =>
      arnsFor(statement.Effect, invocation.resource).some((arn) => namesResource(pattern, arn)),
    ) &&
    Object.entries(statement.Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => {
        const condition = conditionOf(operator, key);
        return condition?.holds(values, condition.actualOf(invocation));
      }),
    )
  );
}

function includes(values: readonly string[], actual: string | undefined): boolean {
  return actual !== undefined && values.includes(actual);
}

/** Whether an IPv4 address is one of these, or lies in one of these blocks. */
function liesIn(blocks: readonly string[], actual: string | undefined): boolean {
  if (actual === undefined || !isIPv4(actual)) return false;
  return blocks.some((block) => {
    const { network, size } = parseBlock(block);
    return Math.floor(numberOf(actual) / size) === Math.floor(network / size);
  });
}

function isBlock(value: string): boolean {
  const [address = "", length = "32", ...more] = value.split("/");
  return isIPv4(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32 && more.length === 0;
}

/** A plain address is a block of one. */
function parseBlock(block: string) {
  const [address = "", length = "32"] = block.split("/");
  return { network: numberOf(address), size: 2 ** (32 - Number(length)) };
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/**
 * API Gateway puts the API's own ARN before a resource that is written in short, such as `execute-api:/v1/GET/*`:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
 */
function namesResource(pattern: string, arn: string): boolean {
  const [api = ""] = arn.split("/");
  return matchesPolicyPattern(
    pattern.replace(/^execute-api:(?=\/)/, () => api),
    arn,
  );
}
