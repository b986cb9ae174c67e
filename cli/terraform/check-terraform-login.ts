import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../contract/user-error.ts";

/**
 * Checks that Terraform finds a token for a Terraform Enterprise host, where the run has the workspace's credentials.
 * @throws UserError when there is none
 */
export function checkTerraformLogin(name: string, hostname: string, env: NodeJS.ProcessEnv): void {
  const variable = `TF_TOKEN_${hostname.replaceAll("-", "__").replaceAll(".", "_")}`;
  const plain = `TF_TOKEN_${hostname.replaceAll(".", "_")}`;
  if (env[variable] || env[plain] || configurationFiles(env).some((file) => mentions(file, hostname))) {
    return;
  }
  throw new UserError(
    `No token for ${hostname}, which runs ${name}: run "terraform login ${hostname}", or set ${variable}.`,
  );
}

/** https://developer.hashicorp.com/terraform/cli/config/config-file#locations */
function configurationFiles(env: NodeJS.ProcessEnv): string[] {
  const appData = env["APPDATA"];
  const home = env["HOME"] ?? homedir();
  const windows = process.platform === "win32" && appData;
  const folder = windows ? join(appData, "terraform.d") : join(home, ".terraform.d");
  return [
    ...(existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => /\.tfrc(?:\.json)?$/.test(name))
      .map((name) => join(folder, name)),
    env["TF_CLI_CONFIG_FILE"] ?? (windows ? join(appData, "terraform.rc") : join(home, ".terraformrc")),
  ];
}

/** A `credentials` block of the host, as HCL or JSON, or a helper that may know it. */
function mentions(file: string, hostname: string): boolean {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.includes(`"${hostname}"`) || text.includes("credentials_helper");
}
