import type { EnterpriseClient, Run } from "./enterprise-client.ts";

/** States in which nothing happens any more, other than a success. */
const failed: Readonly<Record<string, string>> = {
  errored: "failed",
  discarded: "was discarded",
  canceled: "was canceled",
  force_canceled: "was canceled by force",
  policy_soft_failed: "is stopped by a policy",
};

/** States in which somebody who may has to override a policy or a task, or discard the run. */
const blocked = ["policy_override", "post_plan_awaiting_decision"];

/** What became of the run, or undefined while it goes on or went well. */
export function failureOf({ status }: Run): string | undefined {
  return failed[status];
}

export function isBlocked({ status }: Run): boolean {
  return blocked.includes(status);
}

/** Why a run failed or is blocked: what its log says of errors, and the policies and tasks that did not pass. */
export async function reasonsOf(run: Run, client: EnterpriseClient): Promise<string[]> {
  if (run.status !== "errored" && run.status !== "policy_soft_failed" && !isBlocked(run)) return [];
  const errors = run.status === "errored" ? await errorsOf(run, client) : [];
  if (errors.length > 0) return errors;
  const policies = await client.failedPolicyChecks(run.id);
  const stages = await client.failedStages(run.id);
  return [...policies, ...stages].map(
    ({ name, enforcement }) => `policy ${name} failed${enforcement === "" ? "" : ` (${enforcement})`}`,
  );
}

/** The apply failed if its log has errors, otherwise the plan did. */
async function errorsOf({ planId, applyId }: Run, client: EnterpriseClient): Promise<string[]> {
  const applyLog = applyId === undefined ? undefined : await client.applyLogUrl(applyId);
  const applyErrors = applyLog === undefined ? [] : errorsIn(await client.log(applyLog));
  if (applyErrors.length > 0) return applyErrors.map((error) => `apply: ${error}`);
  const planLog = planId === undefined ? undefined : (await client.plan(planId)).logUrl;
  const planErrors = planLog === undefined ? [] : errorsIn(await client.log(planLog));
  return planErrors.map((error) => `plan: ${error}`);
}

/** The last errors of a log. Terraform has taken sensitive values out of it. */
export function errorsIn(log: string): string[] {
  const lines = log.split("\n");
  const errors = lines.flatMap((line, index) => structuredError(line) ?? plainError(lines, index));
  return errors.slice(-20).map((error) => (error.length > 1_000 ? `${error.slice(0, 999)}…` : error));
}

/** The error in a line of a structured log; undefined where the line is none. */
function structuredError(line: string): string[] | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry = JSON.parse(line);
    if (entry["@level"] !== "error") return [];
    const { summary, detail, address } = entry.diagnostic ?? {};
    const where = address ? ` (${address})` : "";
    return [[`${summary ?? entry["@message"]}${where}`, detail].filter(Boolean).join(": ")];
  } catch {
    return undefined;
  }
}

/** An error begins with `Error:` and goes on as long as its lines have a bar, or up to an empty line without one. */
function plainError(lines: readonly string[], index: number): string[] {
  if (!/^[│\s]*Error: /.test(plain(lines[index]))) return [];
  const rest = lines.slice(index + 1).map(plain);
  const end = rest.findIndex((line) => !line.startsWith("│"));
  const more = rest.slice(0, end === -1 ? rest.length : end).slice(0, 20);
  const text = [plain(lines[index]), ...more].map((line) => line.replace(/^[│\s]*/, "").trim());
  return [text.filter((line) => line !== "").join(" ")];
}

function plain(line = ""): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  return line.replace(/\u001b\[[0-9;]*m/g, "").replace(/\r$/, "");
}
