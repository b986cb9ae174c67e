import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../support/environments.ts";
import { resources, synthesize } from "../../support/synthesize.ts";

describe("the runtime of the functions", () => {
  it.each([
    ["~> 5.100", "nodejs22.x"],
    ["~> 6.25", "nodejs24.x"],
  ] as const)("follows the version of the AWS provider: with %s it is %s", (version, runtime) => {
    // Prod has the function that tells of alarms as well.
    const stack = synthesize({ ...loadEnvironment("prod"), awsProviderVersion: version });
    const runtimes = resources(stack, "aws_lambda_function").map((each) => [
      each["handler"],
      each["runtime"],
    ]);

    expect(stack.json.terraform.required_providers["aws"]?.version).toBe(version);
    expect(Object.fromEntries(runtimes)).toEqual({
      "api.handler": runtime,
      "queue.handler": runtime,
      "sweep.handler": runtime,
      "notify.handler": runtime,
    });
  });

  it("is all that the functions have from it", () => {
    const functionsWith = (awsProviderVersion: "~> 5.100" | "~> 6.25") =>
      resources(synthesize({ ...loadEnvironment("prod"), awsProviderVersion }), "aws_lambda_function").map(
        ({ runtime: _, filename: __, ...rest }) => rest,
      );

    expect(functionsWith("~> 6.25")).toEqual(functionsWith("~> 5.100"));
  });
});
