import * as z from "zod";
import { bootstrapBackend } from "./backend-fields.ts";
import { byDefault, group, variable } from "./field-notes.ts";
import { awsId, choice, isUnique, name, option, role } from "./field-types.ts";

const environmentNames = z
  .array(name(/^[a-z][a-z0-9]{1,15}$/, "must be the name of an environment"))
  .max(10, "must be at most 10 environments")
  .refine(isUnique, "must not contain an environment twice");
const secretName = name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN");
const tokenSecret = (build: string, task: string) =>
  secretName.apply(
    variable,
    `${build}_token_secret_name`,
    `Name of the secret in Secrets Manager with a token of Terraform Enterprise. The build that ${task} reads it at run time.`,
  );

const verification = choice('must have kind "none" or "in-vpc"', [
  option("none").describe("Releases are not verified."),
  option("in-vpc", {
    vpcId: awsId("vpc").apply(variable, "verification_vpc_id", "VPC of the build that verifies releases."),
    subnetIds: z
      .array(awsId("subnet"))
      .min(1, "needs at least one subnet: a private one with a route to the internet through NAT")
      .max(16, "must be at most 16 subnets, which is CodeBuild's limit")
      .refine(isUnique, "must not contain a subnet twice")
      .apply(
        variable,
        "verification_subnet_ids",
        "Private subnets of that VPC, with a route to the internet through NAT.",
      ),
    securityGroupIds: z
      .array(awsId("sg"))
      .min(1, "needs at least one security group, which allows outgoing HTTPS")
      .max(5, "must be at most 5 security groups, which is CodeBuild's limit")
      .refine(isUnique, "must not contain a security group twice")
      .apply(
        variable,
        "verification_security_group_ids",
        "Security groups of that build, which allow outgoing HTTPS.",
      ),
    /**
     * By environment: { "<name>_token": "…" }, or if the proxy requires a certificate "<name>_certificate" and "<name>_key",
     * as PEM.
     */
    secretName: secretName.apply(
      variable,
      "verification_secret_name",
      "Name of the secret in Secrets Manager with the credentials of the caller that verifies, for each environment. The build reads it at run time.",
    ),
    environments: environmentNames
      .min(1, "needs at least one environment")
      .describe("Environments in which releases are verified."),
    role: role("verify", "Role of the build that verifies releases."),
  }).describe(
    "A build in a VPC verifies releases. From this VPC it must reach the proxy and, through NAT, the internet.",
  ),
])
  .describe(
    "Whether a build runs npm run verify after each release, before it releases to the next environment.",
  )
  .apply(byDefault, { kind: "none" }, "verification needs a VPC from which the proxy can be reached");

export const delivery = choice('must have kind "none" or "codebuild"', [
  option("none").describe("The account of the environment has no builds."),
  option("codebuild", {
    backend: bootstrapBackend.describe("Where the stack delivery-<environment> keeps its Terraform state."),
    repository: name(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "must be owner/name of a GitHub repository").apply(
      variable,
      "repository",
      "GitHub repository in the form owner/name.",
    ),
    branch: name(/^[\w./-]{1,200}$/, "must be the name of the branch that is released").apply(
      variable,
      "branch",
      "Branch that is released.",
    ),
    connectionArn: name(
      /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
      "must be the ARN of a connection",
    ).apply(
      variable,
      "connection_arn",
      "ARN of the connection to GitHub, which must be authorized once in the AWS console.",
    ),
    /**
     * Their pull requests, and pushes to them, start builds. https://api.github.com/users/<name> shows the id. A build can
     * read the repository with the connection's token: name only accounts that may push to it.
     */
    trustedActorIds: z
      .array(name(/^\d{1,20}$/, "must be the id of a GitHub account: digits, as a string"))
      .min(1, "needs at least one account")
      .max(50, "must be at most 50 accounts")
      .apply(variable, "trusted_actor_ids", "Ids of the GitHub accounts whose pull requests start builds."),
    /** The secrets hold { "token": "…" }: of a team that releases, and of one that may only plan what `plans` names. */
    tokenSecretNames: z.strictObject({
      release: tokenSecret("release", "releases"),
      plan: tokenSecret("plan", "plans pull requests"),
    }),
    releases: environmentNames
      .min(1, "needs at least one environment")
      .apply(variable, "releases", "Environments to release to, in the order of promotion."),
    /** By speculative runs: not for environments whose runs somebody confirms. */
    plans: environmentNames.apply(variable, "plans", "Environments for which pull requests are planned."),
    verification,
    roles: group({
      check: role("check", "Role of the build that checks pull requests."),
      plan: role("plan", "Role of the build that plans pull requests."),
      release: role("release", "Role of the build that releases."),
      planStarter: role("plan_starter", "Role with which EventBridge starts the plans."),
    }),
  }).describe("Adds the stack delivery-<environment>: builds in AWS CodeBuild that check, plan and release."),
])
  .describe("Whether builds run in the account of the environment, and which environments they release to.")
  .apply(byDefault, { kind: "none" }, "the account of one environment builds for all environments");
