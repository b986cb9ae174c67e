import { z } from "zod";
import { parseJson } from "../../../contract/parse-json.ts";
import { arnsFor } from "../method-arn.ts";
import { matchesPolicyPattern, namesInvoke } from "../policy-pattern.ts";

const listSchema = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** Strict: a statement with a condition, for one, would count where it does not apply. */
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: listSchema,
  Resource: listSchema,
});

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html, by which `principalId` must be there;
 * as measured on AWS it need not: https://dev.to/marcogrcr/api-gateway-lambda-authorizer-lambda-proxy-integration-failure-modes-52bc
 */
const answerSchema = z.object({
  principalId: z.string().nullish(),
  policyDocument: z.object({
    Statement: z
      .union([statementSchema, z.array(statementSchema)])
      .transform((value): Statement[] => [value].flat()),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  usageIdentifierKey: z.string().nullish(),
});

type Statement = z.infer<typeof statementSchema>;

/** What an authorizer says of a caller; it may hold for other methods than the one it was asked about. */
export interface AuthorizerAnswer {
  readonly statements: readonly Statement[];
  readonly principalId: string | undefined;
  /** Every value as text, as it goes on to mappings, templates and functions. */
  readonly context: Readonly<Record<string, string>>;
  /** The API key of the caller, where the API takes its keys from authorizers. */
  readonly usageIdentifierKey: string | undefined;
}

/**
 * @throws Error that says what is wrong, without a value of the answer
 */
export function parseAnswer(payload: string): AuthorizerAnswer {
  const parsed = answerSchema.safeParse(parseJson(payload));
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".") || "answer"}: ${message}`,
    );
    throw new Error(issues.join("; "));
  }
  const { principalId, policyDocument, context, usageIdentifierKey } = parsed.data;
  return {
    statements: policyDocument.Statement,
    principalId: principalId ?? undefined,
    context: Object.fromEntries(Object.entries(context ?? {}).map(([key, value]) => [key, String(value)])),
    usageIdentifierKey: usageIdentifierKey ?? undefined,
  };
}

/** An explicit denial goes before whatever allows. */
export function effectOf(
  { statements }: AuthorizerAnswer,
  methodArn: string,
): "Allow" | "Deny" | "implicit Deny" {
  const effects = statements
    .filter(
      ({ Effect, Action, Resource }) =>
        Action.some(namesInvoke) &&
        Resource.some((pattern) =>
          arnsFor(Effect, methodArn).some((arn) => matchesPolicyPattern(pattern, arn)),
        ),
    )
    .map(({ Effect }) => Effect);
  if (effects.includes("Deny")) return "Deny";
  return effects.includes("Allow") ? "Allow" : "implicit Deny";
}
