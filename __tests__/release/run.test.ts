import { describe, expect, it } from "vitest";
import type { PromotionOptions } from "../../release/promote.ts";
import { followRun } from "../../release/run.ts";
import {
  earlier,
  enterprise,
  failureOf,
  lastRun,
  lines,
  outOfTimeAt,
  prepareReleases,
  release,
  start,
  states,
  workspaceOf,
} from "../support/enterprise/releases.ts";
import type { Course } from "../support/enterprise/run-course.ts";
import { until } from "../support/until.ts";

prepareReleases();

describe(followRun, () => {
  it("waits for the confirmation where it is told to", async () => {
    await start();
    await release("dev");
    await release("test");

    const released = release("uat", { waitForConfirmation: true });
    await until(() => expect(lastRun().status).toBe("planned"));
    await enterprise.decide(lastRun().id, "apply");

    expect(await released).toBe("applied");
    expect(lines.filter((line) => line.startsWith("  Plan: ")).at(-1)).toBe(
      "  Plan: 3 to add, 2 to change, 1 to destroy.",
    );
  });

  it.each<["discard" | "cancel", Course, string]>([
    ["discard", {}, "was discarded"],
    ["cancel", { staysIn: "planning" }, "was canceled"],
  ])("fails when somebody decides to %s the run", async (action, course, what) => {
    await start({ dev: {}, test: {}, uat: course });
    await release("dev");
    await release("test");
    const failed = failureOf("uat", { waitForConfirmation: true });
    await until(() => expect(lastRun().status).toBe(course.staysIn ?? "planned"));

    await enterprise.decide(lastRun().id, action);

    expect(await failed).toMatch(new RegExp(`^The run ${what}: http`));
  });

  it.each<[string, Course]>([
    ["policy_override", { policies: [{ name: "tags", passes: false, level: "soft-mandatory" }] }],
    ["post_plan_awaiting_decision", { evaluations: [{ name: "tags", passes: false, level: "mandatory" }] }],
  ])(
    "goes on from %s when somebody overrides and confirms, where it waits for that",
    async (state, course) => {
      await start({ uat: course });
      await release("dev");
      await release("test");
      const released = release("uat", { waitForConfirmation: true });
      await until(() => expect(lastRun().status).toBe(state));

      await enterprise.decide(lastRun().id, "override");
      await enterprise.decide(lastRun().id, "apply");

      expect(await released).toBe("applied");
    },
  );

  it("asks again where the server is busy, and starts one run alone when an answer is lost", async () => {
    await start(
      {},
      {
        trouble: ({ method, path, nth }) => {
          if (method === "POST" && path === "/api/v2/runs") return nth === 1 ? "lost" : undefined;
          if (nth > 1) return undefined;
          if (path.startsWith("/upload/")) return 503;
          return path.includes("/configuration-versions/") ? 429 : undefined;
        },
      },
    );

    expect(await release("dev")).toBe("applied");
    expect(enterprise.runs).toHaveLength(1);
    expect(enterprise.uploads()).toBe(1);
  });

  it.each<[string, string, Course, string, string[]]>([
    ["planning", "dev", { staysIn: "planning" }, "It is canceled", ["cancel"]],
    ["planned", "uat", {}, "It is discarded", ["discard"]],
    ...["apply_queued", "applying", "post_apply_running"].map(
      (state): [string, string, Course, string, string[]] => [
        state.replaceAll("_", " "),
        "dev",
        { staysIn: state },
        "It is being applied, and continues",
        [],
      ],
    ),
  ])("gives up a run that does not end in time while it is %s", async (state, name, course, end, actions) => {
    await start({ [name]: course });
    if (name === "uat") {
      await release("dev");
      await release("test");
    }

    const failed = await failureOf(name, { ...outOfTimeAt(`  ${state}`), waitForConfirmation: true });

    expect(failed).toMatch(
      new RegExp(`^The run did not end in time. Its status is ${state}. ${end}: http\\S+$`),
    );
    expect(enterprise.actions.map(({ action }) => action)).toEqual(actions);
  });

  const requestsOf = (request: string) => enterprise.requests.filter((each) => each === request).length;
  const looksAt = (run: string) => requestsOf(`GET /api/v2/runs/${run}`);
  /** How often all runs of dev were asked for. */
  const lists = () => requestsOf("GET /api/v2/workspaces/ws-0/runs");

  /** Ctrl-C as soon as the run has been seen in this state. */
  function interruptedIn(state: string): Partial<PromotionOptions> {
    const stopping = new AbortController();
    const print = (line: string) => {
      lines.push(line);
      if (line === `  ${state}`) stopping.abort();
    };
    return { signal: stopping.signal, print };
  }

  it("tells how a run ended that went on while it was given up", async () => {
    const course: Course = { staysIn: "planning" };
    await start(
      { dev: course },
      {
        trouble: ({ path, nth }) => {
          if (!path.endsWith("/actions/cancel") || nth > 1) return undefined;
          delete course.staysIn;
          return 409;
        },
      },
    );

    expect(await failureOf("dev", interruptedIn("planning"))).toMatch(
      /^The release was stopped\. It is (canceled|being applied, and continues): http/,
    );
    expect(["canceled", "apply_queued", "applying", "applied"]).toContain(lastRun().status);
  });

  it("asks again for the end of a run that was refused", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path, nth }) => (path.endsWith("/actions/cancel") && nth === 1 ? 409 : undefined) },
    );

    expect(await failureOf("dev", interruptedIn("planning"))).toMatch(
      /^The release was stopped\. It is canceled/,
    );
    expect(lastRun().status).toBe("canceled");
  });

  it("says that a run may go on where its end can't be asked for", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path }) => (path.endsWith("/actions/cancel") ? 503 : undefined) },
    );

    expect(await failureOf("dev", interruptedIn("planning"))).toMatch(
      /^The release was stopped\. It could not be ended, and may continue \(http\S+ answers 503 \(5 attempts\): to cancel the run \(trouble\)\.\): http/,
    );
  });

  it("follows on when the server was away for longer than a request is tried", async () => {
    await start(
      {},
      { trouble: ({ path, nth }) => (/\/runs\/run-1$/.test(path) && nth > 2 && nth < 20 ? 503 : undefined) },
    );

    expect(await release("dev")).toBe("applied");
    expect(lines.filter((line) => line.includes("Trying again"))).toEqual([
      expect.stringMatching(
        /answers 503 \(5 attempts\): the run \(trouble\)\. Trying again until the time is over\.$/,
      ),
    ]);
  });

  it("says that the run may go on when the server does not come back", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path, nth }) => (/\/runs\/run-1$/.test(path) && nth > 2 ? 503 : undefined) },
    );

    expect(await failureOf("dev", outOfTimeAt("Trying again until the time is over."))).toMatch(
      /answers 503 .*\nThe run may continue. Check it: http\S+\/run-1$/,
    );
  });

  it("stops asking a silent server when it is interrupted", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path, nth }) => (/\/runs\/run-1$/.test(path) && nth === 4 ? "silent" : undefined) },
    );
    const stopping = new AbortController();
    const failed = failureOf("dev", { signal: stopping.signal });
    await until(() => expect(looksAt("run-1")).toBe(4));

    stopping.abort();

    expect(await failed).toMatch(/^The release was stopped\. It is canceled: http/);
  });

  it("starts nothing once it was interrupted", async () => {
    await start();
    const stopping = new AbortController();

    const failed = await failureOf("dev", {
      signal: stopping.signal,
      print: (line) => {
        if (line.includes("uploaded")) stopping.abort();
      },
    });

    expect(failed).toBe("The release was stopped before it started a run.");
    expect(enterprise.runs).toEqual([]);
  });

  it.each([
    ["/plans/", {}, /^applied$/, /summary cannot be read/],
    [
      "/plans/",
      { plan: { failsWith: "Error: x\n" } },
      /^The run failed: .*\n {2}\(the reasons cannot be read: /,
      undefined,
    ],
    [
      "/applies/",
      { plan: { failsWith: "Error: x\n" } },
      /^The run failed: .*\n {2}plan: Error: x$/,
      undefined,
    ],
  ])("needs no %s to follow a run", async (part, course: Course, ending, line) => {
    await start({ dev: course }, { trouble: ({ path }) => (path.includes(part) ? 404 : undefined) });

    const ended = await release("dev").catch((error: Error) => error.message);

    expect(ended).toMatch(ending);
    if (line !== undefined) expect(lines.join("\n")).toMatch(line);
  });

  it("says that somebody has locked the workspace, and not that a run has", async () => {
    await start({}, { locked: [workspaceOf("dev")] });
    await release("dev");
    expect(lines).toContain("  the workspace is locked: runs wait until somebody unlocks it");

    lines.length = 0;
    await release("test");
    await release("uat");
    await release("uat");
    expect(lines.join("\n")).not.toContain("locked");
  });

  it("begins nothing where somebody has to decide about a run before it", async () => {
    await start();
    await release("dev");
    await release("test");
    await release("dev", { build: earlier });
    await release("test", { build: earlier });
    await release("uat", { build: earlier });

    expect(await release("uat")).toBe("waits for its turn");
    expect(lines.at(-1)).toMatch(/the earlier run run-5 waits for a decision: http\S+\/run-5$/);
    await enterprise.decide("run-5", "apply");
    enterprise.settle(workspaceOf("uat"));
    expect(await release("uat")).toBe("waits for confirmation");
    expect(states().slice(4)).toEqual([`${workspaceOf("uat")} applied`, `${workspaceOf("uat")} planned`]);
  });

  it("gives up where nobody is expected to decide about the run before it", async () => {
    const course: Course = { policies: [{ name: "tags", passes: false, level: "soft-mandatory" }] };
    await start({ dev: course });
    await failureOf("dev", { build: earlier });

    expect(await failureOf("dev")).toMatch(
      /^The run cannot start: the earlier run run-1 waits for a decision: http\S+ It is canceled: http\S+\/run-2$/,
    );
    expect(states()).toEqual([`${workspaceOf("dev")} policy_override`, `${workspaceOf("dev")} canceled`]);
  });

  it("does not take a run that is applied by itself for one that waits", async () => {
    // Seen by a list or two between its plan and its apply.
    await start({ dev: { looksBeforeApply: 18 } });
    const first = release("dev", { build: earlier });
    await until(() => expect(enterprise.runs).toHaveLength(1));

    expect(await release("dev")).toBe("applied");
    expect(await first).toBe("applied");
  });

  it("gives up a configuration that is not taken in time", async () => {
    await start({ dev: { configuration: "fetching" } });

    expect(await failureOf("dev", outOfTimeAt("uploaded"))).toBe(
      "Terraform Enterprise did not process the uploaded configuration in time.",
    );
    expect(enterprise.runs).toEqual([]);
  });

  it("asks for all runs of a workspace only now and then while it waits for its turn", async () => {
    await start({ dev: { staysIn: "planning" } });
    const stopping = new AbortController();
    const { signal } = stopping;
    const before = failureOf("dev", { build: earlier, signal });
    await until(() => expect(enterprise.runs[0]?.status).toBe("planning"));
    const first = lists();

    const waiting = failureOf("dev", { signal });
    await until(() => expect(looksAt("run-2")).toBeGreaterThan(30));

    expect(lists() - first).toBeLessThan(looksAt("run-2") / 5);
    stopping.abort();
    await Promise.all([before, waiting]);
  });
});
