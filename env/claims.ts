import { resourceNames } from "../contract/resource-names.ts";
import { namedRoles } from "./named-roles.ts";
import type { Environment } from "./schema.ts";

/** A resource that belongs to one stack alone, as one environment names it. */
interface Claim {
  /** Path of the field with its name. */
  readonly path: string;
  readonly what: string;
  /** The consequence of two owners, and what to do. */
  readonly why: string;
  /** Equal for two claims to one resource. Default: `what`. */
  readonly key?: string;
  /** The name of what the stack creates, if its default begins with the prefix. */
  readonly name?: string;
}

/** One problem for each claim to a resource that has an owner already. Existing endpoints, keys and roles may be shared. */
export function collisions(environments: readonly Environment[]): string[] {
  const all = environments.flatMap((environment) =>
    claimsOf(environment).map((claim) => ({
      ...claim,
      key: claim.key ?? claim.what,
      environment: environment.name,
      where: `env/${environment.name}.ts: ${claim.path}`,
      causes: causesOf(environment, claim),
    })),
  );
  const first = new Map<string, (typeof all)[number]>();
  const taken = all.flatMap((claim) => {
    const owner = first.get(claim.key);
    first.set(claim.key, owner ?? claim);
    return owner === undefined ? [] : [{ ...claim, owner }];
  });
  const isConsequence = ({ environment, owner, causes }: (typeof taken)[number]) =>
    taken.some(
      (cause) =>
        causes.includes(cause.key) &&
        cause.environment === environment &&
        cause.owner.environment === owner.environment,
    );
  return taken
    .filter((claim) => !isConsequence(claim))
    .map(({ where, what, why, owner }) => `${where}: ${what} already belongs to ${owner.where}. ${why}.`);
}

/** Keys of the claims that explain a claim: whoever solves them solves it too. */
function causesOf(environment: Environment, { path, name }: Claim): string[] {
  return [
    ...(name?.startsWith(`${environment.namePrefix}-`) ? [prefixKey(environment)] : []),
    ...(path.startsWith("roles.gatewayLogging.") ? [loggingKey(environment)] : []),
  ];
}

const prefixKey = ({ accountId, namePrefix }: Environment) => `prefix ${accountId} ${namePrefix}`;
const loggingKey = ({ accountId, region }: Environment) => `logging role ${accountId} ${region}`;

function claimsOf(environment: Environment): Claim[] {
  const { accountId, region, namePrefix, roles } = environment;
  return [
    {
      path: "namePrefix",
      key: prefixKey(environment),
      what: `the prefix "${namePrefix}" in account ${accountId}`,
      why: "The names of queues, tables, functions and dashboards begin with the prefix. Names of dashboards must be unique in all regions of an account. Choose another prefix or account",
    },
    ...bucketClaims(environment),
    ...roleClaims(environment),
    ...only(roles.gatewayLogging.kind === "managed", {
      path: "roles.gatewayLogging",
      key: loggingKey(environment),
      what: `the managed logging role of API Gateway in account ${accountId}, ${region}`,
      why: 'An account has one such role for all APIs of a region, and each apply would replace the role of the other environment. Keep "managed" in one environment, and set "existing" in the other',
    }),
    ...stateClaims(environment),
    ...identityProviderClaims(environment),
    ...audienceClaims(environment),
    ...releaseClaims(environment),
  ];
}

const only = (applies: boolean, claim: Claim): Claim[] => (applies ? [claim] : []);

function bucketClaims({ buckets, delivery, namePrefix, accountId }: Environment): Claim[] {
  const { intake, documents } = buckets;
  const builds = resourceNames(namePrefix).buildsBucket(accountId);
  return [
    {
      path: "buckets.intake.name",
      ...(intake.kind === "managed" && { name: intake.name }),
      what: `the bucket "${intake.name}"`,
      why: "A bucket has one notification configuration, and each apply would remove the configuration of the other environment. Name another bucket",
    },
    {
      path: "buckets.documents.name",
      ...(documents.kind === "managed" && { name: documents.name }),
      what: `the bucket "${documents.name}"`,
      why: "The sweep of each environment would delete the documents of the other. Name another bucket",
    },
    ...only(delivery.kind === "codebuild", {
      path: "delivery",
      name: builds,
      what: `the bucket "${builds}"`,
      why: "The prefix and the account determine its name, and bucket names are unique in AWS. Choose another prefix",
    }),
  ];
}

/** Managed roles. IAM ignores case in role names, and they have no region. */
function roleClaims(environment: Environment): Claim[] {
  const { accountId } = environment;
  return namedRoles(environment)
    .filter(({ kind }) => kind === "managed")
    .map(({ path, name }) => ({
      path,
      name,
      what: `the managed role "${name}" of account ${accountId}`,
      key: `role ${accountId} ${name.toLowerCase()}`,
      why: 'Two stacks can\'t create the same role. Name another role, or set "existing" in the environment that only uses it',
    }));
}

/** A local state is a file with the name of its stack, so that two stacks never share it. */
function stateClaims({ backend, delivery, roles: { gatewayLogging } }: Environment): Claim[] {
  const states: [path: string, state: Environment["backend"]][] = [["backend", backend]];
  if (backend.kind === "tfe" && backend.managed) {
    states.push(["backend.managed.backend", backend.managed.backend]);
  }
  if (gatewayLogging.kind === "managed") {
    states.push(["roles.gatewayLogging.backend", gatewayLogging.backend]);
  }
  if (delivery.kind === "codebuild") states.push(["delivery.backend", delivery.backend]);
  return states.flatMap(([path, state]) => {
    if (state.kind === "local") return [];
    const [what, remedy] =
      state.kind === "s3"
        ? [`the state s3://${state.bucket}/${state.key}`, "Choose another key"]
        : [
            `the workspace ${state.hostname}/${state.organization}/${state.workspace}`,
            "Choose another workspace",
          ];
    return [
      { path, what, why: `Two stacks with the same state would destroy each other's resources. ${remedy}` },
    ];
  });
}

function identityProviderClaims({ accountId, backend }: Environment): Claim[] {
  if (backend.kind !== "tfe") return [];
  return only(backend.managed?.identityProvider === "managed", {
    path: "backend.managed.identityProvider",
    what: `the managed identity provider of ${backend.hostname} in account ${accountId}`,
    why: 'An account has one identity provider for each Terraform Enterprise. Keep "managed" in one environment, and set "existing" in the other',
  });
}

function audienceClaims({ proxy }: Environment): Claim[] {
  if (proxy.kind !== "haproxy" || proxy.authentication.kind !== "jwt") return [];
  const { issuer, audience } = proxy.authentication;
  return [
    {
      path: "proxy.authentication.audience",
      what: `the audience "${audience}" of ${issuer}`,
      why: "Both environments would accept the same tokens. Set another audience, for which callers request their tokens",
    },
  ];
}

function releaseClaims({ delivery }: Environment): Claim[] {
  if (delivery.kind === "none") return [];
  return delivery.releases.map((released, index) => ({
    path: `delivery.releases[${index}]`,
    what: `the release of ${released}`,
    why: "Two builds would release to the same environment. Remove it from one of them",
  }));
}
