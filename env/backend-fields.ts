import * as z from "zod";
import { byDefault, derived, isRecord } from "./field-notes.ts";
import { bucketName, choice, hostName, name, option, region, roleName } from "./field-types.ts";
import { project } from "./project.ts";

const ONE_ENTERPRISE = "one Terraform Enterprise for all environments: env/project.ts";

const local = option("local");
const s3 = option("s3", {
  bucket: bucketName,
  key: name(/^[\w!.*'()/-]{1,1024}$/, "must be an S3 object key"),
  region,
});

/** Where the state of what releases lies: not in what it releases to. */
export const bootstrapBackend = choice(
  'must have kind "local" or "s3": what releases is not released by itself',
  [local, s3],
);

/** Where the state of the stack `account-<environment>` lies, which outlives that of the environment. */
export const accountBackend = derived(
  choice(
    'must have kind "local" or "s3", a state of its own: it is applied before the environment, and stays when that is destroyed',
    [local, s3],
  ),
  "local, as that of the environment",
  ({ backend }) =>
    isRecord(backend) && backend["kind"] === "local" ? { kind: "local" as const } : undefined,
);

const workspaceName = name(/^[\w-]{1,90}$/, "must be the name of one workspace");

const teamName = name(/^[\w-]{1,90}$/, "must be the name of a team");

const managedWorkspace = z.strictObject({
  /** Of the stack `workspace-<environment>`. */
  backend: bootstrapBackend,
  project: name(/^[\w -]{1,40}$/, "must be the name of a project in Terraform Enterprise"),
  /** Whose token releases. */
  team: teamName,
  /** Whose token plans pull requests, where `delivery.plans` names the environment. */
  planTeam: teamName.exactOptional(),
  terraformVersion: name(/^(~> )?1\.\d+(\.\d+)?$/, 'must be a version of Terraform such as "~> 1.11"'),
  /** Workspace whose applies start a run of this one. */
  runAfter: workspaceName.exactOptional(),
  /** Variables whose values somebody enters in Terraform Enterprise. */
  sensitiveVariables: z.array(name(/^[a-z][a-z0-9_]*$/, "must be the name of a variable")),
  /** An account has one for each Terraform Enterprise: the first environment there makes it. */
  identityProvider: z.enum(["managed", "existing"], 'must be "managed" or "existing"'),
  /** Which the stack creates, with trust in this workspace alone: one that reads, one that writes. */
  roles: z.strictObject({ plan: roleName, apply: roleName }),
  applyPolicyArns: z
    .array(name(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "must be the ARN of a policy"))
    .min(1, "needs a policy: without any an apply can do nothing")
    .max(10, "must be at most 10 policies"),
});

/** Where the state of an environment lies. */
export const backend = choice('must have kind "local", "s3" or "tfe"', [
  local,
  s3,
  option("tfe", {
    hostname: hostName("app.terraform.io").apply(
      byDefault,
      project.terraformEnterprise.hostname,
      ONE_ENTERPRISE,
    ),
    organization: name(/^[\w-]+$/, "must be a Terraform Enterprise organization").apply(
      byDefault,
      project.terraformEnterprise.organization,
      ONE_ENTERPRISE,
    ),
    workspace: workspaceName,
    /** Of a release: by itself, or once somebody has confirmed it in Terraform Enterprise. */
    apply: z.enum(["automatic", "confirmed"], 'must be "automatic" or "confirmed"'),
    /** Makes the workspace, and its way into AWS, a stack of its own: `workspace-<environment>`. */
    managed: managedWorkspace.exactOptional(),
  }),
]);
