import { describe, expect, it } from "vitest";
import { errorsIn } from "../../release/run-failure.ts";

describe(errorsIn, () => {
  it("finds errors in a log for people, with where they are", () => {
    const log = [
      "Terraform v1.11.4",
      "\u001b[31m╷\u001b[0m",
      "\u001b[31m│\u001b[0m \u001b[1m\u001b[31mError: \u001b[0mreading role: not found",
      "│ ",
      "│   with data.aws_iam_role.roles_api_function,",
      "│   on cdk.tf.json line 12, in data.aws_iam_role",
      "╵",
      "╷",
      "│ Error: Invalid value for variable",
      "╵",
      "Operation failed: failed running terraform plan (exit 1)",
    ].join("\n");

    expect(errorsIn(log)).toEqual([
      "Error: reading role: not found with data.aws_iam_role.roles_api_function, on cdk.tf.json line 12, in data.aws_iam_role",
      "Error: Invalid value for variable",
    ]);
  });

  it("finds errors in a structured log", () => {
    const entries = [
      { "@level": "info", "@message": "Plan: 1 to add" },
      {
        "@level": "error",
        "@message": "Error: No role",
        diagnostic: { summary: "No role", detail: "It is gone.", address: "aws_iam_role.a" },
      },
      { "@level": "error", "@message": "Error: alone" },
    ];

    expect(errorsIn(entries.map((entry) => JSON.stringify(entry)).join("\n"))).toEqual([
      "No role (aws_iam_role.a): It is gone.",
      "Error: alone",
    ]);
  });

  it("says the last twenty, and of each the beginning", () => {
    const log = Array.from({ length: 30 }, (_, index) => `Error: ${index} ${"x".repeat(2_000)}`).join("\n");

    const errors = errorsIn(log);

    expect(errors).toHaveLength(20);
    expect(errors[0]).toMatch(/^Error: 10 x+…$/);
    expect(errors[0]).toHaveLength(1_000);
  });

  it.each(["", "{not json", "Apply complete! Resources: 0 added", "No Error: here"])(
    "finds none in %j",
    (log) => {
      expect(errorsIn(log)).toEqual([]);
    },
  );
});
