import { UserError } from "../../contract/user-error.ts";

/** The state of another workspace would lie elsewhere, for local state in the generated directory itself. */
export function refuseWorkspace(name: string, env: NodeJS.ProcessEnv): void {
  const workspace = env["TF_WORKSPACE"];
  if (workspace && workspace !== "default") {
    throw new UserError(
      `TF_WORKSPACE is "${workspace}": this project uses environments, not Terraform workspaces. Unset TF_WORKSPACE: "${name}" has its own state.`,
    );
  }
}
