import { describe, expect, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { whyItWaits } from "../../release/apply-permission.ts";
import { stackOf } from "../../release/build.ts";
import { packStack } from "../../release/pack.ts";
import { planTarget } from "../../release/pull-request.ts";
import { releaseMessage } from "../../release/run-message.ts";
import {
  build,
  connect,
  earlier,
  enterprise,
  failureOf,
  lastRun,
  lines,
  outdir,
  outOfTimeAt,
  prepareReleases,
  release,
  start,
  states,
  targetIn,
  workspaceOf,
} from "../support/enterprise/releases.ts";
import { until } from "../support/until.ts";

prepareReleases();

/** Puts a run of the build there that somebody else has started. */
function startedByOthers(isOfPerson: boolean): void {
  enterprise.runs.push({
    id: "run-1",
    workspace: workspaceOf("dev"),
    message: releaseMessage(build, undefined),
    isPlanOnly: false,
    isAutoApplied: true,
    isOfPerson,
    configurationVersion: "cv-0",
    status: "pending",
    isPaused: false,
  });
}

describe(whyItWaits, () => {
  it("refuses to upload where the workspace says that the token's team may not apply", async () => {
    await start({ dev: { teamMayNotApply: true } });

    expect(await failureOf("dev")).toMatch(
      /^workspace-dev: the token's team may plan but not apply runs, .*Give the team the permission to apply runs .*\. Nothing was uploaded\.$/,
    );
    expect(enterprise.runs).toEqual([]);
    expect(enterprise.uploads()).toBe(0);
  });

  it("says so at once by the run where the workspace does not say it, and how to go on", async () => {
    await start({ dev: { teamMayNotApply: true, hidesPermissions: "of the workspace" } });

    expect(await failureOf("dev")).toMatch(
      /^The run is not applied automatically: the token's team may plan but not apply runs, [\s\S]*Somebody who may apply runs must confirm or discard it: http\S+\/runs\/run-1\n {2}After it is applied, release again/,
    );
    expect(lines).toContain("  pending");
    expect(enterprise.actions).toEqual([]);

    enterprise.settle(workspaceOf("dev"));
    expect(states()).toEqual([`${workspaceOf("dev")} planned`]);
    await enterprise.decide("run-1", "apply");
    enterprise.settle(workspaceOf("dev"));
    expect(await release("dev")).toBe("already released");
  });

  it("does not take a run for one that waits because its apply begins late", async () => {
    await start({ dev: { looksBeforeApply: 100 } });

    expect(await release("dev")).toBe("applied");
    expect(lines).toContain("  planned");
  });

  it("lets the run of somebody go on who may apply it, though the token may not", async () => {
    await start({ dev: { teamMayNotApply: true, looksBeforeApply: 5 } });
    startedByOthers(true);

    expect(await release("dev")).toBe("applied");
  });

  it("says of a run that was there already that it waits, also where the token may apply by now", async () => {
    const course = { teamMayNotApply: true };
    await start({ dev: course });
    startedByOthers(false);
    enterprise.settle(workspaceOf("dev"));
    course.teamMayNotApply = false;

    expect(await failureOf("dev")).toMatch(
      /^The run is not applied automatically: its creator had no permission to apply runs when it was planned\./,
    );
  });

  it("does not wait for its turn behind such a run until its time is over", async () => {
    const course = { teamMayNotApply: true };
    await start({ dev: course });
    startedByOthers(false);
    enterprise.settle(workspaceOf("dev"));
    course.teamMayNotApply = false;

    expect(await failureOf("dev", { build: earlier })).toMatch(
      /^The run cannot start: the earlier run run-1 waits for a decision: http\S+ It is canceled/,
    );
  });

  it("says of a run without auto-apply that somebody has to confirm it", async () => {
    await start();
    startedByOthers(true);
    Object.assign(lastRun(), { isAutoApplied: false });
    enterprise.settle(workspaceOf("dev"));

    expect(await failureOf("dev")).toMatch(/: it was started without auto-apply\.\n/);
  });

  it("waits for somebody where it is told to, and says that nobody else applies the run", async () => {
    await start({ dev: { teamMayNotApply: true } });
    const released = release("dev", { waitForConfirmation: true });
    await until(() => expect(lastRun().status).toBe("planned"));

    await enterprise.decide(lastRun().id, "apply");

    expect(await released).toBe("applied");
    expect(lines[0]).toMatch(/^ {2}workspace-dev: the token's team may plan but not apply runs/);
  });

  it("changes nothing where somebody confirms every run, or the server tells no permissions", async () => {
    await start({ dev: { hidesPermissions: "of all" }, uat: { teamMayNotApply: true } });

    expect(await release("dev")).toBe("applied");
    await release("test");
    expect(await release("uat")).toBe("waits for confirmation");
  });

  it("plans for a team that may only plan, since nobody is to apply that", async () => {
    await start({ dev: { teamMayNotApply: true } });
    const target = targetIn("dev");

    await planTarget(target, {
      client: connect(),
      archive: await packStack(stackOf(build, outdir, ingestionStackName("dev"))),
      commit: build.commit,
      deadline: Number.POSITIVE_INFINITY,
      pollMilliseconds: 1,
      signal: new AbortController().signal,
      print: (line) => lines.push(line),
    });

    expect(lines.at(-1)).toBe("dev: planned");
    expect(enterprise.runs.map(({ isPlanOnly }) => isPlanOnly)).toEqual([true]);
  });

  it("gives up a run that stays planned where the token may apply it", async () => {
    await start({ dev: { looksBeforeApply: 1_000_000 } });

    expect(await failureOf("dev", outOfTimeAt("  planned"))).toMatch(
      /^The run did not end in time. Its status is planned\./,
    );
  });
});
