import { describe, expect, it } from "vitest";
import { command, reportUserErrors } from "../../cli/command.ts";
import { UserError } from "../../contract/user-error.ts";
import { callCommand } from "../support/call-command.ts";

const refusal = "There is no environment.";
const refuse = (exitCode: number) => () => {
  throw new UserError(refusal, { exitCode, cause: new Error("why") });
};

describe.each([
  ["command", (run: () => never) => command({ help: "usage: npm run it" }, run)],
  ["reportUserErrors", (run: () => never) => reportUserErrors(async () => run())],
])("%s", (_, commandOf) => {
  it.each([1, 2, 130])(
    "shows the message of a UserError alone, and ends with its exit code %d",
    async (exitCode) => {
      const result = await callCommand(commandOf(refuse(exitCode)), []);

      expect(result).toEqual({ code: exitCode, stdout: "", stderr: `${refusal}\n` });
    },
  );

  it("throws any other error on, whatever its code looks like", async () => {
    const bug = Object.assign(new Error("a bug"), { code: "ENVIRONMENT_INVALID", exitCode: 2 });

    const called = callCommand(
      commandOf(() => {
        throw bug;
      }),
      [],
    );

    await expect(called).rejects.toBe(bug);
  });
});
