import { CodebuildReportGroup } from "@cdktf/provider-aws/lib/codebuild-report-group/index.js";
import type { CodebuildWebhookFilterGroup } from "@cdktf/provider-aws/lib/codebuild-webhook/index.js";
import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js";
import { Fn, Op, TerraformOutput, Token } from "cdktf";
import type { Construct } from "constructs";
import {
  RELEASE_TIMEOUT_MINUTES,
  RELEASES_PREFIX,
  REQUEST_KEY,
  RESULTS_PREFIX,
  VERIFICATION_OUTPUTS_PREFIX,
  VERIFICATION_QUEUED_MINUTES,
  VERIFICATION_RESULTS_PREFIX,
  VERIFICATION_TIMEOUT_MINUTES,
  VERIFICATION_WAIT_MINUTES,
} from "../../contract/builds.ts";
import { resourceNames } from "../../contract/resource-names.ts";
import type { Environment } from "../../env/schema.ts";
import { AddressedStack } from "../constructs/addressed-stack.ts";
import { AwsAccount } from "../constructs/aws-account.ts";
import { createKey, logsGrant } from "../constructs/encryption-key.ts";
import type { Statement } from "../constructs/policy-document.ts";
import { configureBackend } from "../constructs/terraform-backend.ts";
import {
  type Delivery,
  type DeliveryVariables,
  declareDeliveryVariables,
} from "../variables/delivery-variables.ts";
import { BuildProject, type BuildProjectProps } from "./build-project.ts";
import { BuildsBucket } from "./builds-bucket.ts";
import { PlanRequests } from "./plan-requests.ts";

type InVpc = Extract<Delivery["verification"], { kind: "in-vpc" }>;

interface Verify {
  readonly project: BuildProject;
  readonly secretArn: string;
}

export interface DeliveryStackProps {
  readonly environment: Environment;
  readonly delivery: Delivery;
}

/**
 * Files of which a release is made. Said by what they are, since a commit that touches one of them is released whatever
 * else it touches; __tests__/stacks/delivery/delivery-stack.test.ts knows all the others.
 */
export const RELEASED_FILES =
  "^(main\\.ts|cdktf\\.json|tsconfig\\.json|package(-lock)?\\.json|\\.npmrc|buildspec\\.release\\.yml|(cli|contract|domain|emulator/terraform|env|functions|openapi|release|specs|stacks|tools)/.+)$";

/** The actor of an event need not have written the pull request; without the right to push, somebody has to approve it. */
const APPROVED_BY_WRITERS = {
  requiresCommentApproval: "ALL_PULL_REQUESTS",
  approverRoles: ["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
};

const CHECK_TIMEOUT_MINUTES = 60;
/** Below the half hour that a check waits for it (buildspec.check.yml), and above the time of a plan (buildspec.plan.yml). */
const PLAN_TIMEOUT_MINUTES = 28;

/** What builds and releases: a project for pull requests, without secrets, and others for the branch that is released. */
export class DeliveryStack extends AddressedStack {
  /** Values of the stack's variables, to be written to `<stack>.auto.tfvars.json`. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly #delivery: Delivery;
  readonly #awsProviderVersion: Environment["awsProviderVersion"];
  readonly #variables: DeliveryVariables;
  readonly #account: AwsAccount;
  readonly #keyArn: string;
  readonly #builds: BuildsBucket;

  constructor(scope: Construct, id: string, { environment, delivery }: DeliveryStackProps) {
    super(scope, id, environment.awsProviderVersion);
    configureBackend(this, delivery.backend);
    const variables = declareDeliveryVariables(this, environment, delivery);
    this.variableValues = variables.values;
    this.#delivery = delivery;
    this.#awsProviderVersion = environment.awsProviderVersion;
    this.#variables = variables;
    const account = new AwsAccount(this, "account", variables);
    this.#account = account;
    const alias = `${variables.namePrefix}-delivery`;
    this.#keyArn = createKey(this, account, {
      description: `Builds of ${variables.namePrefix}`,
      alias,
      grants: [logsGrant(account)],
    }).arn;
    this.#builds = new BuildsBucket(this, "builds", {
      account,
      name: resourceNames(variables.namePrefix).buildsBucket(variables.accountId),
      key: { arn: this.#keyArn, alias },
      keepsVerifications: this.#verification !== undefined,
    });

    const check = this.#addCheck();
    const plan = this.#isPlanning ? this.#addPlan() : {};
    const verify = this.#verification && this.#addVerify(this.#verification);
    const release = this.#addRelease(verify);
    this.#output("release_project", "CodeBuild project that releases.", release.name);
    this.#output("builds_bucket_name", "Bucket that stores builds.", this.#builds.name);
    this.#output(
      "required_policies",
      "Policies that the owners of existing roles must attach: for each role, a policy as JSON.",
      {
        ...check.role.requiredPolicy("check-role"),
        ...plan,
        ...release.role.requiredPolicy("release-role"),
        ...verify?.project.role.requiredPolicy("verify-role"),
      },
    );
  }

  get #isPlanning(): boolean {
    return this.#delivery.plans.length > 0;
  }

  get #verification(): InVpc | undefined {
    const { verification } = this.#variables.delivery;
    return verification.kind === "in-vpc" ? verification : undefined;
  }

  /** Whoever opens a pull request decides what runs here. */
  #addCheck(): BuildProject {
    const name = `${this.#variables.namePrefix}-check`;
    // CodeBuild looks for it under the names of the project and of the report in the buildspec.
    const reportGroup = `${name}-tests`;
    new CodebuildReportGroup(this, "check-reports", {
      name: reportGroup,
      type: "TEST",
      exportConfig: { type: "NO_EXPORT" },
      deleteReports: true,
    });
    return this.#project("check", {
      name,
      description: "Checks pull requests and the released branch, without secrets",
      role: this.#variables.delivery.roles.check,
      buildspec: "buildspec.check.yml",
      timeoutMinutes: CHECK_TIMEOUT_MINUTES,
      environmentVariables: this.#isPlanning ? [...this.#bucketVariables(), this.#plansVariable()] : [],
      filterGroups: [
        filterGroup(
          // Whoever reopens a pull request need not have written it.
          { type: "EVENT", pattern: "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED" },
          { type: "BASE_REF", pattern: this.#branchPattern() },
          // Anybody may open a pull request; nobody else decides what runs in this account.
          {
            type: "ACTOR_ACCOUNT_ID",
            pattern: `^(${Fn.join("|", this.#variables.delivery.trustedActorIds)})$`,
          },
        ),
        filterGroup({ type: "EVENT", pattern: "PUSH" }, { type: "HEAD_REF", pattern: this.#branchPattern() }),
      ],
      ...(this.#awsProviderVersion === "~> 6.25" && { pullRequestBuildPolicy: APPROVED_BY_WRITERS }),
      permissions: [
        {
          Sid: "ReportTests",
          Effect: "Allow",
          Action: ["CreateReportGroup", "CreateReport", "UpdateReport", "BatchPutTestCases"].map(
            (action) => `codebuild:${action}`,
          ),
          Resource: this.#account.arn("codebuild", `report-group/${reportGroup}`),
        },
        ...(this.#isPlanning
          ? this.#builds.statements({
              role: this.#delivery.roles.check,
              read: `${RESULTS_PREFIX}*`,
              write: REQUEST_KEY,
            })
          : []),
      ],
    });
  }

  /** Built from the branch, with the token; what a check hands in is data to it. Returns what existing roles need. */
  #addPlan(): Record<string, string> {
    const name = `${this.#variables.namePrefix}-plan`;
    const tokenArn = this.#findToken("plan-token", this.#variables.delivery.tokenSecretNames.plan);
    const plan = this.#project("plan", {
      name,
      description: "Plans the stacks of pull requests. It runs the code of the released branch, not theirs",
      role: this.#variables.delivery.roles.plan,
      buildspec: "buildspec.plan.yml",
      timeoutMinutes: PLAN_TIMEOUT_MINUTES,
      environmentVariables: [...this.#bucketVariables(), this.#plansVariable(), tokenVariable(tokenArn)],
      // GitHub starts none of them; a request does.
      filterGroups: [],
      permissions: [
        readToken(tokenArn),
        ...this.#builds.statements({
          role: this.#delivery.roles.plan,
          read: REQUEST_KEY,
          readsVersions: true,
          write: `${RESULTS_PREFIX}*`,
        }),
      ],
    });
    const requests = new PlanRequests(this, "plan-requests", {
      account: this.#account,
      name,
      bucket: this.#builds,
      project: plan,
      role: this.#variables.delivery.roles.planStarter,
    });
    return {
      ...plan.role.requiredPolicy("plan-role"),
      ...requests.role.requiredPolicy("plan-starter-role"),
    };
  }

  /** A caller from inside the VPC: it holds the caller's credentials, and nothing of Terraform Enterprise. */
  #addVerify({ secretName, role, ...vpc }: InVpc): Verify {
    const secretArn = this.#findToken("verification-secret", secretName);
    const project = this.#project("verify", {
      name: `${this.#variables.namePrefix}-verify`,
      description: "Verifies a release from inside the VPC, with the credentials of a caller",
      role,
      buildspec: "buildspec.verify.yml",
      timeoutMinutes: VERIFICATION_TIMEOUT_MINUTES,
      queuedTimeoutMinutes: VERIFICATION_QUEUED_MINUTES,
      vpc,
      // What it verifies, and with which credentials, comes with the release that starts it.
      environmentVariables: this.#bucketVariables(),
      filterGroups: [],
      permissions: [
        { ...readToken(secretArn), Sid: "ReadCallersCredentials" },
        ...this.#builds.statements({
          role,
          read: `${VERIFICATION_OUTPUTS_PREFIX}*`,
          write: `${VERIFICATION_RESULTS_PREFIX}*`,
        }),
      ],
    });
    return { project, secretArn };
  }

  /** What a release needs to have an environment verified: that one project, and its own side of the bucket. */
  #verifyPermissions({ project }: Verify): Statement[] {
    return [
      {
        Sid: "Verify",
        Effect: "Allow",
        Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
        Resource: this.#account.arn("codebuild", `project/${project.name}`),
      },
    ];
  }

  #addRelease(verify: Verify | undefined): BuildProject {
    const {
      namePrefix,
      delivery: { releases },
    } = this.#variables;
    const tokenArn = this.#findToken("release-token", this.#variables.delivery.tokenSecretNames.release);
    const minutesForEach = RELEASE_TIMEOUT_MINUTES + (verify ? VERIFICATION_WAIT_MINUTES : 0);
    return this.#project("release", {
      name: `${namePrefix}-release`,
      description: "Releases the branch through Terraform Enterprise, with its token",
      role: this.#variables.delivery.roles.release,
      buildspec: "buildspec.release.yml",
      // It has to outlive what it waits for: a build that CodeBuild ends can't end its run.
      timeoutMinutes: Token.asNumber(Op.add(Op.mul(Fn.lengthOf(releases), minutesForEach), 30)),
      environmentVariables: [
        ...this.#bucketVariables(),
        { name: "RELEASE_ENVIRONMENTS", value: Fn.join(" ", releases), type: "PLAINTEXT" },
        ...(verify
          ? [
              { name: "VERIFY_PROJECT", value: verify.project.name, type: "PLAINTEXT" },
              { name: "VERIFY_SECRET", value: verify.secretArn, type: "PLAINTEXT" },
            ]
          : []),
        tokenVariable(tokenArn),
      ],
      filterGroups: [
        filterGroup(
          { type: "EVENT", pattern: "PUSH" },
          { type: "HEAD_REF", pattern: this.#branchPattern() },
          { type: "FILE_PATH", pattern: RELEASED_FILES },
        ),
      ],
      permissions: [
        readToken(tokenArn),
        ...this.#builds.statements({
          role: this.#delivery.roles.release,
          read: verify ? [`${RELEASES_PREFIX}*`, `${VERIFICATION_RESULTS_PREFIX}*`] : `${RELEASES_PREFIX}*`,
          write: verify ? [`${RELEASES_PREFIX}*`, `${VERIFICATION_OUTPUTS_PREFIX}*`] : `${RELEASES_PREFIX}*`,
        }),
        ...(verify ? this.#verifyPermissions(verify) : []),
      ],
    });
  }

  #project(
    id: string,
    props: Omit<
      BuildProjectProps,
      "account" | "repository" | "branch" | "connectionArn" | "keyArn" | "logRetentionDays"
    >,
  ): BuildProject {
    return new BuildProject(this, id, {
      account: this.#account,
      repository: this.#variables.delivery.repository,
      branch: this.#variables.delivery.branch,
      connectionArn: this.#variables.delivery.connectionArn,
      keyArn: this.#keyArn,
      logRetentionDays: this.#variables.retention.logDays,
      ...props,
    });
  }

  /** The branch alone: a dot in its name stands for itself. */
  #branchPattern(): string {
    return `^refs/heads/${Fn.join("[.]", Fn.split(".", this.#variables.delivery.branch))}$`;
  }

  #bucketVariables() {
    return [
      { name: "BUILDS_BUCKET", value: this.#builds.name, type: "PLAINTEXT" },
      { name: "BUILDS_BUCKET_OWNER", value: this.#variables.accountId, type: "PLAINTEXT" },
    ];
  }

  #plansVariable() {
    return {
      name: "PLAN_ENVIRONMENTS",
      value: Fn.join(" ", this.#variables.delivery.plans),
      type: "PLAINTEXT",
    };
  }

  /** Only where it is: the build reads it when it starts. */
  #findToken(id: string, name: string): string {
    return new DataAwsSecretsmanagerSecret(this, id, { name }).arn;
  }

  #output(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, name, { description, value });
  }
}

function tokenVariable(secretArn: string) {
  return { name: "TFE_TOKEN", value: `${secretArn}:token`, type: "SECRETS_MANAGER" };
}

function readToken(secretArn: string): Statement {
  return { Sid: "ReadToken", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn };
}

type Filter = { readonly type: string; readonly pattern: string };

/** All of its filters have to match. */
function filterGroup(...filter: Filter[]): CodebuildWebhookFilterGroup {
  return { filter };
}
