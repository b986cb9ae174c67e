import { dirname } from "node:path";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScenario } from "../../../cli/demo/scenario.ts";
import { describeStack } from "../../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../../emulator/run-stack.ts";
import { readState } from "../../../emulator/terraform/read-state.ts";
import { killCommands, runCommand } from "../../support/commands.ts";
import type { Deployment } from "../../support/deployment.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { until } from "../../support/until.ts";

/** The APIs, functions and mappings of what was applied run from its state, against the services it was applied to. */
export function describeLocalRun(deployed: () => Deployment): void {
  describe("run from its state", () => {
    let running: RunningStack;
    const events: StackEvent[] = [];

    beforeAll(async () => {
      const deployment = deployed();
      const state = JSON.parse(await deployment.terraform("show", "-json"));
      running = await runStack({
        stack: describeStack(readState(state, deployment.directory)),
        endpoint: deployment.moto.endpoint,
        provisioned: true,
        port: 0,
        onEvent: (event) => events.push(event),
      });
    }, 60_000);

    afterAll(() => running?.stop());

    it("passes the demonstration", async () => {
      for await (const { title, checks } of runScenario(running.url, {})) {
        const failed = checks.filter(({ passed }) => !passed);
        // What went wrong inside shows in the events of that time alone.
        const recent =
          failed.length > 0 ? events.slice(-40).map((event) => JSON.stringify(event).slice(0, 300)) : [];
        expect(failed, [title, ...recent].join("\n")).toEqual([]);
      }
    }, 120_000);

    it("drops the test event that S3 sent when it was applied, and fails at nothing", async () => {
      const logged = () => events.filter(({ kind }) => kind === "log").map((event) => JSON.stringify(event));
      const mapped = () => events.flatMap((event) => (event.kind === "mapping" ? [event.event] : []));

      await until(() =>
        expect(mapped()).toContainEqual(
          expect.objectContaining({ kind: "invoked", testEvents: 1, failed: 0 }),
        ),
      );
      expect(mapped().filter(({ kind }) => kind === "error")).toEqual([]);
      expect(logged().join("\n")).not.toContain("message without created objects ignored");
    });
  });
}

/** The commands that somebody types who has applied dev to moto: they start it from its state, and verify it. */
export function describeVerification(deployed: () => Deployment): void {
  describe("started from its state, and verified, as commands", () => {
    const { region, namePrefix } = loadEnvironment("dev");
    let env: Readonly<Record<string, string>>;

    beforeAll(async () => {
      const { directory, moto } = deployed();
      env = { ...moto.environment, CDKTF_OUTDIR: dirname(dirname(directory)), PROXY: "built-in" };
      const start = runCommand("tools/start.ts", ["dev", "--applied"], { ...env, PORT: "0" });
      await until(() => expect(start.output.text).toContain("Ctrl-C stops it"));
    }, 120_000);
    afterAll(killCommands);

    const verify = () => runCommand("tools/verify.ts", ["dev", "--local"], env).ended;

    it("holds, from the proxy to the alarms, and leaves nothing", async () => {
      const { code, text } = await verify();

      expect(text).toContain("✓ the queue function stored the record\n");
      expect(text).toMatch(/✓ no alarm is raised \(\d+ alarms/);
      expect(text).toMatch(/\ndev is verified: \d+ passed, 0 failed, /);
      expect(code).toBe(0);
    }, 120_000);

    it("fails where an alarm is raised, and names the section of the runbook", async () => {
      const cloudWatch = new CloudWatchClient({
        region,
        endpoint: deployed().moto.endpoint,
        credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
      });
      const AlarmName = `${namePrefix}-dead-letters`;
      const set = (StateValue: "ALARM" | "OK") =>
        cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a test" }));

      await set("ALARM");
      const { code, text } = await verify();
      await set("OK");
      cloudWatch.destroy();

      expect(text).toContain(`✗ ${AlarmName} is not raised: got ALARM\n`);
      expect(text).toContain("docs/operations.md#dead-letters\n");
      expect(text).toContain(", 1 failed, ");
      expect(code).toBe(1);
    }, 120_000);
  });
}
