// Prints the ends of support of the products that this project and its environments use.
import { type Command, command, wrongCommandLine } from "../cli/command.ts";
import { assessSupport, needsWork } from "../cli/support/assess-support.ts";
import { ENDS_OF_SUPPORT } from "../cli/support/ends-of-support.ts";
import { formatSupport } from "../cli/support/format-support.ts";
import { isoDay, parseSupportExceptions } from "../cli/support/support-exceptions.ts";
import { usesOfEnvironments } from "../cli/support/uses-of-environments.ts";
import { usesOfMachine } from "../cli/support/uses-of-machine.ts";
import { usesOfProject } from "../cli/support/uses-of-project.ts";
import { loadEnvironments } from "../env/load-environment.ts";
import { project } from "../env/project.ts";

const help = `usage: npm run support [-- <environment>…] [--date YYYY-MM-DD] [--strict] [--json]

Prints the ends of support of the products that the environments (default: all), this project and this machine use: Lambda
runtimes, the AWS provider, Terraform, HAProxy, Node.js, the AWS SDK, cdktf. The dates come from a table in this project that
people renew by hand (docs/support.md). Ends with 1 if a version is not in the table, or is past its end of support and has
no exception in env/project.ts.

  --date     checks for this day instead of today
  --strict   also ends with 1 if a part of the table is older than 180 days
  --json     prints JSON for programs: npm run -s support -- --json`;

export const main: Command = command(
  { help, positionals: [0, 99], options: { date: "text", strict: "flag", json: "flag" } },
  async ({ positionals, text, isSet }, { env, environments, print }) => {
    const date = text("date") ?? new Date().toISOString().slice(0, 10);
    if (!isoDay.safeParse(date).success) {
      throw wrongCommandLine(`--date must be a day, as YYYY-MM-DD, got "${date}".`, help);
    }
    const names = Object.keys(environments);
    const other = positionals.find((name) => !names.includes(name));
    if (other !== undefined) {
      throw wrongCommandLine(`There is no environment "${other}". Known: ${names.join(", ")}.`, help);
    }
    const asked = loadEnvironments(environments).filter(
      ({ name }) => positionals.length === 0 || positionals.includes(name),
    );
    const chosen = usesOfEnvironments(asked);
    const machine = await usesOfMachine(env);
    const report = assessSupport({
      date,
      table: ENDS_OF_SUPPORT,
      uses: [...chosen.uses, ...usesOfProject(process.cwd()), ...machine.uses],
      exceptions: parseSupportExceptions(project.supportExceptions),
      isComplete: positionals.length === 0,
    });
    const unchecked = [...chosen.unchecked, ...machine.unchecked];
    print(
      isSet("json") ? JSON.stringify({ ...report, unchecked }, null, 2) : formatSupport(report, unchecked),
    );
    return needsWork(report, { strict: isSet("strict") }) ? 1 : 0;
  },
);
