import { createHash } from "node:crypto";
import type { AlarmChange } from "./alarm-change.ts";

/** What both systems take as a key. */
const maxKeyLength = 255;

/** The same for an alarm whenever it is raised and whenever it ends. */
export function incidentKey({ arn }: AlarmChange): string {
  return arn.length <= maxKeyLength ? arn : createHash("sha256").update(arn).digest("hex");
}

/** Alarms end their description with it. */
export function runbookOf({ description }: AlarmChange): string | undefined {
  return /https:\/\/\S+$/.exec(description)?.[0];
}
