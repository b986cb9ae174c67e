import { OpenApiError } from "./openapi-error.ts";
import { endpointProblems } from "./with-private-endpoint.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const maxPolicyCharacters = 8192;

/**
 * The resource policy of a private API: these VPC endpoints may invoke it, and nothing else may, whatever its
 * identity policy allows.
 * @throws OpenApiError without an endpoint, or where the policy gets too long
 */
export function privateApiPolicy({ vpcEndpointIds }: { vpcEndpointIds: readonly string[] }) {
  const problems = endpointProblems(vpcEndpointIds);
  if (problems.length > 0) throw new OpenApiError("no policy for these endpoints", problems);

  const endpoints = { "aws:SourceVpce": [...new Set(vpcEndpointIds)] };
  // "*" and not "execute-api:/*": API Gateway returns the latter as a full ARN, a difference in every plan.
  const invoke = { Principal: "*", Action: "execute-api:Invoke", Resource: "*" } as const;
  const policy = {
    Version: "2012-10-17",
    Statement: [
      { Sid: "AllowEndpoints", Effect: "Allow", ...invoke, Condition: { StringEquals: endpoints } },
      { Sid: "DenyElsewhere", Effect: "Deny", ...invoke, Condition: { StringNotEquals: endpoints } },
    ],
  };
  refuseLongPolicy(JSON.stringify(policy).length);
  return policy;
}

function refuseLongPolicy(characters: number): void {
  if (characters <= maxPolicyCharacters) return;
  const message = `the policy has ${characters} characters, API Gateway takes ${maxPolicyCharacters}; name fewer endpoints`;
  throw new OpenApiError("no policy for these endpoints", [
    { rule: "resource-policy-length", pointer: "", message },
  ]);
}
