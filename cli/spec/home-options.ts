import { UserError } from "../../contract/user-error.ts";
import { type ForeignChoice, foreignChoices } from "../../openapi/import/import-document.ts";
import type { Arguments } from "../command.ts";

export const homeOptions = { account: "texts", region: "texts", foreign: "text" } as const;

export const homeHelp = `  --account <id>          account of the export, if its ARNs do not show it
  --region <name>         region of the export, if its ARNs do not show it
  --foreign keep          gives resources of another account or region placeholders, which you bind to their ARNs:
                          { kind: "external", arn: "arn:…" }. Default: refuse, which fails if the export names one`;

const forms = {
  account: { form: /^\d{12}$/, shown: "twelve digits" },
  region: { form: /^[a-z]{2,}(-[a-z]+)+-\d$/, shown: "a region such as eu-central-1" },
} as const;

export interface HomeArguments {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly foreign: ForeignChoice | undefined;
}

/**
 * The account and region of each export, from the command line. An option that is given once holds for all exports.
 * @throws UserError (exit code 2) for a malformed value, and for an option that is given too often
 */
export function homesOf({ texts, text }: Arguments, count = 1): HomeArguments[] {
  const foreign = foreignOf(text("foreign"));
  const accounts = valuesOf("account", texts("account"), count);
  const regions = valuesOf("region", texts("region"), count);
  return Array.from({ length: count }, (_, index) => {
    return { account: accounts[index], region: regions[index], foreign };
  });
}

/** @throws UserError (exit code 2) for another choice */
export function foreignOf(given: string | undefined): ForeignChoice | undefined {
  const known = foreignChoices.find((choice) => choice === given);
  if (given !== undefined && known === undefined) {
    throw new UserError(`--foreign ${given}: write ${foreignChoices.join(" or ")}.`, { exitCode: 2 });
  }
  return known;
}

function valuesOf(
  option: keyof typeof forms,
  given: readonly string[],
  count: number,
): readonly (string | undefined)[] {
  const { form, shown } = forms[option];
  const wrong = given.find((value) => !form.test(value));
  if (wrong !== undefined) throw new UserError(`--${option} ${wrong}: write ${shown}.`, { exitCode: 2 });
  if (given.length > count) {
    const most = count === 1 ? "once" : `at most ${count} times`;
    throw new UserError(`--${option} is given ${given.length} times: give it ${most}.`, { exitCode: 2 });
  }
  return given.length === 1 ? Array(count).fill(given[0]) : given;
}
