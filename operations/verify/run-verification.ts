import { type Check, fails, notChecked } from "./check.ts";
import { ConnectionFailure } from "./connection-failure.ts";
import { deleteAfterStop } from "./delete-records.ts";
import { diagnoseConnection } from "./diagnose-connection.ts";
import { isFailed, type Step, type StepReport, type Verification } from "./step.ts";
import { STEPS } from "./steps.ts";

export interface VerificationListener {
  readonly onBegin?: (step: Step, position: number) => void | Promise<void>;
  readonly onEnd?: (report: StepReport) => void;
  /** Items that could not be deleted after an interruption; none is the usual case. */
  readonly onLeft?: (items: readonly string[]) => void;
}

/**
 * Takes all steps, one after the other; what needs a step that failed is not checked. Whatever was sent is deleted, also after
 * an interruption.
 * @throws the signal's reason
 */
export async function runVerification(
  verification: Verification,
  { onBegin, onEnd, onLeft }: VerificationListener = {},
): Promise<readonly StepReport[]> {
  const reports: StepReport[] = [];
  try {
    for (const [index, step] of STEPS.entries()) {
      verification.signal.throwIfAborted();
      await onBegin?.(step, index + 1);
      const report = await takeStep(step, verification, reports);
      reports.push(report);
      onEnd?.(report);
    }
    return reports;
  } catch (error) {
    onLeft?.(await deleteAfterStop(verification));
    verification.signal.throwIfAborted();
    throw error;
  }
}

async function takeStep(
  step: Step,
  verification: Verification,
  reports: readonly StepReport[],
): Promise<StepReport> {
  const { id, title } = step;
  const started = performance.now();
  const missing = reports.find((report) => step.needs.includes(report.id) && !isReached(report));
  const checks = missing
    ? [notChecked(step.shows, `the step "${missing.title}" did not pass`)]
    : await step.run(verification).catch((error: unknown) => connectionChecks(error, step));
  return { id, title, seconds: (performance.now() - started) / 1000, checks };
}

/** A step that was not taken for want of another one is none that others can build on. */
function isReached(report: StepReport): boolean {
  return !isFailed(report) && report.checks.some(({ result }) => result === "holds");
}

/** @throws what is no failure of a connection */
function connectionChecks(error: unknown, { title }: Step): Check[] {
  if (!(error instanceof ConnectionFailure)) throw error;
  return [fails(`there is an answer: ${title}`, error.message, diagnoseConnection(error))];
}
