import { UserError } from "../../contract/user-error.ts";
import { readTerraformVersion } from "../terraform/check-terraform.ts";
import { type FoundUses, minorOf, usesOfNode } from "./support-use.ts";

/** The Node.js that runs this, and the Terraform that a plan would run. */
export async function usesOfMachine(env: NodeJS.ProcessEnv): Promise<FoundUses> {
  const node = usesOfNode(process.versions.node.split(".")[0] ?? "", "this machine");
  try {
    const version = minorOf(await readTerraformVersion(env));
    return { uses: [...node, { product: "Terraform", version, where: "this machine" }], unchecked: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { uses: node, unchecked: [`Terraform of this machine: ${error.message}`] };
  }
}
