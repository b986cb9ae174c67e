import { existsSync, readFileSync } from "node:fs";

const file = "/proc/self/status";
type Size = "VmHWM";

/** Only Linux tells what is needed. */
export function canTellPeak(): boolean {
  return existsSync(file) && sizeBytes("VmHWM") !== undefined;
}

/**
 * By how many bytes `work` raises the peak of this process. The peak is the process' own
 * (VmHWM): that of `process.resourceUsage()` begins with the size of its parent.
 * @throws Error where this system does not tell
 */
export function extraPeakBytes(work: () => unknown): number {
  const before = sizeBytes("VmHWM");
  work();
  const peak = sizeBytes("VmHWM");
  if (before === undefined || peak === undefined) throw new Error(`${file} has no VmHWM.`);
  return peak - before;
}

function sizeBytes(size: Size): number | undefined {
  const kibibytes = new RegExp(`^${size}:\\s+(\\d+) kB$`, "m").exec(readFileSync(file, "utf8"))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
