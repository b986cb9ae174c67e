import type { MappingEvent } from "../emulator/lambda/event-source-mapping.ts";
import type { StackEvent } from "../emulator/run-stack.ts";

/** One line for what happened; undefined for what is not worth one. */
export function formatStackEvent(event: StackEvent): string | undefined {
  switch (event.kind) {
    case "request": {
      const why = event.error === undefined ? "" : `: ${event.error}`;
      return `${event.method} ${withoutStage(event.path)} ─► ${event.api} ${event.status} in ${Math.round(event.durationMs)} ms${why}`;
    }
    case "refusal":
      return `${event.method} ${event.path} refused with ${event.status}`;
    case "notice":
      return event.text;
    case "notification":
      return `${event.bucket}/${event.key} ─► ${nameOf(event.queueArn)}`;
    case "mapping":
      return formatMappingEvent(nameOf(event.queueArn), event.event);
    case "log":
      return isMetrics(event.line) ? undefined : `${event.functionName}: ${event.line}`;
    case "invocation":
      // Its request or its message has a line.
      return undefined;
    case "error":
      return `error: ${event.error instanceof Error ? event.error.message : String(event.error)}`;
  }
}

/** The path as clients call it: the proxy adds the stage. */
function withoutStage(path: string): string {
  return path.replace(/^\/[^/]*/, "") || "/";
}

/** A line of CloudWatch's embedded metric format. */
function isMetrics(line: string): boolean {
  return line.startsWith('{"_aws"');
}

function formatMappingEvent(queue: string, event: MappingEvent): string | undefined {
  if (event.kind === "error") return `${queue} ─► error on ${event.action}: ${event.error}`;
  const { failed, durationMs, error } = event;
  // Nobody has sent the others.
  const messages = failed === 0 ? event.messages - event.testEvents : event.messages;
  if (messages === 0) return undefined;
  const count = `${messages} ${messages === 1 ? "message" : "messages"}`;
  const outcome = failed === 0 ? "done" : `${failed} failed${error === undefined ? "" : `: ${error}`}`;
  return `${queue} ─► function, ${count}, ${outcome} in ${Math.round(durationMs)} ms`;
}

function nameOf(arn: string): string {
  return arn.split(":").at(-1) ?? arn;
}
