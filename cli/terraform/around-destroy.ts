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
    `${name} has deletionProtection, so a destroy would stop halfway: DynamoDB refuses to delete the table ${namePrefix}, and S3 refuses to delete a bucket that is not empty. Nothing was changed. Set deletionProtection: false in env/${name}.ts, run "npm run apply -- ${name}", and destroy again. If you switched it off with --var deletion_protection=false, give the destroy the same argument.`,
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
      `${environment.name} is not destroyed, or not completely. If you did not confirm, nothing was changed. If AWS refused to delete a table or a bucket because of deletion protection, set deletionProtection: false in env/${environment.name}.ts and apply it. Then destroy again: Terraform continues where it stopped.`,
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
