import { functionRuntime } from "../../contract/aws-provider-versions.ts";
import type { Environment } from "../../env/schema.ts";
import { HAPROXY_BRANCHES } from "../../proxy/haproxy-versions.ts";
import { type FoundUses, minorOf, type SupportUse } from "./support-use.ts";

/** What environments have chosen, by their files. */
export function usesOfEnvironments(environments: readonly Environment[]): FoundUses {
  const found = environments.map(usesOf);
  return {
    uses: found.flatMap(({ uses }) => uses),
    unchecked: found.flatMap(({ unchecked }) => unchecked),
  };
}

function usesOf(environment: Environment): FoundUses {
  const { name, awsProviderVersion, proxy } = environment;
  const major = /\d+/.exec(awsProviderVersion)?.[0] ?? "";
  const branches = proxy.kind === "haproxy" ? Object.keys(HAPROXY_BRANCHES) : [];
  const workspace = usesOfWorkspace(environment);
  return {
    uses: [
      { product: "Lambda runtime", version: functionRuntime(awsProviderVersion), where: name },
      { product: "AWS provider", version: major, where: name },
      ...branches.map((version): SupportUse => ({ product: "HAProxy", version, where: `proxy of ${name}` })),
      ...workspace.uses,
    ],
    unchecked: workspace.unchecked,
  };
}

/** Terraform Enterprise runs a Terraform of its own. */
function usesOfWorkspace({ name, backend }: Environment): FoundUses {
  if (backend.kind !== "tfe") return { uses: [], unchecked: [] };
  const { workspace, managed } = backend;
  const where = `workspace ${workspace} of ${name}`;
  const version = managed?.terraformVersion;
  // "~> 1.11" is any newer 1; "~> 1.11.2" and "1.11.2" are of one minor.
  const isOfOneMinor = version !== undefined && /\d+\.\d+\.\d+$|^\d/.test(version);
  if (isOfOneMinor) {
    return {
      uses: [{ product: "Terraform", version: minorOf(version.replace("~> ", "")), where }],
      unchecked: [],
    };
  }
  const which =
    version === undefined
      ? "the workspace sets its version"
      : `it runs the newest version that ${version} allows`;
  return { uses: [], unchecked: [`Terraform of ${where}: ${which}`] };
}
