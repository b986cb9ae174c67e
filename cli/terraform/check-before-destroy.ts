import { UserError } from "../../contract/user-error.ts";
import { readTerraform } from "./read-terraform.ts";

/** Of resources that a destroy must not delete, and that a state from before account-<environment> may still hold. */
const ACCOUNT_WIDE = ["aws_api_gateway_account.gateway_account", "aws_iam_role.gateway_logging_role"];

/**
 * Terraform's destroy does not read `removed` blocks: it would delete the account-wide logging role that an older state still holds.
 * @returns what to warn of, where the state cannot be read
 * @throws UserError where it does hold it
 */
export async function checkBeforeDestroy(
  directory: string,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const addresses = await readAddresses(directory, env).catch((error: unknown) => {
    if (error instanceof UserError) return error.message;
    // Its message would quote the state.
    if (error instanceof SyntaxError) return "the state is not JSON";
    throw error;
  });
  if (typeof addresses === "string") {
    return `Not checked: whether the state of ${name} still contains API Gateway's logging role of the account, which a destroy would delete (${addresses}).`;
  }
  const held = ACCOUNT_WIDE.filter((address) => addresses.includes(address));
  if (held.length > 0) {
    throw new UserError(
      `The state of ${name} still contains resources that serve every API of the account: ${held.join(", ")}. A destroy would delete them. Run "npm run apply -- ${name}" first: it removes them from the state only. Or run "terraform -chdir=${directory} state rm ${held.join(" ")}". Then destroy.`,
    );
  }
  return undefined;
}

interface State {
  readonly resources?: readonly { readonly mode: string; readonly type: string; readonly name: string }[];
}

/** Of what is managed; of nothing where there is no state yet. */
async function readAddresses(directory: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const text = await readTerraform(directory, ["state", "pull"], env);
  const { resources = [] }: State = text.trim() === "" ? {} : JSON.parse(text);
  return resources.filter(({ mode }) => mode === "managed").map(({ type, name }) => `${type}.${name}`);
}
