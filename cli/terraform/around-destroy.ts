import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import type { CommandContext } from "../command.ts";
import type { TerraformArguments } from "./terraform-arguments.ts";
import { describeWhatStays } from "./what-stays.ts";

/** Whether it is about a destroy: of `plan -destroy`, too. */
export const isOfDestroy = ({ action, rest }: TerraformArguments) =>
  action === "destroy" || rest.some((each) => /^--?destroy(?:=true)?$/.test(each));

const isDestroying = (asked: TerraformArguments) => isOfDestroy(asked) && asked.action !== "plan";

/** Whether it is to print JSON: then nothing else belongs on the standard output. */
export const wantsJson = ({ rest }: TerraformArguments) =>
  rest.some((argument) => /^--?json(?:=true)?$/.test(argument));

/**
 * Refuses to destroy what is protected: AWS refuses the table and filled buckets as well, but only once Terraform has
 * deleted much of the rest.
 * @throws UserError that says what to do first
 */
export function refuseProtected(
  { name, namePrefix, deletionProtection }: Environment,
  asked: TerraformArguments,
): void {
  const isOverridden = asked.rest.some((argument) => /\bdeletion_protection=false$/.test(argument));
  if (!isDestroying(asked) || !deletionProtection || isOverridden) return;
  throw new UserError(
    `${name} has deletionProtection. DynamoDB would refuse to delete the table ${namePrefix}, and S3 every bucket that is not empty, after Terraform has deleted much else. Nothing was changed. Set deletionProtection: false in env/${name}.ts and run "npm run apply -- ${name}" first. If you applied it as a variable, give it here too: --var deletion_protection=false.`,
  );
}

/** Says what stays once all is destroyed, or what helps where it was not. */
export function tellAfterDestroy(
  environment: Environment,
  { asked, env, code, print, printError }: TerraformEnding,
): void {
  if (!isDestroying(asked)) return;
  if (code !== 0) {
    printError(
      `${environment.name} is not destroyed, or only a part of it. If you did not confirm, nothing was changed. If AWS refused to delete a table or a bucket because of deletion protection, set deletionProtection: false in env/${environment.name}.ts and apply it. Then destroy again: Terraform continues where it stopped.`,
    );
    return;
  }
  const isPartial = asked.rest.some((argument) => /^--?(?:target|exclude)\b/.test(argument));
  const tell = wantsJson(asked) ? printError : print;
  if (!isPartial) tell(describeWhatStays(environment, env["CDKTF_OUTDIR"] || undefined));
}

interface TerraformEnding extends Pick<CommandContext, "env" | "print" | "printError"> {
  readonly asked: TerraformArguments;
  /** Terraform's exit code. */
  readonly code: number;
}
