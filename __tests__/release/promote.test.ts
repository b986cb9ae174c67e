import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { stackOf } from "../../release/build.ts";
import { EnterpriseClient } from "../../release/enterprise-client.ts";
import { packStack } from "../../release/pack.ts";
import { isReleased, promote } from "../../release/promote.ts";
import {
  enterpriseToken,
  type FakeOptions,
  type FakeTerraformEnterprise,
} from "../support/enterprise/fake-terraform-enterprise.ts";
import {
  build,
  earlier,
  enterprise,
  failureOf,
  lastRun,
  lines,
  order,
  outdir,
  prepareReleases,
  release,
  start,
  states,
  workspaceOf,
} from "../support/enterprise/releases.ts";
import type { Course } from "../support/enterprise/run-course.ts";
import { until } from "../support/until.ts";

prepareReleases();

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

describe(promote, () => {
  it("takes one build through four environments, by itself to dev and test, and by a confirmation to uat and prod", async () => {
    await start();

    expect(await releaseAll()).toEqual({
      dev: "applied",
      test: "applied",
      uat: "waits for confirmation",
    });
    await enterprise.decide(lastRun().id, "apply");
    enterprise.settle(workspaceOf("uat"));
    expect(await releaseAll()).toEqual({
      dev: "already released",
      test: "already released",
      uat: "already released",
      prod: "waits for confirmation",
    });
    await enterprise.decide(lastRun().id, "apply");
    enterprise.settle(workspaceOf("prod"));
    expect(await release("prod")).toBe("already released");

    expect(states()).toEqual(order.map((name) => `${workspaceOf(name)} applied`));
    expect(enterprise.runs.map(({ isAutoApplied }) => isAutoApplied)).toEqual([true, true, false, false]);
    for (const [index, name] of order.entries()) {
      const run = enterprise.runs[index] ?? expect.fail(name);
      const files = enterprise.filesOf(run);
      const folder = join(outdir, "stacks", ingestionStackName(name));
      expect([...files.keys()]).toEqual(["assets/functions.zip", "cdk.tf.json"]);
      expect(files.get("cdk.tf.json")).toEqual(readFileSync(join(folder, "cdk.tf.json")));
      expect(run.message).toBe(`Release of 222222222222, build ${build.id}`);
    }
  });

  it("gives an environment nothing that the one before has not applied", async () => {
    await start();
    expect(await failureOf("uat")).toBe(
      `test has not applied the build ${build.id}, so uat cannot get it: release it there first: npm run release -- test`,
    );
    expect(enterprise.runs).toEqual([]);

    await release("dev");
    await release("test");
    await release("uat");

    expect(await failureOf("prod")).toMatch(
      /^uat has not applied the build .*, so prod cannot get it: its run there is planned: http\S+\/workspaces\/workspace-uat\/runs\/run-3$/,
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
      /^The run is stopped by a policy\. Override the policy, or discard the run: http\S+\n {2}policy no-public-buckets failed \(soft-mandatory\)$/,
    ],
    [
      "a policy evaluation fails",
      { evaluations: [{ name: "encryption", passes: false, level: "mandatory" }] },
      /^The run is stopped by a policy\. Override the policy, or discard the run: http\S+\n {2}policy encryption failed \(mandatory\)$/,
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
      /^Terraform Enterprise refused the configuration: no Terraform files\.$/,
    ],
  ])("fails with the reason when %s, and the next environment gets nothing", async (_, course, message) => {
    await start({ dev: course });

    expect(await failureOf("dev")).toMatch(message);
    expect(await failureOf("test")).toMatch(
      /^dev has not applied the build [0-9a-f]{64}, so test cannot get it/,
    );
    expect(enterprise.runs.filter(({ workspace }) => workspace !== workspaceOf("dev"))).toEqual([]);
  });

  it("starts a new run after one that failed", async () => {
    const course: Course = { applyFailsWith: "Error: throttled\n" };
    await start({ dev: course });
    await failureOf("dev");
    delete course.applyFailsWith;

    expect(await release("dev")).toBe("applied");
    expect(states()).toEqual([`${workspaceOf("dev")} errored`, `${workspaceOf("dev")} applied`]);
  });

  it("goes back to a build that was applied before another one failed halfway", async () => {
    const course: Course = {};
    await start({ dev: course });
    await release("dev", { build: earlier, startedAt: 1 });
    course.applyFailsWith = "Error: throttled\n";
    await failureOf("dev", { startedAt: 2 });
    delete course.applyFailsWith;

    expect(await release("dev", { build: earlier, startedAt: 3 })).toBe("applied");
    expect(states()).toEqual([
      `${workspaceOf("dev")} applied`,
      `${workspaceOf("dev")} errored`,
      `${workspaceOf("dev")} applied`,
    ]);
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
    expect(enterprise.runs.filter(({ workspace }) => workspace === workspaceOf("uat"))).toHaveLength(1);
  });

  it("counts what was planned alone for nothing", async () => {
    await start();
    await release("dev");
    const planned = { ...lastRun(), id: "run-91", isPlanOnly: true, status: "planned_and_finished" };
    const message = planned.message.replace(build.id, earlier.id);
    enterprise.runs.push(
      { ...planned, message },
      { ...planned, id: "run-92", workspace: workspaceOf("test") },
    );

    expect(await release("dev")).toBe("already released");
    expect(await failureOf("uat")).toMatch(
      /^test has not applied the build [0-9a-f]{64}, so uat cannot get it/,
    );
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
    const stopping = new AbortController();
    const later = release("dev", { startedAt: 43, signal: stopping.signal }).catch(() => "given up");
    await until(() => expect(enterprise.runs[0]?.status).toMatch(/applying|applied/));
    enterprise.runs.push({
      ...lastRun(),
      id: "run-2",
      message: lastRun().message.replace(".043Z", ".042Z"),
      status: why.startsWith("may") ? "pending" : "applying",
    });
    const client = connectAsIfCreating("run-2");

    expect(await failureOf("dev", { build: earlier, startedAt: 42, connect: () => client })).toMatch(
      /^A later release has started a run before this one, and this run must not overwrite it\. It (could not be ended, and may continue \(.*\)|is being applied, and continues)\. Discard this run, or release the later build again: http\S+\/run-2$/,
    );
    stopping.abort();
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
      /answers 503 .*: the workspace's runs .*\nThe run may continue. Check it: http\S+\/run-1$/,
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

    expect(failed).toMatch(/^The release was stopped\. It is canceled: http\S+\/run-1$/);
    expect(lastRun().status).toBe("canceled");
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
    expect(lines.join("\n")).toMatch(/a later release replaces this one\. It is canceled/);
    expect(states()).toEqual([`${workspaceOf("dev")} applied`, `${workspaceOf("dev")} canceled`]);
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
      await until(() => expect(enterprise.runs.length).toBeGreaterThan(0));
      return create(options);
    };
    client.unstoppable = () => Object.assign(client, { createRun });
    return client;
  }
});
