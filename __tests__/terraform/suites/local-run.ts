import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScenario } from "../../../cli/demo/scenario.ts";
import { describeStack } from "../../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../../emulator/run-stack.ts";
import { readState } from "../../../emulator/terraform/read-state.ts";
import type { Deployment } from "../../support/deployment.ts";
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
      expect(logged().join("\n")).not.toContain("message without created objects dropped");
    });
  });
}
