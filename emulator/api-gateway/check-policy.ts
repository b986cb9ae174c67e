import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { GatewayError } from "./gateway-error.ts";
import { checkMethodArn } from "./limits.ts";
import type { ApiRequest } from "./messages.ts";
import { createResourcePolicy } from "./resource-policy.ts";

/** The policy that stands in the document; one that is given beside it takes its place, as on AWS. */
export function policyOf(document: OpenApiDocument): string | undefined {
  const policy = document["x-amazon-apigateway-policy"];
  return policy === undefined ? undefined : JSON.stringify(policy);
}

/**
 * Asks a resource policy about a method's ARN and a request.
 * @returns a check that throws a GatewayError where the policy does not let the request in
 * @throws UserError at once if the policy holds what is not evaluated here
 */
export function createPolicyCheck(policy: string) {
  const allows = createResourcePolicy(policy);
  return (arn: string, { sourceIp, sourceVpcEndpoint }: ApiRequest): void => {
    checkMethodArn(arn);
    // An endpoint alone tells an address of the VPC.
    const vpcSourceIp = sourceVpcEndpoint === undefined ? undefined : sourceIp;
    if (!allows({ resource: arn, sourceVpcEndpoint, vpcSourceIp })) throw accessDenied(arn);
  };
}

function accessDenied(arn: string): GatewayError {
  const masked = arn.replace(/:\d{8}(\d{4}):/, ":********$1:");
  return new GatewayError("ACCESS_DENIED", {
    message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${masked}`,
  });
}
