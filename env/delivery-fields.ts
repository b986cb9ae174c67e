import * as z from "zod";
import { bootstrapBackend } from "./backend-fields.ts";
import { byDefault, group, variable } from "./field-notes.ts";
import { awsId, choice, isUnique, name, option, role } from "./field-types.ts";

const environmentNames = z
  .array(name(/^[a-z][a-z0-9]{1,15}$/, "must be the name of an environment"))
  .max(10, "must be at most 10 environments")
  .refine(isUnique, "must not name an environment twice");
const secretName = name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN");
const tokenSecret = (build: string, task: string) =>
  secretName.apply(
    variable,
    `${build}_token_secret_name`,
    `Secret of Terraform Enterprise's token for the build that ${task}, which reads it at run time.`,
  );

/** Where what was released is verified: by `npm run verify`, before the next environment gets it. */
const verification = choice('must have kind "none" or "in-vpc"', [
  option("none"),
  /** By a build in a VPC of the account that builds, from where the proxy and the internet (by NAT) are reached. */
  option("in-vpc", {
    vpcId: awsId("vpc").apply(variable, "verification_vpc_id", "VPC in which what was released is verified."),
    subnetIds: z
      .array(awsId("subnet"))
      .min(1, "needs at least one subnet: a private one with a way to the internet, by NAT")
      .max(16, "must be at most 16 subnets, which is CodeBuild's limit")
      .refine(isUnique, "must not name a subnet twice")
      .apply(variable, "verification_subnet_ids", "Private subnets of that VPC, with NAT."),
    securityGroupIds: z
      .array(awsId("sg"))
      .min(1, "needs at least one security group, which lets HTTPS out")
      .max(5, "must be at most 5 security groups, which is CodeBuild's limit")
      .refine(isUnique, "must not name a security group twice")
      .apply(
        variable,
        "verification_security_group_ids",
        "Security groups of that build, which let HTTPS out.",
      ),
    /**
     * Credentials of the caller that verifies, by environment: { "<name>_token": "…" }, or where the proxy asks for a
     * certificate "<name>_certificate" and "<name>_key", as PEM.
     */
    secretName: secretName.apply(
      variable,
      "verification_secret_name",
      "Secret of the caller's credentials, by environment; the build that verifies reads it at run time.",
    ),
    environments: environmentNames.min(1, "needs at least one environment"),
    role: role("verify", "Role of the build that verifies what was released."),
  }),
]).apply(byDefault, { kind: "none" }, "needs a VPC with a way to the proxy");

/** Whether this environment's account builds, and what it releases. */
export const delivery = choice('must have kind "none" or "codebuild"', [
  option("none"),
  option("codebuild", {
    /** Of the stack `delivery-<environment>`. */
    backend: bootstrapBackend,
    repository: name(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "must be owner/name of a GitHub repository").apply(
      variable,
      "repository",
      "GitHub repository, as owner/name.",
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
      "Connection to GitHub; somebody has authorized it once in the console.",
    ),
    /**
     * GitHub's numbers of those who start a build here by opening a pull request or pushing to one:
     * https://api.github.com/users/<name>. What they start can read the repository with the connection's token: name
     * nobody who may not push to it.
     */
    trustedActorIds: z
      .array(name(/^\d{1,20}$/, "must be the number of a GitHub account, as a string"))
      .min(1, "needs at least one account")
      .max(50, "must be at most 50 accounts")
      .apply(variable, "trusted_actor_ids", "Numbers of the GitHub accounts whose pull requests are built."),
    /** The secrets hold { "token": "…" }: of a team that releases, and of one that may only plan what `plans` names. */
    tokenSecretNames: z.strictObject({
      release: tokenSecret("release", "releases"),
      plan: tokenSecret("plan", "plans pull requests"),
    }),
    releases: environmentNames
      .min(1, "needs at least one environment")
      .apply(
        variable,
        "releases",
        "Environments in the order of promotion: each gets what the one before has applied.",
      ),
    /** By a speculative run; none whose runs are confirmed. */
    plans: environmentNames.apply(variable, "plans", "Environments that pull requests are planned for."),
    verification,
    roles: group({
      check: role("check", "Role of the build that checks pull requests."),
      plan: role("plan", "Role of the build that plans pull requests."),
      release: role("release", "Role of the build that releases."),
      planStarter: role("plan_starter", "Role with which EventBridge starts the plans."),
    }),
  }),
]).apply(byDefault, { kind: "none" }, "one account builds for all environments");
