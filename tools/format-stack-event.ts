import type { StackEvent } from "../local/run-stack.ts";

/** One line for what happened; undefined for what is not worth one. */
export function formatStackEvent(event: StackEvent): string | undefined {
  switch (event.kind) {
    case "request": {
      const why = event.error === undefined ? "" : `: ${event.error}`;
      return `${event.method} ${event.path} ─► ${event.api} ${event.status} in ${Math.round(event.durationMs)} ms${why}`;
    }
    case "notification":
      return `${event.bucket}/${event.key} ─► ${nameOf(event.queueArn)}`;
    case "mapping":
      return formatMappingEvent(nameOf(event.queueArn), event.event);
    case "log":
      return `${event.functionName}: ${event.line}`;
    case "error":
      return `error: ${event.error instanceof Error ? event.error.message : String(event.error)}`;
  }
}
