import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadEnvironment } from "../../../env/load-environment.ts";
import type { Environment } from "../../../env/schema.ts";
import { CommandError } from "../../../tools/command-error.ts";
import { type Build, stackOf, writeBuild } from "../../../tools/release/build.ts";
import { EnterpriseClient } from "../../../tools/release/enterprise-client.ts";
import { packStack } from "../../../tools/release/pack.ts";
import { isReleased, type PromotionOptions, promote, targetOf } from "../../../tools/release/promote.ts";
import {
  enterpriseToken,
  type FakeOptions,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../../support/enterprise/fake-terraform-enterprise.ts";
import type { Course } from "../../support/enterprise/run-course.ts";

const order = ["dev", "test", "uat", "prod"];
const automatic = ["dev", "test"];

/** All four environments in Terraform Enterprise: dev and test are applied by themselves, uat and prod confirmed. */
const environments = order.map((name): Environment => {
  const environment = loadEnvironment(name);
  const { delivery } = environment;
  return {
    ...environment,
    backend: {
      kind: "tfe",
      hostname: "terraform.example.com",
      organization: "example",
      workspace: `proposals-${name}`,
      apply: automatic.includes(name) ? "automatic" : "confirmed",
    },
    delivery: delivery.kind === "none" ? delivery : { ...delivery, releases: order },
  };
});

let outdir: string;
let build: Build;
let earlier: Build;
let enterprise: FakeTerraformEnterprise;
const lines: string[] = [];

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "promote-"));
  for (const name of order) {
    const folder = join(outdir, "stacks", `proposals-${name}`);
    mkdirSync(join(folder, "assets"), { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ name }));
    writeFileSync(join(folder, "assets", "functions.zip"), "functions");
  }
  earlier = writeBuild(outdir, "1".repeat(40));
  build = writeBuild(outdir, "2".repeat(40));
});
beforeEach(() => {
  lines.length = 0;
});
afterEach(() => enterprise?.stop());
afterAll(() => rmSync(outdir, { recursive: true }));

async function start(workspaces: Readonly<Record<string, Course>> = {}, more: FakeOptions = {}) {
  const all = Object.fromEntries(order.map((name) => [`proposals-${name}`, workspaces[name] ?? {}]));
  enterprise = await startFakeTerraformEnterprise({ workspaces: all, ...more });
}

function release(name: string, options: Partial<PromotionOptions> & { readonly seconds?: number } = {}) {
  const { seconds = 30 } = options;
  return promote(targetOf(name, environments), {
    build,
    startedAt: undefined,
    connect: () =>
      new EnterpriseClient({
        address: enterprise.url,
        token: enterpriseToken,
        pauseMilliseconds: 1,
        ...(options.signal && { signal: options.signal }),
      }),
    pack: (stack) => packStack(stackOf(build, outdir, stack)),
    waitForConfirmation: false,
    deadline: Date.now() + seconds * 1_000,
    pollMilliseconds: 1,
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
    ...options,
  });
}

/** The message of a release that fails. */
async function failureOf(name: string, options?: Parameters<typeof release>[1]): Promise<string> {
  const error = await release(name, options).then(
    (outcome) => expect.fail(`it ended well: ${outcome}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CommandError);
  return (error as Error).message;
}

/** As the release's build does: in order, up to the first that waits. */
async function releaseAll(): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const name of order) {
    const outcome = await release(name);
    outcomes[name] = outcome;
    if (!isReleased(outcome)) break;
  }
  return outcomes;
}

const lastRun = () => enterprise.runs.at(-1) ?? expect.fail("there is no run");
const states = () => enterprise.runs.map(({ workspace, status }) => `${workspace} ${status}`);

describe(promote, () => {
  it("takes one build through four environments, by itself to dev and test, and by a confirmation to uat and prod", async () => {
    await start();

    expect(await releaseAll()).toEqual({
      dev: "applied",
      test: "applied",
      uat: "waits for confirmation",
    });
    await enterprise.decide(lastRun().id, "apply");
    enterprise.settle("proposals-uat");
    expect(await releaseAll()).toEqual({
      dev: "already released",
      test: "already released",
      uat: "already released",
      prod: "waits for confirmation",
    });
    await enterprise.decide(lastRun().id, "apply");
    enterprise.settle("proposals-prod");
    expect(await release("prod")).toBe("already released");

    expect(states()).toEqual(order.map((name) => `proposals-${name} applied`));
    expect(enterprise.runs.map(({ isAutoApplied }) => isAutoApplied)).toEqual([true, true, false, false]);
    for (const [index, name] of order.entries()) {
      const run = enterprise.runs[index] ?? expect.fail(name);
      const files = enterprise.filesOf(run);
      const folder = join(outdir, "stacks", `proposals-${name}`);
      expect([...files.keys()]).toEqual(["assets/functions.zip", "cdk.tf.json"]);
      expect(files.get("cdk.tf.json")).toEqual(readFileSync(join(folder, "cdk.tf.json")));
      expect(run.message).toBe(`Release of 222222222222, build ${build.id}`);
    }
  });

  it("gives an environment nothing that the one before has not applied", async () => {
    await start();
    expect(await failureOf("uat")).toBe(
      `uat gets only what test has applied, and it has not applied the build ${build.id}: release it there first: npm run release -- test`,
    );
    expect(enterprise.runs).toEqual([]);

    await release("dev");
    await release("test");
    await release("uat");

    expect(await failureOf("prod")).toMatch(
      /^prod gets only what uat has applied, .*: its run there is planned: http\S+\/workspaces\/proposals-uat\/runs\/run-3$/,
    );
    await enterprise.decide("run-3", "discard");
    expect(await failureOf("prod")).toMatch(/release it there first: npm run release -- uat$/);
  });

  it("finds what was applied long ago, and goes back to it", async () => {
    await start();
    await release("dev", { build: earlier });
    for (let index = 0; index < 120; index += 1) {
      enterprise.runs.push({ ...lastRun(), id: `run-9${index}`, message: "by hand", status: "applied" });
    }

    expect(await release("test", { build: earlier })).toBe("applied");
    expect(await release("dev", { build: earlier })).toBe("applied");
  });

  it("waits for the confirmation where it is told to", async () => {
    await start();
    await release("dev");
    await release("test");

    const released = release("uat", { waitForConfirmation: true });
    await expect.poll(() => lastRun().status).toBe("planned");
    await enterprise.decide(lastRun().id, "apply");

    expect(await released).toBe("applied");
    expect(lines.filter((line) => line.startsWith("  Plan: ")).at(-1)).toBe(
      "  Plan: 3 to add, 2 to change, 1 to destroy.",
    );
  });

  it("says that nothing changes, and lets the next environment have it", async () => {
    await start({ dev: { plan: { additions: 0, changes: 0, destructions: 0 } } });

    expect(await release("dev")).toBe("nothing to change");
    expect(await release("dev")).toBe("already released");
    expect(await release("test")).toBe("applied");
  });

  it.each<[string, Course, RegExp]>([
    [
      "the plan fails",
      { plan: { failsWith: "Terraform v1.11\n╷\n│ Error: role not found\n│ \n│   with aws_x.y\n╵\n" } },
      /^The run failed: http\S+\n {2}plan: Error: role not found with aws_x\.y$/,
    ],
    [
      "the apply fails",
      { applyFailsWith: "Error: AccessDenied\n" },
      /^The run failed: http\S+\n {2}apply: Error: AccessDenied$/,
    ],
    [
      "a mandatory policy fails",
      {
        costEstimation: true,
        policies: [
          { name: "tags", passes: true, level: "advisory" },
          { name: "no-public-buckets", passes: false, level: "hard-mandatory" },
        ],
      },
      /^The run failed: http\S+\n {2}policy no-public-buckets failed \(hard-mandatory\)$/,
    ],
    [
      "a policy fails that somebody may override",
      { policies: [{ name: "no-public-buckets", passes: false, level: "soft-mandatory" }] },
      /^The run is stopped by a policy: somebody who may has to override it there, or discard the run: http\S+\n {2}policy no-public-buckets failed \(soft-mandatory\)$/,
    ],
    [
      "a policy evaluation fails",
      { evaluations: [{ name: "encryption", passes: false, level: "mandatory" }] },
      /^The run is stopped by a policy: somebody who may has to override it there, or discard the run: http\S+\n {2}policy encryption failed \(mandatory\)$/,
    ],
    [
      "a policy fails whose name the server does not tell",
      { policies: [{ name: "x", passes: false, level: "hard-mandatory" }], hidesPolicies: true },
      /^The run failed: http\S+\n {2}policy \(1 without a name\) failed \(hard-mandatory\)$/,
    ],
    [
      "a task fails",
      { task: { name: "scanner", passes: false } },
      /^The run failed: http\S+\n {2}task scanner failed \(mandatory\)$/,
    ],
    [
      "the configuration is refused",
      { configuration: "errored" },
      /^The configuration was refused: no Terraform files\.$/,
    ],
  ])("fails with the reason when %s, and the next environment gets nothing", async (_, course, message) => {
    await start({ dev: course });

    expect(await failureOf("dev")).toMatch(message);
    expect(await failureOf("test")).toMatch(/^test gets only what dev has applied/);
    expect(enterprise.runs.filter(({ workspace }) => workspace !== "proposals-dev")).toEqual([]);
  });

  it.each<["discard" | "cancel", Course, string]>([
    ["discard", {}, "was discarded"],
    ["cancel", { staysIn: "planning" }, "was canceled"],
  ])("fails when somebody decides to %s the run", async (action, course, what) => {
    await start({ dev: {}, test: {}, uat: course });
    await release("dev");
    await release("test");
    const failed = failureOf("uat", { waitForConfirmation: true });
    await expect.poll(() => lastRun().status).toBe(course.staysIn ?? "planned");

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
      await expect.poll(() => lastRun().status).toBe(state);

      await enterprise.decide(lastRun().id, "override");
      await enterprise.decide(lastRun().id, "apply");

      expect(await released).toBe("applied");
    },
  );

  it("starts a new run after one that failed", async () => {
    const course: Course = { applyFailsWith: "Error: throttled\n" };
    await start({ dev: course });
    await failureOf("dev");
    delete course.applyFailsWith;

    expect(await release("dev")).toBe("applied");
    expect(states()).toEqual(["proposals-dev errored", "proposals-dev applied"]);
  });

  it("goes back to a build that was applied before another one failed halfway", async () => {
    const course: Course = {};
    await start({ dev: course });
    await release("dev", { build: earlier, startedAt: 1 });
    course.applyFailsWith = "Error: throttled\n";
    await failureOf("dev", { startedAt: 2 });
    delete course.applyFailsWith;

    expect(await release("dev", { build: earlier, startedAt: 3 })).toBe("applied");
    expect(states()).toEqual(["proposals-dev applied", "proposals-dev errored", "proposals-dev applied"]);
  });

  it("follows the run that a build before it has started and left", async () => {
    await start({ uat: { staysIn: "planning" } });
    await release("dev");
    await release("test");
    const stopping = new AbortController();
    const lost = release("uat", {
      signal: stopping.signal,
      print: (line) => {
        if (line === "  planning") stopping.abort();
      },
    }).catch(() => "lost");
    expect(await lost).toBe("lost");
    // As if nobody had been there to end it.
    lastRun().status = "planned";
    lastRun().isPaused = true;

    expect(await release("uat")).toBe("waits for confirmation");
    expect(enterprise.runs.filter(({ workspace }) => workspace === "proposals-uat")).toHaveLength(1);
  });

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
    ["is planning", "dev", { staysIn: "planning" }, "planning. It is canceled", ["cancel"]],
    ["waits", "uat", {}, "planned. It is discarded", ["discard"]],
    ...["apply_queued", "applying", "post_apply_running"].map(
      (state): [string, string, Course, string, string[]] => [
        `is ${state}`,
        "dev",
        { staysIn: state },
        `${state.replaceAll("_", " ")}. It is being applied, and that goes on`,
        [],
      ],
    ),
  ])("gives up a run that does not end in time while it %s", async (_, name, course, message, actions) => {
    await start({ [name]: course });
    if (name === "uat") {
      await release("dev");
      await release("test");
    }

    const failed = await failureOf(name, { seconds: 0.2, waitForConfirmation: true });

    expect(failed).toMatch(new RegExp(`^The run did not end in time: it is ${message}: http\\S+$`));
    expect(enterprise.actions.map(({ action }) => action)).toEqual(actions);
  });

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
      /^The release was given up\. It is (canceled|being applied, and that goes on): http/,
    );
    expect(["canceled", "apply_queued", "applying", "applied"]).toContain(lastRun().status);
  });

  it("asks again for the end of a run that was refused", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path, nth }) => (path.endsWith("/actions/cancel") && nth === 1 ? 409 : undefined) },
    );

    expect(await failureOf("dev", interruptedIn("planning"))).toMatch(
      /^The release was given up\. It is canceled/,
    );
    expect(lastRun().status).toBe("canceled");
  });

  it("says that a run may go on where its end can't be asked for", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path }) => (path.endsWith("/actions/cancel") ? 503 : undefined) },
    );

    expect(await failureOf("dev", interruptedIn("planning"))).toMatch(
      /^The release was given up\. It could not be ended, and may go on \(http\S+ answers 503 \(5 attempts\): to cancel the run \(trouble\)\.\): http/,
    );
  });

  it("follows on when the server was away for longer than a request is tried", async () => {
    await start(
      {},
      { trouble: ({ path, nth }) => (/\/runs\/run-1$/.test(path) && nth > 2 && nth < 20 ? 503 : undefined) },
    );

    expect(await release("dev")).toBe("applied");
    expect(lines.filter((line) => line.includes("asked again"))).toEqual([
      expect.stringMatching(
        /answers 503 \(5 attempts\): the run \(trouble\)\. It is asked again until the time is over\.$/,
      ),
    ]);
  });

  it("says that the run may go on when the server does not come back", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path, nth }) => (/\/runs\/run-1$/.test(path) && nth > 2 ? 503 : undefined) },
    );

    expect(await failureOf("dev", { seconds: 1 })).toMatch(
      /answers 503 .*\nThe run is not followed any more, and may go on: http\S+\/run-1$/,
    );
  });

  it("stops asking a silent server when it is interrupted", async () => {
    await start(
      { dev: { staysIn: "planning" } },
      { trouble: ({ path, nth }) => (/\/runs\/run-1$/.test(path) && nth === 4 ? "silent" : undefined) },
    );
    const stopping = new AbortController();
    const failed = failureOf("dev", { signal: stopping.signal });
    await expect
      .poll(() => enterprise.requests.filter((each) => each.endsWith("/runs/run-1")).length)
      .toBe(4);

    stopping.abort();

    expect(await failed).toMatch(/^The release was given up\. It is canceled: http/);
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

    expect(failed).toBe("The release was given up before its run was started.");
    expect(enterprise.runs).toEqual([]);
  });

  it.each([
    ["/plans/", {}, /^applied$/, /summary can't be read/],
    [
      "/plans/",
      { plan: { failsWith: "Error: x\n" } },
      /^The run failed: .*\n {2}\(the reasons can't be read: /,
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
    await start({}, { locked: ["proposals-dev"] });
    await release("dev");
    expect(lines).toContain("  the workspace is locked: its runs wait until somebody unlocks it");

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
    expect(lines.at(-1)).toMatch(/run-5 is before it and waits for somebody to decide: http\S+\/run-5$/);
    await enterprise.decide("run-5", "apply");
    enterprise.settle("proposals-uat");
    expect(await release("uat")).toBe("waits for confirmation");
    expect(states().slice(4)).toEqual(["proposals-uat applied", "proposals-uat planned"]);
  });

  it("gives up where nobody is expected to decide about the run before it", async () => {
    const course: Course = { policies: [{ name: "tags", passes: false, level: "soft-mandatory" }] };
    await start({ dev: course });
    await failureOf("dev", { build: earlier });

    expect(await failureOf("dev")).toMatch(
      /^The run can't begin: run-1 is before it and waits for somebody to decide: http\S+ It is canceled: http\S+\/run-2$/,
    );
    expect(states()).toEqual(["proposals-dev policy_override", "proposals-dev canceled"]);
  });

  it("counts what was planned alone for nothing", async () => {
    await start();
    await release("dev");
    const planned = { ...lastRun(), id: "run-91", isPlanOnly: true, status: "planned_and_finished" };
    const message = planned.message.replace(build.id, earlier.id);
    enterprise.runs.push({ ...planned, message }, { ...planned, id: "run-92", workspace: "proposals-test" });

    expect(await release("dev")).toBe("already released");
    expect(await failureOf("uat")).toMatch(/^uat gets only what test has applied/);
  });

  it("does not take a run that is applied by itself for one that waits", async () => {
    await start({ dev: { staysIn: "planning" } });
    const first = release("dev", { build: earlier });
    await expect.poll(() => enterprise.runs[0]?.status).toBe("planning");
    // As it may be seen for a moment.
    Object.assign(lastRun(), { status: "planned", isPaused: true });
    const second = release("dev");
    await expect.poll(() => enterprise.runs.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(lastRun().status).toBe("pending");
    await enterprise.decide("run-1", "discard");
    await expect(first).rejects.toThrow("was discarded");
    await enterprise.decide("run-2", "cancel");
    await expect(second).rejects.toThrow("was canceled");
  });

  it("never puts an older build over a later one, however late it comes", async () => {
    await start();
    await release("dev", { startedAt: 43 });

    expect(await release("dev", { build: earlier, startedAt: 42 })).toBe("superseded by a later release");
    expect(enterprise.runs).toHaveLength(1);
    // Started again on purpose, it is the later one.
    expect(await release("dev", { build: earlier, startedAt: 44 })).toBe("applied");
  });

  it.each<[string, Partial<FakeTerraformEnterprise["runs"][number]>]>([
    ["failed halfway", { status: "errored" }],
    ["was canceled", { status: "canceled" }],
    ["was followed by a run by hand", { message: "by hand" }],
  ])("does not either where the later one %s", async (_, change) => {
    await start();
    await release("dev", { startedAt: 43 });
    if (change.message === undefined) Object.assign(lastRun(), change);
    else enterprise.runs.push({ ...lastRun(), id: "run-91", ...change });

    expect(await release("dev", { build: earlier, startedAt: 42 })).toBe("superseded by a later release");
  });

  it("does not either where another one has given way between them", async () => {
    await start();
    await release("dev", { startedAt: 43 });
    const gaveWay = lastRun().message.replace("00.043Z", "00.041Z");
    expect(gaveWay).not.toBe(lastRun().message);
    enterprise.runs.push({ ...lastRun(), id: "run-91", message: gaveWay, status: "canceled" });

    expect(await release("dev", { build: earlier, startedAt: 42 })).toBe("superseded by a later release");
  });

  it("comes over a later one that somebody has discarded", async () => {
    await start({ uat: {} });
    await release("dev");
    await release("test");
    await release("uat", { startedAt: 43 });
    await enterprise.decide(lastRun().id, "discard");

    expect(await release("uat", { startedAt: 42 })).toBe("waits for confirmation");
  });

  it.each<[string, FakeOptions]>([
    ["may not end it", { trouble: ({ path }) => (path.includes("/actions/") ? 404 : undefined) }],
    ["can't end it any more", {}],
  ])("fails where it came behind a later release and %s", async (why, options) => {
    await start(why.startsWith("may") ? {} : { dev: { staysIn: "applying" } }, options);
    const later = release("dev", { startedAt: 43, seconds: 1 }).catch(() => "given up");
    await expect.poll(() => enterprise.runs[0]?.status).toMatch(/applying|applied/);
    enterprise.runs.push({
      ...lastRun(),
      id: "run-2",
      message: lastRun().message.replace(".043Z", ".042Z"),
      status: why.startsWith("may") ? "pending" : "applying",
    });
    const client = connectAsIfCreating("run-2");

    expect(await failureOf("dev", { build: earlier, startedAt: 42, connect: () => client })).toMatch(
      /^A later release has come before this one, which must not come over it\. It (could not be ended, and may go on \(.*\)|is being applied, and that goes on)\. Discard it, or release the later one again: http\S+\/run-2$/,
    );
    await later;
  });

  /** A client that finds nothing at first, and whose run is the one of this id. */
  function connectAsIfCreating(id: string): EnterpriseClient {
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: enterpriseToken,
      pauseMilliseconds: 1,
    });
    const list = client.runs.bind(client);
    let lists = 0;
    client.runs = (workspaceId) => {
      lists += 1;
      // The looks before the upload: as long as the later one was not there.
      return lists <= 2 ? none() : list(workspaceId);
    };
    client.unstoppable = () =>
      Object.assign(
        new EnterpriseClient({ address: enterprise.url, token: enterpriseToken, pauseMilliseconds: 1 }),
        { createRun: () => client.run(id) },
      );
    return client;
  }
  async function* none() {}

  it("says that the run may go on where the server is away just after its start", async () => {
    await start(
      {},
      {
        trouble: ({ method, path, nth }) =>
          method === "GET" && path.endsWith("/runs") && nth > 2 ? 503 : undefined,
      },
    );

    expect(await failureOf("dev", { startedAt: 42 })).toMatch(
      /answers 503 .*: the workspace's runs .*\nThe run is not followed any more, and may go on: http\S+\/run-1$/,
    );
  });

  it("ends the run where it is interrupted just after its start", async () => {
    const stopping = new AbortController();
    await start();

    const failed = await failureOf("dev", {
      startedAt: 42,
      signal: stopping.signal,
      print: (line) => {
        if (line.startsWith("  run run-1")) stopping.abort();
      },
    });

    expect(failed).toMatch(/^The release was given up\. It is canceled: http\S+\/run-1$/);
    expect(lastRun().status).toBe("canceled");
  });

  it("gives up a configuration that is not taken in time", async () => {
    await start({ dev: { configuration: "fetching" } });

    expect(await failureOf("dev", { seconds: 0.2 })).toBe(
      "The configuration was uploaded and not taken in time.",
    );
    expect(enterprise.runs).toEqual([]);
  });

  it("asks for all runs of a workspace only now and then while it waits for its turn", async () => {
    await start({ dev: { staysIn: "planning" } });
    const before = release("dev", { build: earlier, seconds: 2 }).catch(() => "given up");
    await expect.poll(() => enterprise.runs[0]?.status).toBe("planning");
    const asked = () =>
      enterprise.requests.filter((each) => each === "GET /api/v2/workspaces/ws-0/runs").length;
    const first = asked();

    await failureOf("dev", { seconds: 0.5 });

    const looks = enterprise.requests.filter((each) => each === "GET /api/v2/runs/run-2").length;
    expect(looks).toBeGreaterThan(30);
    expect(asked() - first).toBeLessThan(looks / 5);
    await before;
  });

  it("gives way to a later release that came while it was uploaded", async () => {
    await start();
    let later: Promise<unknown> | undefined;
    const outcome = await release("dev", {
      build: earlier,
      startedAt: 42,
      print: (line) => {
        lines.push(line);
        if (line.includes("uploaded")) later ??= release("dev", { startedAt: 43 });
      },
      pack: async (stack) => packStack(stackOf(build, outdir, stack)),
      connect: () => slowToStart(),
    });
    await later;

    expect(outcome).toBe("superseded by a later release");
    expect(lines.join("\n")).toMatch(/a later release has come before it\. It is canceled/);
    expect(states()).toEqual(["proposals-dev applied", "proposals-dev canceled"]);
  });

  /** A client whose run is created only once another one is there. */
  function slowToStart(): EnterpriseClient {
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: enterpriseToken,
      pauseMilliseconds: 1,
    });
    const create = client.createRun.bind(client);
    const createRun: typeof create = async (options) => {
      await expect.poll(() => enterprise.runs.length).toBeGreaterThan(0);
      return create(options);
    };
    client.unstoppable = () => Object.assign(client, { createRun });
    return client;
  }
});
