import { stripVTControlCharacters } from "node:util";
import type { EnterpriseClient } from "./enterprise-client.ts";
import { EnterpriseError } from "./enterprise-connection.ts";
import type { Run } from "./enterprise-documents.ts";

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

const beingApplied = [
  "confirmed",
  "pre_apply_running",
  "pre_apply_completed",
  "queuing_apply",
  "apply_queued",
  "applying",
  "post_apply_running",
  "post_apply_completed",
];

/** What became of the run, or undefined while it goes on or went well. */
export function failureOf({ status }: Run): string | undefined {
  return failed[status];
}

export function isBlocked({ status }: Run): boolean {
  return blocked.includes(status);
}

export function isBeingApplied({ status }: Run): boolean {
  return beingApplied.includes(status);
}

/**
 * Why a run failed or is blocked: what its log says of errors, and the policies and tasks that did not pass. Where that can't
 * be read it says so: that the run failed is known.
 */
export async function reasonsOf(run: Run, client: EnterpriseClient): Promise<string[]> {
  if (run.status !== "errored" && run.status !== "policy_soft_failed" && !isBlocked(run)) return [];
  try {
    const errors = run.status === "errored" ? await errorsOf(run, client) : [];
    if (errors.length > 0) return errors;
    const objections = [...(await client.failedPolicyChecks(run.id)), ...(await client.failedStages(run.id))];
    return objections.map(
      ({ kind, name, enforcement }) =>
        `${kind} ${name} failed${enforcement === "" ? "" : ` (${enforcement})`}`,
    );
  } catch (error) {
    if (!(error instanceof EnterpriseError)) throw error;
    return [`(the reasons cannot be read: ${error.message})`];
  }
}

/** The apply failed if its log has errors, otherwise the plan did. */
async function errorsOf({ planId, applyId }: Run, client: EnterpriseClient): Promise<string[]> {
  const applyLog = applyId === undefined ? undefined : await applyLogUrl(applyId, client);
  const applyErrors = applyLog === undefined ? [] : errorsIn(await client.log(applyLog));
  if (applyErrors.length > 0) return applyErrors.map((error) => `apply: ${error}`);
  const planLog = planId === undefined ? undefined : (await client.plan(planId)).logUrl;
  const planErrors = planLog === undefined ? [] : errorsIn(await client.log(planLog));
  return planErrors.map((error) => `plan: ${error}`);
}

/** A run whose plan failed may have no apply. */
async function applyLogUrl(id: string, client: EnterpriseClient): Promise<string | undefined> {
  try {
    return await client.applyLogUrl(id);
  } catch (error) {
    if (error instanceof EnterpriseError && !error.isAway) return undefined;
    throw error;
  }
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
  return stripVTControlCharacters(line).replace(/\r$/, "");
}
