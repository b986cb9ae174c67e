import type { TerraformStack } from "cdktf";
import type { Environment } from "../../env/schema.ts";
import { REGION, SECRET_NAME } from "./name-rules.ts";
import { declareRoles } from "./role-variables.ts";
import { eachMatches, matches, rule, TerraformVariables, type Validation } from "./terraform-variables.ts";

export type Delivery = Extract<Environment["delivery"], { kind: "codebuild" }>;

export type DeliveryVariables = ReturnType<typeof declareDeliveryVariables>;

/** Declares the variables of an account that builds, and returns references to them. */
export function declareDeliveryVariables(
  stack: TerraformStack,
  environment: Environment,
  delivery: Delivery,
) {
  const variables = new TerraformVariables(stack);
  const role = declareRoles(variables);
  const secret = (name: string, value: string, task: string, ...more: Validation[]) =>
    variables.string(
      `${name}_token_secret_name`,
      value,
      `Secret of Terraform Enterprise's token for the build that ${task}, which reads it at run time.`,
      SECRET_NAME,
      ...more,
    );
  return {
    accountId: variables.string(
      "account_id",
      environment.accountId,
      "The only AWS account this configuration may be applied to.",
      matches("^[0-9]{12}$", "must be a 12-digit AWS account id."),
    ),
    region: variables.string(
      "region",
      environment.region,
      "AWS region of everything in this configuration.",
      REGION,
    ),
    namePrefix: variables.string(
      "name_prefix",
      environment.namePrefix,
      "Begins the name of projects, key and bucket.",
      matches("^[a-z][a-z0-9-]{2,30}$", "must be 3 to 31 lower-case letters, digits and hyphens."),
    ),
    tags: variables.stringMap("tags", environment.tags, "Tags of every resource."),
    repository: variables.string(
      "repository",
      delivery.repository,
      "GitHub repository, as owner/name.",
      matches("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", "must be owner/name."),
    ),
    branch: variables.string(
      "branch",
      delivery.branch,
      "Branch that is released.",
      matches("^[A-Za-z0-9_./-]{1,200}$", "must be the name of a branch."),
    ),
    connectionArn: variables.string(
      "connection_arn",
      delivery.connectionArn,
      "Connection to GitHub.",
      matches(
        "^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$",
        "must be the ARN of a connection.",
      ),
    ),
    trustedActorIds: variables.strings(
      "trusted_actor_ids",
      delivery.trustedActorIds,
      "Numbers of the GitHub accounts whose pull requests are built.",
      eachMatches("^[0-9]{1,20}$", "must be numbers of GitHub accounts."),
    ),
    releaseTokenSecretName: secret("release", delivery.tokenSecretNames.release, "releases"),
    planTokenSecretName: secret(
      "plan",
      delivery.tokenSecretNames.plan,
      "plans pull requests",
      rule(
        (reference) => `${reference} != var.release_token_secret_name`,
        "must not be the secret of what releases.",
      ),
    ),
    releases: variables.strings(
      "releases",
      delivery.releases,
      "Environments that are released, in the order of promotion.",
      eachMatches("^[a-z][a-z0-9]{1,15}$", "must be names of environments."),
      rule(
        (reference) => `length(distinct(${reference})) == length(${reference})`,
        "must not name one twice.",
      ),
    ),
    plans: variables.strings(
      "plans",
      delivery.plans,
      "Environments that pull requests are planned for.",
      rule(
        (reference) => `alltrue([for each in ${reference} : can(regex("^[a-z][a-z0-9]{1,15}$", each))])`,
        "must be names of environments.",
      ),
      rule(
        (reference) => `length(distinct(${reference})) == length(${reference})`,
        "must not name one twice.",
      ),
    ),
    planRoleName: role("plan", delivery.roles.plan.name, "Role of the build that plans pull requests."),
    planStarterRoleName: role(
      "plan_starter",
      delivery.roles.planStarter.name,
      "Role with which EventBridge starts the plans.",
    ),
    checkRoleName: role("check", delivery.roles.check.name, "Role of the build that checks pull requests."),
    releaseRoleName: role("release", delivery.roles.release.name, "Role of the build that releases."),
    logRetentionDays: variables.number(
      "log_retention_days",
      environment.retention.logDays,
      "Retention of the builds' logs.",
      rule((reference) => `${reference} >= 1`, "must be at least 1."),
    ),
    /** Value of every variable, by its name: the content of `<stack>.auto.tfvars.json`. */
    values: variables.values,
  };
}
