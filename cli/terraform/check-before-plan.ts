import { throwProblems } from "../../contract/user-error.ts";
import type { Environment, RegisteredEnvironments } from "../../env/schema.ts";
import { lookAtGatewayAccount } from "./check-gateway-account.ts";
import { lookAtIntakeBucket } from "./check-intake-bucket.ts";
import { lookAtVpcEndpoint } from "./check-vpc-endpoint.ts";

const LOOKS = [lookAtGatewayAccount, lookAtIntakeBucket, lookAtVpcEndpoint];

/**
 * Looks at what an apply would take from others of the account, and at what a plan says only in its own words. It asks for what the
 * environment's file names; values that Terraform is given besides are not known here.
 * @returns what to warn of: what could not be looked at
 * @throws UserError with all that is wrong at once
 */
export async function checkBeforePlan(
  environment: Environment,
  env: NodeJS.ProcessEnv,
  registered: RegisteredEnvironments = {},
): Promise<string[]> {
  const findings = (await Promise.all(LOOKS.map((look) => look(environment, env, registered)))).flat();
  const textsOf = (kind: "problem" | "warning") =>
    findings.filter((finding) => finding.kind === kind).map(({ text }) => text);
  throwProblems(textsOf("problem"));
  return textsOf("warning");
}

/** What is not looked at where the credentials of the run are not here. */
export function describeUnlooked({ buckets, vpcEndpoint }: Environment, because: string): string {
  const what = [
    "API Gateway's logging role",
    ...(buckets.intake.kind === "existing" ? ["the notifications of the intake bucket"] : []),
    ...(vpcEndpoint.kind === "existing" && vpcEndpoint.account === undefined ? ["the VPC endpoint"] : []),
  ].join(", ");
  return `Not checked before Terraform starts, ${because}: ${what} (docs/deploy.md#before-terraform-starts).`;
}
