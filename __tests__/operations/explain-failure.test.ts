import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { explainFailure } from "../../operations/explain-failure.ts";

const failure = (name: string, more: object = { $metadata: {} }) =>
  Object.assign(new Error("reason"), { name, ...more });

describe(explainFailure, () => {
  it.each([
    [
      "a right that is missing",
      failure("AccessDeniedException"),
      /AccessDeniedException: reason\nThe role lacks a permission\. The stack's output operator_policy /,
    ],
    ["S3's name for the same", failure("AccessDenied"), /\nThe role lacks a permission\. /],
    [
      "no credentials",
      failure("CredentialsProviderError", {}),
      /\nNo valid AWS credentials were found\. Log in to the environment's account/,
    ],
    [
      "credentials that are over",
      failure("ExpiredToken"),
      /\nNo valid AWS credentials were found\. Log in to the environment's account/,
    ],
    [
      "no connection",
      failure("Error", { code: "ECONNREFUSED" }),
      /Error: reason\nNo message or payload is lost\. /,
    ],
  ])("says what to do about %s", (_, error, message) => {
    const explained = explainFailure("Looking", error);

    expect(explained).toBeInstanceOf(UserError);
    expect(explained).toMatchObject({ cause: error, exitCode: 1, message: expect.stringMatching(message) });
    expect(explained).toMatchObject({ message: expect.stringMatching(/^Looking failed\. /) });
  });

  it("leaves a bug, and what is for the reader already, as it is", () => {
    for (const error of [new TypeError("a bug"), new UserError("for the reader"), "a text"]) {
      expect(explainFailure("Looking", error)).toBe(error);
    }
  });
});
