import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract/user-error.ts";
import type { RegisteredEnvironments } from "../env/schema.ts";

/** @throws UserError that names each file of env/ with an environment that is not registered */
export function checkRegistration(projectRoot: string, registered: RegisteredEnvironments): void {
  const folder = join(projectRoot, "env");
  const forgotten = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !Object.hasOwn(registered, name))
    .filter((name) => describes(name, readFileSync(join(folder, `${name}.ts`), "utf8")));
  if (forgotten.length === 0) return;
  const problems = forgotten.map(
    (name) =>
      `env/${name}.ts: is not registered, so it has no effect: import { ${name} } from "./${name}.ts" in env/environments.ts, and add ${name} to registeredEnvironments there, in the order of promotion`,
  );
  throw new UserError(problems.join("\n"));
}

/** Whether a file contains an environment of its name: the schema requires that name in it. */
function describes(name: string, text: string): boolean {
  return new RegExp(`\\bname: *["'\`]${name}["'\`]`).test(text);
}
