// Prints all values of an environment: from its file, and from the defaults of the schema.
import { command } from "../cli/command.ts";
import { type ResolvedValue, resolvedValues } from "../cli/resolved-values.ts";
import { consequencesOf } from "../contract/aws-provider-versions.ts";
import { loadEnvironment } from "../env/load-environment.ts";

const help = (environmentNames: readonly string[]) => `usage: npm run env -- <environment> [--json]

Prints every value of an environment (${environmentNames.join(", ")}) and its origin: the environment's file, or a default
with its reason. To change a value, set it in env/<environment>.ts. docs/reference/settings.md describes all settings.

  --json   prints { "environment": …, "origins": { "<path>": "…" } } for programs. Call it with npm run -s env.

  npm run env -- dev`;

export const main = command(
  { help, positionals: [1, 1], missing: "Name an environment.", options: { json: "flag" } },
  ({ positionals, isSet }, { environments, print }) => {
    const environment = loadEnvironment(positionals[0], environments);
    const { name } = environment;
    const values = resolvedValues(name, environments[name], environment).map((each) =>
      each.path === "awsProviderVersion"
        ? { ...each, origin: `${each.origin}; ${consequencesOf(environment.awsProviderVersion)}` }
        : each,
    );
    if (isSet("json")) {
      const origins = Object.fromEntries(values.map(({ path, origin }) => [path, origin]));
      print(JSON.stringify({ environment, origins }, null, 2));
    } else {
      print(table(values));
    }
    return 0;
  },
);

/** The width of values. Origins behind wider values are not aligned. */
const VALUE_WIDTH = 44;

function table(values: readonly ResolvedValue[]): string {
  const rows = values.map(({ path, value, origin }) => ({ path, text: JSON.stringify(value), origin }));
  const pathWidth = Math.max(...rows.map(({ path }) => path.length));
  return rows
    .map(({ path, text, origin }) => `${path.padEnd(pathWidth)}  ${text.padEnd(VALUE_WIDTH)}  ${origin}`)
    .join("\n");
}
