import { once } from "node:events";
import type { CommandContext } from "../command.ts";
import type { BootstrapStep } from "./bootstrap-steps.ts";

/** What the article promises for a whole stack. */
const PROMISED_SECONDS = 600;

/**
 * Runs the steps one after the other, and prints what each has taken, and their sum.
 * @throws what a step throws, after a line that names it, and the signal's reason once it aborts
 */
export async function runSteps(
  steps: readonly BootstrapStep[],
  { print, signal }: Pick<CommandContext, "print"> & { readonly signal: AbortSignal },
): Promise<void> {
  const width = Math.max(...steps.map(({ title }) => title.length));
  const line = (mark: string, title: string, seconds: number) =>
    print(`${mark} ${title.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`);
  const aborted = once(signal, "abort").then(() => signal.throwIfAborted());
  const begin = performance.now();
  for (const step of steps) {
    signal.throwIfAborted();
    const stepBegin = performance.now();
    const seconds = () => (performance.now() - stepBegin) / 1_000;
    try {
      await Promise.race([step.run(), aborted]);
    } catch (error) {
      line("✗", step.title, seconds());
      throw error;
    }
    line("✓", step.title, seconds());
  }
  line(" ", `total (target ${PROMISED_SECONDS} s)`, (performance.now() - begin) / 1_000);
  print(
    "\nThese times are for moto. AWS takes longer to create some resources, and its calls go over the network.",
  );
}
