import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { loadEnvironments } from "../../env/load-environment.ts";
import type { EnvironmentInput } from "../../env/schema.ts";
import { dev } from "../fixtures/env/dev.ts";
import { prod } from "../fixtures/env/prod.ts";
import { test } from "../fixtures/env/test.ts";
import { uat } from "../fixtures/env/uat.ts";
import { verification } from "../support/verified-delivery.ts";

/** What is wrong with these together, a line each; nothing where they are right. */
function problemsOf(environments: Readonly<Record<string, unknown>>): string {
  try {
    loadEnvironments(environments);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
  return "";
}

/** Like prod, another one: nothing of it is shared, what exists in both apart. */
const twin = {
  ...prod,
  name: "twin",
  namePrefix: "proposals-twin",
  backend: { ...prod.backend, workspace: "proposals-twin" },
  buckets: {
    intake: { kind: "existing", name: "proposals-twin-intake" },
    documents: { kind: "existing", name: "proposals-twin-documents" },
  },
} satisfies EnvironmentInput;

const workspace = {
  backend: { kind: "s3", bucket: "states", key: "workspace", region: "eu-central-1" },
  project: "proposals",
  team: "releases",
  terraformVersion: "~> 1.11",
  sensitiveVariables: [],
  identityProvider: "existing",
  roles: { plan: "proposals-prod-plan", apply: "proposals-prod-apply" },
  applyPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
} satisfies Extract<EnvironmentInput["backend"], { kind: "tfe" }>["managed"];

/** A workspace of its own, as code. */
const managedBy = (backend: object, values: object = {}) => ({
  ...backend,
  managed: { ...workspace, ...values },
});

const role = (name: string) => ({ kind: "managed", name });

/** API Gateway's logging role, whose stack has a state of its own. */
const loggingRole = (name: string, backend: object = { kind: "local" }) => ({ ...role(name), backend });

const notifiedBy = (name: string) => ({
  ...prod.alerts,
  notifier: { ...prod.alerts.notifier, role: role(name) },
});

const oneRole = (path: string, other: string, name = "shared", account = "444444444444") =>
  `env/twin.ts: ${path}: the managed role "${name}" of account ${account} already belongs to env/prod.ts: ${other}. Two stacks can't create the same role. Name another role, or set "existing" in the environment that only uses it.`;

const oneState = (path: string, what: string, other: string, remedy: string) =>
  `env/twin.ts: ${path}: the ${what} already belongs to env/prod.ts: ${other}. Two stacks with the same state would destroy each other's resources. Choose another ${remedy}.`;

const samePrefix =
  'env/twin.ts: namePrefix: the prefix "proposals-prod" in account 444444444444 already belongs to env/prod.ts: namePrefix. The names of queues, tables, functions and dashboards begin with the prefix. Names of dashboards must be unique in all regions of an account. Choose another prefix or account.';

const found = (name: string) => ({ kind: "existing", name });

/** That of the environment test, from another account. */
const delivery = {
  ...test.delivery,
  backend: { kind: "local" },
  releases: ["twin"],
  plans: [],
  roles: { check: found("a"), plan: found("b"), planStarter: found("c"), release: found("d") },
};

describe("what belongs to one environment alone", () => {
  it.each([
    ["a prefix of one account", {}, { namePrefix: prod.namePrefix }, samePrefix],
    [
      "an existing intake bucket",
      {},
      { buckets: { ...twin.buckets, intake: prod.buckets.intake } },
      'env/twin.ts: buckets.intake.name: the bucket "proposals-prod-intake-444444444444" already belongs to env/prod.ts: buckets.intake.name. A bucket has one notification configuration, and each apply would remove the configuration of the other environment. Name another bucket.',
    ],
    [
      "an existing documents bucket",
      {},
      { buckets: { ...twin.buckets, documents: prod.buckets.documents } },
      'env/twin.ts: buckets.documents.name: the bucket "proposals-prod-documents-444444444444" already belongs to env/prod.ts: buckets.documents.name. The sweep of each environment would delete the documents of the other. Name another bucket.',
    ],
    [
      "a managed bucket, also of another account and region",
      {},
      {
        accountId: "555555555555",
        region: "us-east-1",
        encryption: { kind: "managed" },
        buckets: { ...twin.buckets, documents: { kind: "managed", name: prod.buckets.intake.name } },
      },
      'env/twin.ts: buckets.documents.name: the bucket "proposals-prod-intake-444444444444" already belongs to env/prod.ts: buckets.intake.name. The sweep of each environment would delete the documents of the other. Name another bucket.',
    ],
    [
      "a bucket of builds",
      { delivery: { ...delivery, releases: ["prod"] } },
      {
        buckets: {
          ...twin.buckets,
          intake: { kind: "existing", name: "proposals-prod-builds-444444444444" },
        },
      },
      'env/twin.ts: buckets.intake.name: the bucket "proposals-prod-builds-444444444444" already belongs to env/prod.ts: delivery. A bucket has one notification configuration, and each apply would remove the configuration of the other environment. Name another bucket.',
    ],
    [
      "a bucket of builds, of one prefix in two regions, which goes with the prefix",
      { delivery: { ...delivery, releases: ["prod"] } },
      {
        namePrefix: prod.namePrefix,
        region: "eu-west-1",
        encryption: { kind: "managed" },
        delivery,
      },
      samePrefix,
    ],
    [
      "a managed role of one account, however it is written",
      { roles: { ...prod.roles, apiFunction: role("Shared") } },
      { roles: { ...prod.roles, sweepFunction: role("shared") } },
      oneRole("roles.sweepFunction.name", "roles.apiFunction.name"),
    ],
    [
      "a managed role of the notifier",
      { roles: { ...prod.roles, apiFunction: role("shared") } },
      { alerts: notifiedBy("shared") },
      oneRole("alerts.notifier.role.name", "roles.apiFunction.name"),
    ],
    [
      "a managed role of the builds",
      { alerts: notifiedBy("shared") },
      { delivery: { ...delivery, roles: { ...delivery.roles, planStarter: role("shared") } } },
      oneRole("delivery.roles.planStarter.name", "alerts.notifier.role.name"),
    ],
    [
      "a role of the workspace",
      { backend: managedBy(prod.backend) },
      { roles: { ...prod.roles, apiFunction: role("proposals-prod-apply") } },
      oneRole("roles.apiFunction.name", "backend.managed.roles.apply", "proposals-prod-apply"),
    ],
    [
      "a workspace",
      {},
      { backend: prod.backend },
      oneState("backend", "workspace terraform.example.com/example/proposals-prod", "backend", "workspace"),
    ],
    [
      "a state in S3, of whatever stack",
      { backend: managedBy(prod.backend) },
      { backend: { ...workspace.backend, region: "eu-west-1" } },
      oneState("backend", "state s3://states/workspace", "backend.managed.backend", "key"),
    ],
    [
      "a state in S3, of what builds",
      { backend: managedBy(prod.backend) },
      { delivery: { ...delivery, backend: workspace.backend } },
      oneState("delivery.backend", "state s3://states/workspace", "backend.managed.backend", "key"),
    ],
    [
      "a state in S3, of what belongs to the account",
      { backend: managedBy(prod.backend) },
      { roles: { ...prod.roles, gatewayLogging: loggingRole("a", workspace.backend) } },
      oneState(
        "roles.gatewayLogging.backend",
        "state s3://states/workspace",
        "backend.managed.backend",
        "key",
      ),
    ],
    [
      "the account-wide logging role",
      { roles: { ...prod.roles, gatewayLogging: loggingRole("a") } },
      { roles: { ...prod.roles, gatewayLogging: loggingRole("b") } },
      'env/twin.ts: roles.gatewayLogging: the managed logging role of API Gateway in account 444444444444, eu-central-1 already belongs to env/prod.ts: roles.gatewayLogging. An account has one such role for all APIs of a region, and each apply would replace the role of the other environment. Keep "managed" in one environment, and set "existing" in the other.',
    ],
    [
      "the identity provider of a Terraform Enterprise",
      { backend: managedBy(prod.backend, { identityProvider: "managed" }) },
      {
        backend: managedBy(twin.backend, {
          identityProvider: "managed",
          backend: { ...workspace.backend, key: "twin" },
          roles: { plan: "a", apply: "b" },
        }),
      },
      'env/twin.ts: backend.managed.identityProvider: the managed identity provider of terraform.example.com in account 444444444444 already belongs to env/prod.ts: backend.managed.identityProvider. An account has one identity provider for each Terraform Enterprise. Keep "managed" in one environment, and set "existing" in the other.',
    ],
    [
      "the audience of its tokens",
      { proxy: { ...dev.proxy, url: "https://prod.example.com" } },
      { proxy: dev.proxy },
      'env/twin.ts: proxy.authentication.audience: the audience "https://proposals-dev.example.com" of https://login.example.com/ already belongs to env/prod.ts: proxy.authentication.audience. Both environments would accept the same tokens. Set another audience, for which callers request their tokens.',
    ],
    [
      "the release of an environment",
      { delivery },
      { delivery },
      "env/twin.ts: delivery.releases[0]: the release of twin already belongs to env/prod.ts: delivery.releases[0]. Two builds would release to the same environment. Remove it from one of them.",
    ],
  ])("is %s", (_, inProd, inTwin, problem) => {
    expect(problemsOf({ prod: { ...prod, ...inProd }, twin: { ...twin, ...inTwin } })).toBe(problem);
  });

  it.each([
    ["what exists: an endpoint, a key, roles", {}, {}],
    [
      "a managed role, where others look it up",
      { roles: { ...prod.roles, apiFunction: role("proposals-prod-api-function") } },
      {},
    ],
    [
      "the name of a managed role, in another account",
      { roles: { ...prod.roles, gatewayLogging: loggingRole("shared") } },
      {
        accountId: "555555555555",
        roles: { ...prod.roles, gatewayLogging: loggingRole("shared") },
      },
    ],
    ["a prefix, in another account", {}, { namePrefix: prod.namePrefix, accountId: "555555555555" }],
    [
      "the kind of the account-wide logging role, in another region",
      { roles: { ...prod.roles, gatewayLogging: loggingRole("a") } },
      {
        region: "eu-west-1",
        encryption: { kind: "managed" },
        roles: { ...prod.roles, gatewayLogging: loggingRole("b") },
      },
    ],
    [
      "the name of a workspace, in another organization or at another host",
      { backend: { ...prod.backend, organization: "other" } },
      { backend: { ...prod.backend, hostname: "app.terraform.io" } },
    ],
    [
      "the bucket of states, with another key",
      { backend: workspace.backend },
      { backend: { ...workspace.backend, key: "twin" } },
    ],
    [
      "an audience, of tokens of another issuer",
      { proxy: dev.proxy },
      {
        proxy: {
          ...dev.proxy,
          authentication: { ...dev.proxy.authentication, issuer: "https://other.example.com/" },
        },
      },
    ],
    ["nothing, with a local state each", { backend: { kind: "local" } }, { backend: { kind: "local" } }],
    [
      "a managed identity provider, where others look it up",
      { backend: managedBy(prod.backend, { identityProvider: "managed" }) },
      {
        backend: managedBy(twin.backend, {
          backend: { ...workspace.backend, key: "twin" },
          roles: { plan: "a", apply: "b" },
        }),
      },
    ],
  ])("is not %s", (_, inProd, inTwin) => {
    expect(problemsOf({ prod: { ...prod, ...inProd }, twin: { ...twin, ...inTwin } })).toBe("");
  });

  it("is found in uat that has prod's account, prefix, roles and buckets", () => {
    const { accountId, namePrefix, roles, buckets, encryption } = prod;
    const copied = { ...uat, accountId, namePrefix, roles, buckets, encryption };

    expect(problemsOf({ uat: copied, prod }).split("\n")).toEqual([
      'env/prod.ts: namePrefix: the prefix "proposals-prod" in account 444444444444 already belongs to env/uat.ts: namePrefix. The names of queues, tables, functions and dashboards begin with the prefix. Names of dashboards must be unique in all regions of an account. Choose another prefix or account.',
      'env/prod.ts: buckets.intake.name: the bucket "proposals-prod-intake-444444444444" already belongs to env/uat.ts: buckets.intake.name. A bucket has one notification configuration, and each apply would remove the configuration of the other environment. Name another bucket.',
      'env/prod.ts: buckets.documents.name: the bucket "proposals-prod-documents-444444444444" already belongs to env/uat.ts: buckets.documents.name. The sweep of each environment would delete the documents of the other. Name another bucket.',
    ]);
  });

  it("is found in dev that moves into test's account", () => {
    const { accountId } = test;

    expect(problemsOf({ dev: { ...dev, accountId }, test, uat, prod })).toBe(
      'env/test.ts: roles.gatewayLogging: the managed logging role of API Gateway in account 222222222222, eu-central-1 already belongs to env/dev.ts: roles.gatewayLogging. An account has one such role for all APIs of a region, and each apply would replace the role of the other environment. Keep "managed" in one environment, and set "existing" in the other.',
    );
  });

  it("is reported once for each cause in a copy of dev, and of test: what has its prefix, or is part of the logging role, follows", () => {
    const pathsOf = (environments: Readonly<Record<string, unknown>>) =>
      problemsOf(environments)
        .split("\n")
        .map((line) => line.split(": ").slice(0, 2).join(": "));
    const { delivery: _, ...testing } = test;
    const [copyOfDev, copyOfTest] = [dev, testing].map((environment) => ({ ...environment, name: "copy" }));

    expect(pathsOf({ dev, copy: copyOfDev })).toEqual([
      "env/copy.ts: namePrefix",
      "env/copy.ts: roles.gatewayLogging",
      "env/copy.ts: proxy.authentication.audience",
    ]);
    // Of a prefix of its own, with the logging role's name and state: still one role for the account.
    const loggingRole = { ...test.roles.gatewayLogging, name: "api-logs" };
    const roles = { ...test.roles, gatewayLogging: loggingRole };
    const own = { namePrefix: "copy", backend: { kind: "local" }, buckets: {}, proxy: twin.proxy, roles };
    expect(pathsOf({ test: { ...testing, roles }, copy: { ...copyOfTest, ...own } })).toEqual([
      "env/copy.ts: roles.gatewayLogging",
    ]);
  });

  it("is reported for what has the prefix of another environment than the one it clashes with", () => {
    const named = (namePrefix: string, apiFunction: string) => ({
      roles: { ...prod.roles, apiFunction: role(apiFunction) },
      namePrefix,
    });
    const third = {
      ...twin,
      ...named(prod.namePrefix, `${prod.namePrefix}-api`),
      name: "third",
      backend: { kind: "local" },
      buckets: { intake: found("third-intake"), documents: found("third-documents") },
    };
    const second = { ...twin, ...named("proposals-twin", `${prod.namePrefix}-api`) };

    const problems = problemsOf({ twin: second, prod, third }).split("\n");

    expect(problems.map((line) => line.split(": ")[1])).toEqual(["namePrefix", "roles.apiFunction.name"]);
    expect(problems[1]).toContain("already belongs to env/twin.ts: roles.apiFunction.name");
  });

  it("is told for each further environment, and together with what is wrong in others", () => {
    const { namePrefix } = prod;
    const third = {
      ...twin,
      name: "third",
      namePrefix,
      backend: { kind: "local" },
      buckets: { intake: found("third-intake"), documents: found("third-documents") },
    };

    expect(
      problemsOf({ dev: { ...dev, accountId: 1 }, prod, twin: { ...twin, namePrefix }, third })
        .split("\n")
        .map((line) => line.split(/ (?:already|must)/)[0]),
    ).toEqual([
      "env/dev.ts has 1 problem:",
      "  accountId:",
      'env/twin.ts: namePrefix: the prefix "proposals-prod" in account 444444444444',
      'env/third.ts: namePrefix: the prefix "proposals-prod" in account 444444444444',
    ]);
  });
});

describe("what one environment releases", () => {
  const releasing = (releases: string[], plans: string[] = []) => ({
    ...test,
    delivery: { ...test.delivery, releases, plans },
  });

  const verifying = (environments: string[], releases: string[]) => ({
    ...test,
    delivery: { ...test.delivery, releases, verification: { ...verification, environments } },
  });

  it.each([
    [
      releasing(["none"], ["none"]),
      {},
      'env/test.ts: delivery.releases[0]: "none" is not an environment. Known: dev, test, prod\nenv/test.ts: delivery.plans[0]: "none" is not an environment. Known: dev, test, prod',
    ],
    [
      releasing(["test", "dev"]),
      {},
      'env/test.ts: delivery.releases[1]: "dev" can\'t be released: env/dev.ts: backend.kind is "local", but a release needs "tfe". Change the backend, or remove the environment from the list',
    ],
    [
      releasing(["test"], ["dev"]),
      {},
      'env/test.ts: delivery.plans[0]: "dev" can\'t be planned for pull requests: env/dev.ts: backend.kind is "local", but a speculative run needs "tfe"',
    ],
    [
      releasing(["test"], ["prod"]),
      {},
      'env/test.ts: delivery.plans[0]: "prod" can\'t be planned for pull requests: env/prod.ts: backend.apply is "confirmed": plans of pull requests get no credentials of such an environment. Remove it from delivery.plans',
    ],
    [
      releasing(["test"], ["prod"]),
      { backend: managedBy({ ...prod.backend, apply: "automatic" }) },
      'env/test.ts: delivery.plans[0]: "prod" can\'t be planned for pull requests: env/prod.ts: backend.managed.planTeam is missing: set it to the team whose token the plans use',
    ],
    [
      verifying(["none", "uat", "prod"], ["test", "prod"]),
      {},
      [
        'env/test.ts: delivery.verification.environments[0]: "none" is not an environment. Known: dev, test, prod',
        'env/test.ts: delivery.verification.environments[1]: "uat" is not an environment. Known: dev, test, prod',
        'env/test.ts: delivery.verification.environments[2]: "prod" can\'t be verified: env/prod.ts: proxy.url is missing: set it to the URL to which the verification sends its requests',
      ].join("\n"),
    ],
    [
      verifying(["prod"], ["test"]),
      { proxy: { ...prod.proxy, url: "https://ingestion.example.com" } },
      'env/test.ts: delivery.verification.environments[0]: "prod" can\'t be verified: it is not in delivery.releases. Add it there, or remove it from the verification',
    ],
    [
      verifying(["prod"], ["test", "prod"]),
      { proxy: { ...prod.proxy, url: "https://ingestion.example.com" } },
      "",
    ],
  ])("must be there and take a release (%#)", (releases, inProd, problem) => {
    expect(problemsOf({ dev, test: releases, prod: { ...prod, ...inProd } })).toBe(problem);
  });

  it("is not called missing where it is wrong itself", () => {
    const typo = { ...prod, deletionProtecton: true };

    expect(problemsOf({ dev, test: releasing(["test", "prod"], ["prod"]), prod: typo })).toBe(
      "env/prod.ts has 1 problem:\n  deletionProtecton: is not a known setting: remove or rename it",
    );
  });
});
