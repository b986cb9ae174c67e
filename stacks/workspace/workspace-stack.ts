import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { DataTfeProject } from "@cdktf/provider-tfe/lib/data-tfe-project/index.js";
import { DataTfeTeam } from "@cdktf/provider-tfe/lib/data-tfe-team/index.js";
import { DataTfeWorkspace } from "@cdktf/provider-tfe/lib/data-tfe-workspace/index.js";
import { TfeProvider } from "@cdktf/provider-tfe/lib/provider/index.js";
import { RunTrigger } from "@cdktf/provider-tfe/lib/run-trigger/index.js";
import { TeamAccess } from "@cdktf/provider-tfe/lib/team-access/index.js";
import { Variable } from "@cdktf/provider-tfe/lib/variable/index.js";
import { Workspace } from "@cdktf/provider-tfe/lib/workspace/index.js";
import { WorkspaceSettings } from "@cdktf/provider-tfe/lib/workspace-settings/index.js";
import type { Construct } from "constructs";
import type { Environment } from "../../env/schema.ts";
import { AddressedStack } from "../constructs/addressed-stack.ts";
import { policyDocument, type Statement } from "../constructs/policy-document.ts";
import { configureBackend } from "../constructs/terraform-backend.ts";

/** The last version that the bindings describe; its Terraform registry address is `hashicorp/tfe`. */
const TFE_PROVIDER_VERSION = "~> 0.71";
/** What Terraform Enterprise's tokens are for: https://developer.hashicorp.com/terraform/enterprise/workspaces/dynamic-provider-credentials/aws-configuration */
const AUDIENCE = "aws.workload.identity";

/** A plan looks at how things are set, and pull requests decide what it runs: what lies in them is not for it. */
export const PLAN_DENIALS: readonly Statement[] = [
  {
    Sid: "NoPayloadsRecordsMessagesSecretsOrLogs",
    Effect: "Deny",
    Action: [
      "s3:GetObject",
      "s3:GetObjectVersion",
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:GetRecords",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
      "sqs:ReceiveMessage",
      "secretsmanager:GetSecretValue",
      "ssm:GetParameter*",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
    ],
    Resource: "*",
  },
];

type EnterpriseBackend = Extract<Environment["backend"], { kind: "tfe" }>;
export type ManagedBackend = EnterpriseBackend & {
  readonly managed: NonNullable<EnterpriseBackend["managed"]>;
};

/** A run reads in the one, and changes what there is in the other. */
type Phase = "plan" | "apply";

/** Terraform Enterprise's own words: https://developer.hashicorp.com/terraform/enterprise/api-docs/team-access */
interface TeamRights {
  readonly name: string;
  readonly runs: Phase;
  readonly stateVersions: "none" | "read-outputs";
}

export interface WorkspaceStackProps {
  readonly environment: Environment;
  readonly backend: ManagedBackend;
}

/**
 * The workspace of one environment in Terraform Enterprise, and how its runs get into AWS: no keys, but a token for each run,
 * with which a plan takes a role that reads and an apply one that writes.
 */
export class WorkspaceStack extends AddressedStack {
  readonly #environment: Environment;
  readonly #backend: ManagedBackend;

  constructor(scope: Construct, id: string, { environment, backend }: WorkspaceStackProps) {
    super(scope, id, environment.awsProviderVersion);
    configureBackend(this, backend.managed.backend);
    this.#environment = environment;
    this.#backend = backend;
    this.#addProviders();
    const workspace = this.#addWorkspace();
    this.#addTeams(workspace);
    this.#giveCredentials(workspace);
    this.#addSensitiveVariables(workspace);
    this.#addRunTrigger(workspace);
  }

  get #isAutomatic(): boolean {
    return this.#backend.apply === "automatic";
  }

  #addProviders(): void {
    const { hostname, organization } = this.#backend;
    const { region, accountId, tags } = this.#environment;
    this.addOverride("terraform.required_providers.tfe", {
      source: "hashicorp/tfe",
      version: TFE_PROVIDER_VERSION,
    });
    // Its token comes from TFE_TOKEN.
    new TfeProvider(this, "tfe", { hostname, organization });
    new AwsProvider(this, "aws", { region, allowedAccountIds: [accountId], defaultTags: [{ tags }] });
  }

  #addWorkspace(): Workspace {
    const { organization, managed, workspace: name } = this.#backend;
    const project = new DataTfeProject(this, "project", { name: managed.project, organization });
    const workspace = new Workspace(this, "workspace", {
      name,
      organization,
      projectId: project.id,
      description: `Releases of ${this.#environment.name}`,
      terraformVersion: managed.terraformVersion,
      autoApply: this.#isAutomatic,
      // One that nobody confirms would keep the releases behind it from beginning.
      autoApplyRunTrigger: this.#isAutomatic,
      // The first run comes with the first release.
      queueAllRuns: false,
      allowDestroyPlan: !this.#environment.deletionProtection,
      assessmentsEnabled: true,
    });
    new WorkspaceSettings(this, "settings", { workspaceId: workspace.id, executionMode: "remote" });
    return workspace;
  }

  #addTeams(workspace: Workspace): void {
    const { team, planTeam } = this.#backend.managed;
    // What waits for a confirmation is confirmed by somebody, and not by what releases.
    // Outputs are names and sizes, which a release hands to what verifies it. What is sensitive in the state stays there.
    const runs = this.#isAutomatic ? "apply" : "plan";
    this.#giveAccess("team", { name: team, runs, stateVersions: "read-outputs" }, workspace);
    if (planTeam !== undefined) {
      this.#giveAccess("plan-team", { name: planTeam, runs: "plan", stateVersions: "none" }, workspace);
    }
  }

  /** A team with a token: its runs, at most the outputs, and nothing else of the workspace. */
  #giveAccess(id: string, { name, runs, stateVersions }: TeamRights, workspace: Workspace): void {
    const team = new DataTfeTeam(this, id, { name, organization: this.#backend.organization });
    new TeamAccess(this, `${id}-access`, {
      teamId: team.id,
      workspaceId: workspace.id,
      permissions: [
        {
          runs,
          variables: "none",
          stateVersions,
          sentinelMocks: "none",
          workspaceLocking: false,
          runTasks: false,
        },
      ],
    });
  }

  /** A token for each run, with which each phase takes the role of its own. */
  #giveCredentials(workspace: Workspace): void {
    const { partition } = new DataAwsPartition(this, "partition", {});
    const providerArn = this.#identityProviderArn();
    const variable = (id: string, key: string, value: string, description: string) =>
      new Variable(this, id, { workspaceId: workspace.id, category: "env", key, value, description });
    const policyArns = {
      plan: [`arn:${partition}:iam::aws:policy/ReadOnlyAccess`],
      apply: this.#backend.managed.applyPolicyArns,
    };
    variable(
      "provider-auth",
      "TFC_AWS_PROVIDER_AUTH",
      "true",
      "Each run gets AWS credentials with a token of its own",
    );
    for (const phase of ["plan", "apply"] as const) {
      const role = this.#addRole(phase, providerArn, policyArns[phase]);
      variable(
        `${phase}-role-arn`,
        `TFC_AWS_${phase.toUpperCase()}_ROLE_ARN`,
        role.arn,
        `Role that a run assumes to ${phase}`,
      );
    }
  }

  #addRole(phase: Phase, providerArn: string, policyArns: readonly string[]): IamRole {
    const role = new IamRole(this, `${phase}-role`, {
      name: this.#backend.managed.roles[phase],
      description: `Terraform Enterprise, ${phase} of ${this.#environment.name}`,
      maxSessionDuration: 3_600,
      assumeRolePolicy: trustInRun(this.#backend, phase, providerArn),
    });
    for (const [index, policyArn] of policyArns.entries()) {
      new IamRolePolicyAttachment(this, `${phase}-policy-${index + 1}`, { role: role.name, policyArn });
    }
    if (phase === "plan") {
      const policy = policyDocument(PLAN_DENIALS);
      new IamRolePolicy(this, "plan-denials", { name: "no-data", role: role.name, policy });
    }
    return role;
  }

  #identityProviderArn(): string {
    const { hostname, managed } = this.#backend;
    const url = `https://${hostname}`;
    if (managed.identityProvider === "managed") {
      return new IamOpenidConnectProvider(this, "identity-provider", {
        url,
        clientIdList: [AUDIENCE],
        // Every other environment of the account gets into AWS by it.
        lifecycle: { preventDestroy: true },
      }).arn;
    }
    return new DataAwsIamOpenidConnectProvider(this, "identity-provider", {
      url,
      lifecycle: {
        postcondition: [
          {
            condition: `\${contains(self.client_id_list, "${AUDIENCE}")}`,
            errorMessage: `The identity provider \${self.url} must have the audience ${AUDIENCE}. Ask its owner to add it.`,
          },
        ],
      },
    }).arn;
  }

  #addSensitiveVariables(workspace: Workspace): void {
    for (const name of this.#backend.managed.sensitiveVariables) {
      new Variable(this, `variable-${name.replaceAll("_", "-")}`, {
        workspaceId: workspace.id,
        category: "terraform",
        key: name,
        // Somebody enters the value there; here it would lie in the state.
        value: "",
        sensitive: true,
        lifecycle: { ignoreChanges: ["value"] },
      });
    }
  }

  #addRunTrigger(workspace: Workspace): void {
    const { organization, managed } = this.#backend;
    if (managed.runAfter === undefined) return;
    const source = new DataTfeWorkspace(this, "run-after", { name: managed.runAfter, organization });
    new RunTrigger(this, "run-trigger", { workspaceId: workspace.id, sourceableId: source.id });
  }
}

/** Trust in the runs of one workspace, in one phase. */
function trustInRun(backend: ManagedBackend, phase: Phase, providerArn: string): string {
  const { hostname, organization, workspace, managed } = backend;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${hostname}:aud`]: AUDIENCE,
            [`${hostname}:sub`]: `organization:${organization}:project:${managed.project}:workspace:${workspace}:run_phase:${phase}`,
          },
        },
      },
    ],
  });
}
