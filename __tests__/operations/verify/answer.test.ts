import { describe, expect, it } from "vitest";
import { describeAnswer } from "../../../operations/verify/answer.ts";

const answer = (text: string, contentType = "text/plain") =>
  ({
    side: "small",
    status: 502,
    headers: { "content-type": contentType },
    bytes: Buffer.from(text),
    milliseconds: 1,
  }) as const;

describe(describeAnswer, () => {
  it("is the status and one line of the text, cut where it is long", () => {
    expect(describeAnswer(answer("a\n  b"))).toBe("502 a b");
    expect(describeAnswer(answer("x".repeat(10_000)))).toBe(`502 ${"x".repeat(200)}`);
    expect(describeAnswer(answer("%PDF", "application/pdf"))).toBe("502");
  });

  it("holds nothing that a terminal obeys", () => {
    expect(describeAnswer(answer("a\u001b]0;title\u0007\u009b2Jgone"))).toBe("502 a ]0;title 2Jgone");
  });

  it("does not show the token that somebody's answer repeats", () => {
    const echo = JSON.stringify({ Authorization: "Bearer header.payload.signature" });

    expect(describeAnswer(answer(echo, "application/json"))).not.toContain("header");
    expect(describeAnswer(answer("authorization: bearer\r\n header.payload"))).not.toContain("header");
  });
});
