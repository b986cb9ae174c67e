import * as z from "zod";
import { derived, isRecord } from "./field-notes.ts";
import { bucketName, choice, hostName, name, option, region, roleName } from "./field-types.ts";
import { project } from "./project.ts";

const ONE_ENTERPRISE = "terraformEnterprise in env/project.ts, which all environments share";

const local = option("local").describe("A file on your machine. For trials only.");
const s3 = option("s3", {
  bucket: bucketName.describe("Bucket of the Terraform state."),
  key: name(/^[\w!.*'()/-]{1,1024}$/, "must be an S3 object key").describe(
    "Object key of the Terraform state.",
  ),
  region: region.describe("Region of that bucket."),
}).describe("An S3 bucket.");

/** Of a stack that sets up releases: its state must not lie in the Terraform Enterprise that it releases to. */
export const bootstrapBackend = choice(
  'must have kind "local" or "s3": Terraform Enterprise can\'t hold the state of a stack that sets up its releases',
  [local, s3],
);

/** Where the stack `account-<environment>` keeps its state, which stays when the environment is destroyed. */
export const accountBackend = derived(
  choice(
    'must have kind "local" or "s3": the account stack needs its own state, because it is applied before the environment and stays when the environment is destroyed',
    [local, s3],
  ).describe("Where the stack account-<environment> keeps its Terraform state."),
  "local if backend.kind is local, otherwise required",
  ({ backend }) =>
    isRecord(backend) && backend["kind"] === "local" ? { kind: "local" as const } : undefined,
);

const workspaceName = name(/^[\w-]{1,90}$/, "must be the name of one workspace");

const teamName = name(/^[\w-]{1,90}$/, "must be the name of a team");

const managedWorkspace = z.strictObject({
  backend: bootstrapBackend.describe("Where the stack workspace-<environment> keeps its Terraform state."),
  project: name(/^[\w -]{1,40}$/, "must be the name of a project in Terraform Enterprise").describe(
    "Project of the workspace in Terraform Enterprise.",
  ),
  team: teamName.describe("Team of Terraform Enterprise. The build that releases uses its token."),
  planTeam: teamName
    .describe(
      "Team of Terraform Enterprise. The build that plans pull requests uses its token. Required if delivery.plans contains the environment.",
    )
    .exactOptional(),
  terraformVersion: name(
    /^(~> )?1\.\d+(\.\d+)?$/,
    'must be a version of Terraform such as "~> 1.11"',
  ).describe("Version of Terraform that runs in the workspace."),
  runAfter: workspaceName
    .describe(
      "Another workspace. After each apply there, Terraform Enterprise starts a run of this workspace.",
    )
    .exactOptional(),
  sensitiveVariables: z
    .array(name(/^[a-z][a-z0-9_]*$/, "must be the name of a variable"))
    .describe(
      "Names of Terraform variables. The stack adds them to the workspace as sensitive, and somebody enters their values there.",
    ),
  /** An account has one for each Terraform Enterprise: the first environment there creates it. */
  identityProvider: z
    .enum(["managed", "existing"], 'must be "managed" or "existing"')
    .describe("IAM identity provider of Terraform Enterprise: created by the stack, or looked up."),
  /** The stack creates both, and they trust this workspace alone. */
  roles: z.strictObject({
    plan: roleName.describe("Name of the role with which plans read from AWS."),
    apply: roleName.describe("Name of the role with which applies change AWS."),
  }),
  applyPolicyArns: z
    .array(name(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "must be the ARN of a policy"))
    .min(1, "needs at least one policy: without one, an apply has no permissions")
    .max(10, "must be at most 10 policies")
    .describe("Policies of the apply role."),
});

export const backend = choice('must have kind "local", "s3" or "tfe"', [
  local,
  s3,
  option("tfe", {
    hostname: hostName("app.terraform.io")
      .describe("Host of Terraform Enterprise.")
      .apply(derived, ONE_ENTERPRISE, () => project.terraformEnterprise.hostname),
    organization: name(/^[\w-]+$/, "must be a Terraform Enterprise organization")
      .describe("Organization in Terraform Enterprise.")
      .apply(derived, ONE_ENTERPRISE, () => project.terraformEnterprise.organization),
    workspace: workspaceName.describe("Workspace of the environment."),
    apply: z
      .enum(["automatic", "confirmed"], 'must be "automatic" or "confirmed"')
      .describe("Whether a release applies at once, or after somebody confirms it in Terraform Enterprise."),
    managed: managedWorkspace
      .describe("Adds the stack workspace-<environment>, which creates the workspace and its roles in AWS.")
      .exactOptional(),
  }).describe("Terraform Enterprise, which also plans and applies."),
]).describe("Where Terraform keeps the state of the environment.");
