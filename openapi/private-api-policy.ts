import { OpenApiError } from "./openapi-error.ts";
import { endpointProblems } from "./with-private-endpoint.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const maxPolicyCharacters = 8192;

export interface PrivateApiAccess {
  readonly vpcEndpointIds: readonly string[];
  /** CIDR blocks of the external API proxy; "any" is every address. */
  readonly proxyAddresses: readonly string[] | "any";
}

/**
 * The resource policy of a private API: these VPC endpoints may invoke it, from the proxy's addresses, and nothing else may,
 * whatever its identity policy allows.
 * @throws OpenApiError without an endpoint or an address, or where the policy gets too long
 */
export function privateApiPolicy({ vpcEndpointIds, proxyAddresses }: PrivateApiAccess) {
  const problems = [...endpointProblems(vpcEndpointIds), ...addressProblems(proxyAddresses)];
  if (problems.length > 0)
    throw new OpenApiError("these endpoints and addresses give no valid resource policy", problems);

  const endpoints = { "aws:SourceVpce": [...new Set(vpcEndpointIds)] };
  // "*" and not "execute-api:/*": API Gateway returns the latter as a full ARN, a difference in every plan.
  const invoke = { Principal: "*", Action: "execute-api:Invoke", Resource: "*" } as const;
  const policy = {
    Version: "2012-10-17",
    Statement: [
      { Sid: "AllowEndpoints", Effect: "Allow", ...invoke, Condition: { StringEquals: endpoints } },
      { Sid: "DenyElsewhere", Effect: "Deny", ...invoke, Condition: { StringNotEquals: endpoints } },
      ...(proxyAddresses === "any" ? [] : [{ ...denyOtherAddresses(proxyAddresses), ...invoke }]),
    ],
  };
  refuseLongPolicy(JSON.stringify(policy).length);
  return policy;
}

/**
 * A statement of its own, since the conditions of one statement have to hold all at once. An endpoint hides the caller's address
 * from aws:SourceIp: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html.
 * A request without an address is denied as well:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function denyOtherAddresses(proxyAddresses: readonly string[]) {
  return {
    Sid: "DenyOtherAddresses",
    Effect: "Deny",
    Condition: { NotIpAddress: { "aws:VpcSourceIp": proxyAddresses } },
  } as const;
}

/** Without an address to spare, AWS would deny nothing: a condition needs a value. */
function addressProblems(proxyAddresses: PrivateApiAccess["proxyAddresses"]) {
  if (proxyAddresses.length > 0) return [];
  const message = 'the proxy has no addresses; set its CIDR blocks, or "any"';
  return [{ rule: "proxy-addresses", pointer: "", message }];
}

function refuseLongPolicy(characters: number): void {
  if (characters <= maxPolicyCharacters) return;
  const message = `the policy has ${characters} characters, and API Gateway accepts ${maxPolicyCharacters}; set fewer endpoints and addresses`;
  throw new OpenApiError("these endpoints and addresses give no valid resource policy", [
    { rule: "resource-policy-length", pointer: "", message },
  ]);
}
