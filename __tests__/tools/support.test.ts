import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { main } from "../../tools/support.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { callCommand } from "../support/call-command.ts";
import type { Block } from "../support/synthesize.ts";

/** On a fixed day, and without the Terraform of this machine. */
const support = (date: string, args: readonly string[] = [], environments: object = registeredEnvironments) =>
  callCommand(
    main,
    [...args, "--date", date],
    {},
    {
      env: { PATH: "/nowhere" },
      environments: { ...environments },
    },
  );

describe("npm run support", () => {
  it("prints the end of what environments use, with the days left, what ends then and who says so", async () => {
    const { stdout } = await support("2026-11-28", ["prod"]);

    expect(stdout).toMatch(/^Ends of support, as of 2026-11-28\n/);
    expect(stdout).toMatch(/^ends soon {2}Lambda runtime nodejs22\.x +2027-04-30 \(in 153 days\) +prod$/m);
    expect(stdout).toMatch(/^ {11}no patches .*\(https:\/\/docs\.aws\.amazon\.com\/lambda\/\S+\)$/m);
    expect(stdout).toMatch(/^not checked: Terraform of this machine: Terraform is not on PATH/m);
    expect(stdout).not.toMatch(/\bdev$/m);
  });

  it("says what follows where one has chosen version 6 of the provider", async () => {
    const { stdout } = await support("2026-11-28", ["dev"], {
      dev: { ...registeredEnvironments.dev, awsProviderVersion: "~> 6.25" },
    });

    expect(stdout).toMatch(/^supported {2}Lambda runtime nodejs24\.x +2028-04-30 \(in 519 days\) +dev$/m);
    expect(stdout).toMatch(/^supported {2}AWS provider 6 +none announced +dev$/m);
    expect(stdout).not.toContain("nodejs22.x");
  });

  it("ends with 1 once something is past its end, and names that first", async () => {
    // Later than any exception.
    const { code, stdout } = await support("2199-01-01");

    expect(code).toBe(1);
    expect(stdout.split("\n")[2]).toMatch(/^ended /);
    expect(stdout).toMatch(/^ended {6}Lambda runtime nodejs22\.x .* dev, test, uat, prod$/m);
    expect(stdout).toMatch(
      /\n\d+ of \d+ versions are past their end of support without an exception, or not in the table\.\n$/,
    );
  });

  it("says that the table is old", async () => {
    expect((await support("2199-01-01")).stdout).toMatch(
      /^old: last looked up on \S+: .*Lambda runtime.* Renew the table: docs\/support\.md$/m,
    );
  });

  it("prints the same as JSON", async () => {
    const { stdout } = await support("2026-11-28", ["dev", "--json"]);
    const { date, findings, unchecked } = JSON.parse(stdout);

    expect(date).toBe("2026-11-28");
    expect(findings).toContainEqual(
      expect.objectContaining({
        product: "Lambda runtime",
        version: "nodejs22.x",
        where: ["dev"],
        state: "ends soon",
        ends: "2027-04-30",
        daysLeft: 153,
      }),
    );
    expect(unchecked).toContainEqual(expect.stringMatching(/^Terraform of this machine/));
  });

  it.each([
    [["prodd"], 'There is no environment "prodd". Known: dev, test, uat, prod.'],
    [["--date", "2026-02-30"], '--date must be a day, as YYYY-MM-DD, got "2026-02-30".'],
    [["--date", "today"], '--date must be a day, as YYYY-MM-DD, got "today".'],
  ])("refuses %j", async (args, problem) => {
    const { code, stdout, stderr } = await callCommand(main, args);

    expect(stderr.split("\n")[0]).toBe(problem);
    expect(stderr).toContain("\nusage: npm run support ");
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("the calendar", () => {
  it("turns no check red: only the scheduled workflow looks at the real day", () => {
    const workflows = join(".github", "workflows");
    const files = [
      "package.json",
      ...readdirSync(".ci").map((file) => join(".ci", file)),
      ...readdirSync(".").filter((file) => file.startsWith("buildspec.")),
      ...readdirSync(workflows).map((file) => join(workflows, file)),
    ];
    const calls = /npm run (?:-s )?(?:support|synth:cdktn)\b/;

    expect(files.filter((file) => calls.test(readFileSync(file, "utf8")))).toEqual([
      join(workflows, "support.yml"),
    ]);
  });

  it("is looked at every month, and by hand, by a workflow that may only read and whose actions are pinned", () => {
    const workflow = parse(readFileSync(join(".github", "workflows", "support.yml"), "utf8"));
    const steps = Object.values<Block>(workflow.jobs).flatMap((job): Block[] => job["steps"]);
    const commands = steps.flatMap(({ run }) => run ?? []);

    expect(Object.keys(workflow.on)).toEqual(["schedule", "workflow_dispatch"]);
    expect(workflow.on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \d+ \* \*$/) }]);
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(commands).toEqual(["npm ci", "npm run support -- --strict", "npm ci", "npm run synth:cdktn"]);
    for (const { uses } of steps.filter((step) => step["uses"])) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    }
  });
});
