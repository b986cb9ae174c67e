// What the build that verifies does around "npm run verify": it takes the outputs before, and writes down what was found.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../contract/parse-json.ts";
import { UserError } from "../contract/user-error.ts";
import type { ReleaseSettings } from "./settings.ts";
import { VerificationRecords } from "./verification-records.ts";

interface VerificationRun {
  readonly settings: ReleaseSettings;
  readonly print: (line: string) => void;
}

/** Writes what "terraform output -json" printed: outputs.json, in the folder where the report is expected. */
export async function takeOutputs({ settings, print }: VerificationRun): Promise<number> {
  const records = new VerificationRecords(settings.requiredBucket());
  const outputs = await records.outputs(settings.verified());
  const folder = folderOf(settings);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "outputs.json"), outputs);
  print(join(folder, "outputs.json"));
  return 0;
}

/**
 * Writes down what "npm run verify" has found, by its exit code and its report.
 * @returns that exit code
 * @throws UserError where it has found nothing out: then there is no result
 */
export async function recordResult({ settings, print }: VerificationRun, exitCode: string): Promise<number> {
  const file = join(folderOf(settings), "report.json");
  const report = existsSync(file) ? parseJson(readFileSync(file, "utf8")) : undefined;
  if ((exitCode !== "0" && exitCode !== "1") || report === undefined) {
    throw new UserError(
      `The verification ended with exit code ${exitCode}${report === undefined ? " and without a report" : ""}, so no result is stored. See its messages above.`,
    );
  }
  const of = settings.verified();
  const record = { verified: exitCode === "0", ...settings.codeBuild(), report };
  await new VerificationRecords(settings.requiredBucket()).write(of, record);
  print(`${of.environment}: ${record.verified ? "verified" : "not verified"}, build ${of.buildId}`);
  return Number(exitCode);
}

function folderOf({ outputDirectory }: ReleaseSettings): string {
  return join(outputDirectory, "verification");
}
