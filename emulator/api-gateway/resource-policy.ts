import { z } from "zod";

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
}

/**
 * An evaluator of a resource policy as private APIs have it: any principal, and conditions on the source VPC
 * endpoint alone.
 * @throws Error at once if the policy holds anything else, rather than to let it pass unseen
 */
export function createResourcePolicy(json: string): (invocation: Invocation) => boolean {
  const { Statement: statements } = policySchema.parse(JSON.parse(json));
  statements.forEach(refuseUnknownConditions);
  return (invocation) => {
    const applying = statements.filter((statement) => applies(statement, invocation));
    return (
      applying.some(({ Effect }) => Effect === "Allow") && !applying.some(({ Effect }) => Effect === "Deny")
    );
  };
}

const conditions: Readonly<
  Record<string, (values: readonly string[], actual: string | undefined) => boolean>
> = {
  StringEquals: (values, actual) => actual !== undefined && values.includes(actual),
  // A key that the request does not have is not equal to anything.
  StringNotEquals: (values, actual) => actual === undefined || !values.includes(actual),
};

function refuseUnknownConditions({ Condition: condition }: Statement): void {
  for (const [operator, keys] of Object.entries(condition)) {
    for (const key of Object.keys(keys)) {
      if (!Object.hasOwn(conditions, operator) || key.toLowerCase() !== "aws:sourcevpce") {
        throw new Error(`The resource policy's condition ${operator} on ${key} is not evaluated here.`);
      }
    }
  }
}

function applies(statement: Statement, { resource, sourceVpcEndpoint }: Invocation): boolean {
  return (
    statement.Action.some((pattern) => matches(pattern, "execute-api:Invoke")) &&
    statement.Resource.some((pattern) => matches(pattern, resource)) &&
    Object.entries(statement.Condition).every(([operator, keys]) =>
      Object.values(keys).every((values) => conditions[operator]?.(values, sourceVpcEndpoint)),
    )
  );
}

function matches(pattern: string, value: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "i").test(value);
}
