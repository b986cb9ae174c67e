import { SHARED_PATH } from "../../domain/names.ts";
import { formatReport, summarize } from "../../operations/verify/report.ts";
import type { VerificationListener } from "../../operations/verify/run-verification.ts";
import type { StepReport, Verification } from "../../operations/verify/step.ts";
import { STEPS } from "../../operations/verify/steps.ts";
import type { CommandContext } from "../command.ts";

type Output = Pick<CommandContext, "print" | "printError"> & { readonly json: boolean };

/** Progress as it happens: lines on standard output, or on standard error beside a document for programs. */
export function showVerification(
  { stack, entrance, caller }: Verification,
  { json, print, printError }: Output,
): VerificationListener & { end(reports: readonly StepReport[]): number } {
  const say = json ? printError : print;
  const started = performance.now();
  const url = entrance.kind === "proxy" ? entrance.url : entrance.urls.small;
  say(`Verifying ${stack.environment} at ${url}, as ${caller ?? "a caller of an external proxy"}`);
  return {
    onBegin: ({ title }, position) => say(`\n${position}/${STEPS.length} ${title} …`),
    onEnd: (report) => {
      for (const line of formatReport(report)) say(line);
      say(`  ${report.seconds.toFixed(1)} s`);
    },
    onLeft: (items) => {
      if (items.length === 0) say("\nThe records are deleted.");
      else
        printError(
          `\nNot deleted, because no answer came in time: ${items.join(", ")}. Send DELETE ${SHARED_PATH}/<item> for each.`,
        );
    },
    end: (reports) => {
      const { held, failed, notChecked } = summarize(reports);
      const seconds = (performance.now() - started) / 1000;
      const summary = `${held} passed, ${failed} failed, ${notChecked} not checked`;
      say(
        `\n${failed === 0 ? `${stack.environment} is verified` : `${stack.environment} does not work as it should`}: ${summary}, after ${seconds.toFixed(1)} s.`,
      );
      if (json) {
        const { environment } = stack;
        const passed = failed === 0;
        print(
          JSON.stringify(
            { environment, url, caller, passed, held, failed, notChecked, seconds, steps: reports },
            null,
            2,
          ),
        );
      }
      return failed === 0 ? 0 : 1;
    },
  };
}
