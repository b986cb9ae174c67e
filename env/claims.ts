import { namedRoles } from "./named-roles.ts";
import type { Environment } from "./schema.ts";

/** Something that belongs to one stack alone, as one environment names it. */
interface Claim {
  /** File and path of the field that names it. */
  readonly where: string;
  readonly what: string;
  /** Equal for two claims to one thing. */
  readonly key: string;
  /** What would come of two owners, and what to do. */
  readonly why: string;
}

/** One problem for each claim to what has an owner. What exists and is only looked up may be shared: endpoints, keys, roles. */
export function collisions(environments: readonly Environment[]): string[] {
  const first = new Map<string, Claim>();
  return environments.flatMap(claimsOf).flatMap((claim) => {
    const other = first.get(claim.key);
    if (other !== undefined) {
      return [`${claim.where}: ${claim.what} already belongs to ${other.where}. ${claim.why}.`];
    }
    first.set(claim.key, claim);
    return [];
  });
}

function claimsOf(environment: Environment): Claim[] {
  const { accountId, region, namePrefix, roles } = environment;
  const home = `account ${accountId}, ${region}`;
  return [
    {
      where: place(environment, "namePrefix"),
      what: `the prefix "${namePrefix}" in ${home}`,
      key: `prefix ${accountId} ${region} ${namePrefix}`,
      why: "The second stack would find the queues, the table and the functions of the first. Choose another prefix, account or region",
    },
    ...bucketClaims(environment),
    ...roleClaims(environment),
    ...(roles.gatewayLogging.kind === "managed"
      ? [
          {
            where: place(environment, "roles.gatewayLogging"),
            what: `the managed logging role of API Gateway in ${home}`,
            key: `logging ${accountId} ${region}`,
            why: 'There is one for all APIs of an account and region, and each apply would replace the other\'s. Leave it "managed" in one of them, and make it "existing" in the other',
          },
        ]
      : []),
    ...stateClaims(environment),
    ...identityProviderClaims(environment),
    ...releaseClaims(environment),
  ];
}

function bucketClaims(environment: Environment): Claim[] {
  const { buckets, delivery, namePrefix, accountId } = environment;
  const bucket = (path: string, name: string, why: string, remedy = "Name another bucket"): Claim => ({
    where: place(environment, path),
    what: `the bucket "${name}"`,
    key: `bucket ${name}`,
    why: `${why}. ${remedy}`,
  });
  return [
    bucket(
      "buckets.intake.name",
      buckets.intake.name,
      "S3 keeps one notification configuration for a bucket, so that each apply would take the other's events",
    ),
    bucket(
      "buckets.documents.name",
      buckets.documents.name,
      "Each sweep would delete the other's documents, which its own table does not know",
    ),
    ...(delivery.kind === "codebuild"
      ? [
          bucket(
            "delivery",
            `${namePrefix}-builds-${accountId}`,
            "It is named by the prefix and the account, and all of AWS has one of a name",
            "Choose another prefix",
          ),
        ]
      : []),
  ];
}

/** Of what a stack creates. IAM knows no difference of upper and lower case between names, and no region. */
function roleClaims(environment: Environment): Claim[] {
  const { accountId } = environment;
  return namedRoles(environment)
    .filter(({ kind }) => kind === "managed")
    .map(({ path, name }) => ({
      where: place(environment, path.join(".")),
      what: `the managed role "${name}" of account ${accountId}`,
      key: `role ${accountId} ${name.toLowerCase()}`,
      why: 'An account has one role of a name, and two stacks can\'t both create it. Name another role, or make it "existing" where it is only used',
    }));
}

/** A local state lies in a file of its stack's name. */
function stateClaims(environment: Environment): Claim[] {
  const { backend, delivery } = environment;
  const states: [path: string, state: Environment["backend"]][] = [["backend", backend]];
  if (backend.kind === "tfe" && backend.managed) {
    states.push(["backend.managed.backend", backend.managed.backend]);
  }
  if (delivery.kind === "codebuild") states.push(["delivery.backend", delivery.backend]);
  return states.flatMap(([path, state]) => {
    if (state.kind === "local") return [];
    const isInS3 = state.kind === "s3";
    const what = isInS3
      ? `the state s3://${state.bucket}/${state.key}`
      : `the workspace ${state.hostname}/${state.organization}/${state.workspace}`;
    const remedy = isInS3 ? "Choose another key" : "Choose another workspace";
    const why = `Two stacks with one state would each destroy what the other has made. ${remedy}`;
    return [{ where: place(environment, path), what, key: what, why }];
  });
}

function identityProviderClaims(environment: Environment): Claim[] {
  const { accountId, backend } = environment;
  if (backend.kind !== "tfe" || backend.managed?.identityProvider !== "managed") return [];
  return [
    {
      where: place(environment, "backend.managed.identityProvider"),
      what: `the managed identity provider of ${backend.hostname} in account ${accountId}`,
      key: `identity provider ${accountId} ${backend.hostname}`,
      why: 'An account has one for each Terraform Enterprise. Leave it "managed" in one of them, and make it "existing" in the other',
    },
  ];
}

function releaseClaims(environment: Environment): Claim[] {
  const { delivery } = environment;
  if (delivery.kind === "none") return [];
  return delivery.releases.map((released, index) => ({
    where: place(environment, `delivery.releases[${index}]`),
    what: `the release of ${released}`,
    key: `release ${released}`,
    why: "One of them would undo what the other did. Take it out of one",
  }));
}

function place({ name }: Environment, path: string): string {
  return `env/${name}.ts: ${path}`;
}
