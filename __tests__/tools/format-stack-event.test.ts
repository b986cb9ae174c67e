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

describe("formatStackEvent, of APIs", () => {
  it("says what has to be known of them", () => {
    expect(formatStackEvent({ kind: "notice", text: "orders: GET /items is left out" })).toBe(
      "orders: GET /items is left out",
    );
  });

  it("names the path as clients call it, and says why the gateway itself answered", () => {
    const line = formatStackEvent({
      kind: "request",
      ...{ api: "orders", apiId: "a1b2c3d4e5", requestId: "r", extendedRequestId: "e" },
      ...{
        method: "GET",
        path: "/v1/items",
        status: 501,
        durationMs: 1.2,
        error: "GET /items is left out here",
      },
    });

    expect(line).toBe("GET /items ─► orders 501 in 1 ms: GET /items is left out here");
  });
});

function invoked(changes: { messages: number; testEvents: number; failed?: number; error?: string }) {
  const event = { kind: "invoked", failed: 0, durationMs: 7, error: undefined, ...changes } as const;
  return { kind: "mapping", queueArn, event } as const;
}
