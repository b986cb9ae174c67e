// Prints until when others support what this project and its environments use.
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

Prints until when others support what environments (all, unless some are named), this project and this machine use: Lambda
runtimes, the AWS provider, Terraform, HAProxy, Node.js, the AWS SDK, cdktf. The ends stand in a table of this project, and are
looked up by hand. Ends with 1 where a version is past its end and env/project.ts holds no exception for it, or is
not in the table.

  --date     as of another day than today
  --strict   also ends with 1 where nobody has looked up a part of the table for 180 days
  --json     for programs; call it by npm run -s support`;

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
