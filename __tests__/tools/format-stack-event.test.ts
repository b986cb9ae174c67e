import { describe, expect, it } from "vitest";
import { formatStackEvent } from "../../cli/format-stack-event.ts";

const queueArn = "arn:aws:sqs:eu-central-1:111111111111:intake";

describe(formatStackEvent, () => {
  it("has no line for the test event of S3, which nobody has sent", () => {
    expect(formatStackEvent(invoked({ messages: 1, testEvents: 1 }))).toBeUndefined();
  });

  it("counts the messages that came with it", () => {
    const line = formatStackEvent(invoked({ messages: 2, testEvents: 1 }));

    expect(line).toBe("intake ─► function, 1 message, done in 7 ms");
  });

  it("tells of it where it fails", () => {
    const line = formatStackEvent(invoked({ messages: 1, testEvents: 1, failed: 1, error: "Error: no" }));

    expect(line).toBe("intake ─► function, 1 message, 1 failed: Error: no in 7 ms");
  });
});

function invoked(changes: { messages: number; testEvents: number; failed?: number; error?: string }) {
  const event = { kind: "invoked", failed: 0, durationMs: 7, error: undefined, ...changes } as const;
  return { kind: "mapping", queueArn, event } as const;
}
