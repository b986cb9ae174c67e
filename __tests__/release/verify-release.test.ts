import { beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import type { PromotionOutcome } from "../../release/promote.ts";
import { VerificationRecords } from "../../release/verification-records.ts";
import type { VerificationStart } from "../../release/verify-project.ts";
import {
  requireVerified,
  type VerificationOptions,
  verifyAgain,
  verifyRelease,
} from "../../release/verify-release.ts";
import {
  build,
  connect,
  earlier,
  enterprise,
  lastRun,
  lines,
  prepareReleases,
  release,
  start,
  targetIn,
  workspaceOf,
} from "../support/enterprise/releases.ts";

prepareReleases();

const verified = ["dev", "test", "uat", "prod"];
const outputs = { outputs: { table_name: { value: "orders" } } };
const withOutputs = Object.fromEntries(verified.map((name) => [name, outputs]));

/** What S3 would have, by key. */
let objects: Map<string, string>;
/** What builds were started for. */
let started: VerificationStart[];
/** What the next build finds: nothing, where it ends without a result. */
let found: { verified: boolean; report: unknown } | undefined;
let status: string;

const report = (result: "holds" | "fails" | "not checked") => ({
  steps: [
    { title: "POST small", checks: [{ expected: "201", result: "holds" }] },
    {
      title: "POST large",
      checks: [
        {
          expected: "202",
          result,
          got: "502",
          ...(result === "fails" && { finding: { part: "role of the large API", look: "its policy" } }),
        },
      ],
    },
  ],
});

beforeEach(() => {
  objects = new Map();
  started = [];
  found = { verified: true, report: report("holds") };
  status = "SUCCEEDED";
});

function options(changes: Partial<VerificationOptions> = {}): VerificationOptions {
  const records = new VerificationRecords({
    name: "builds",
    async put(key, body) {
      objects.set(key, String(body));
      return undefined;
    },
    async get(key) {
      const text = objects.get(key);
      return text === undefined ? undefined : Buffer.from(text);
    },
  });
  return {
    build,
    records,
    project: {
      name: "verify",
      async start(what) {
        started.push(what);
        const codeBuildId = `verify:${started.length}`;
        // It begins, and ends with what it has found.
        const end = { codeBuildId, logUrl: `https://logs.example.com/${started.length}` };
        if (found) await records.write(what, { ...found, ...end });
        return codeBuildId;
      },
      look: async (id) => ({ status, logUrl: `https://logs.example.com/${id.split(":")[1]}` }),
    },
    connect: () => connect(),
    pollMilliseconds: 1,
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
    ...changes,
  };
}

const targetOf = (name: string) => targetIn(name, verified);

/** As `npm run release -- <name>` does. */
async function releaseVerified(name: string, changes: Partial<VerificationOptions> = {}) {
  const verification = options(changes);
  const target = targetOf(name);
  const outcome: PromotionOutcome = await release(name, {
    target,
    build: verification.build,
    requireVerified: (before) => requireVerified(before, verification),
  });
  await verifyRelease(target, outcome, verification);
  return outcome;
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.fail("it ended well"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message;
}

describe(verifyRelease, () => {
  it("verifies what was applied, with its outputs and by its commit, and prints what was found", async () => {
    await start(withOutputs);

    expect(await releaseVerified("dev")).toBe("applied");

    expect(started).toEqual([
      { buildId: build.id, environment: "dev", commit: build.commit, credentials: expect.any(Array) },
    ]);
    expect(JSON.parse(objects.get(`verifications/outputs/${build.id}/dev.json`) ?? "")).toEqual({
      table_name: { sensitive: false, type: "string", value: "orders" },
    });
    expect(lines.slice(-5)).toEqual([
      "dev: verification verify:1",
      "  https://logs.example.com/1",
      "  ✓ POST small",
      "  ✓ POST large",
      "dev: verified",
    ]);
  });

  it.each([
    ["test", ["token"]],
    ["prod", ["certificate", "key"]],
  ])("takes from the secret what the proxy of %s asks a caller for", (name, credentials) => {
    const { verification } = targetOf(name);

    expect(verification?.credentials).toEqual(credentials);
  });

  it("lets the next environment have the build, and verifies none twice", async () => {
    await start(withOutputs);
    await releaseVerified("dev");

    expect(await releaseVerified("dev")).toBe("already released");
    expect(await releaseVerified("test")).toBe("applied");

    expect(started.map(({ environment }) => environment)).toEqual(["dev", "test"]);
    expect(lines).toContain("dev: already verified by verify:1");
  });

  it("fails where the verification does, with the reasons and the log, and the next environment gets nothing", async () => {
    await start(withOutputs);
    found = { verified: false, report: report("fails") };
    status = "FAILED";

    expect(await messageOf(releaseVerified("dev"))).toBe(
      [
        "dev is not verified:",
        "  ✗ POST large",
        "      202: got 502",
        "      part: role of the large API",
        "      look: its policy",
        "  The log: https://logs.example.com/1",
      ].join("\n"),
    );
    expect(await messageOf(releaseVerified("test"))).toMatch(
      new RegExp(
        `^The verification of dev failed with the build ${build.id}. No other environment gets this build:\\n {2}✗ POST large\\n[\\s\\S]*The log: https://logs.example.com/1\\n.* --verify dev$`,
      ),
    );
    expect(enterprise.runs).toHaveLength(1);
  });

  it("verifies again what had failed, where the environment is named again", async () => {
    await start(withOutputs);
    found = { verified: false, report: report("fails") };
    status = "FAILED";
    await messageOf(releaseVerified("dev"));
    found = { verified: true, report: report("holds") };
    status = "SUCCEEDED";

    expect(await releaseVerified("dev")).toBe("already released");
    expect(await releaseVerified("test")).toBe("applied");
    expect(enterprise.runs).toHaveLength(2);
  });

  it("verifies anew what is applied anew, such as an earlier build that comes back", async () => {
    await start(withOutputs);
    await releaseVerified("dev", { build: earlier });
    await releaseVerified("dev");
    await releaseVerified("dev", { build: earlier });

    expect(started.map(({ buildId }) => buildId)).toEqual([earlier.id, build.id, earlier.id]);
  });

  it.each(["FAILED", "FAULT", "TIMED_OUT", "STOPPED"])(
    "takes a build that is %s and has found nothing for no result, and verifies again the next time",
    async (ended) => {
      await start(withOutputs);
      found = undefined;
      status = ended;

      expect(await messageOf(releaseVerified("dev"))).toBe(
        `The verification of dev has no result. The status of its build is ${ended}. See https://logs.example.com/1`,
      );
      expect([...objects.keys()]).toEqual([`verifications/outputs/${build.id}/dev.json`]);
      found = { verified: true, report: report("holds") };
      status = "SUCCEEDED";
      expect(await releaseVerified("test")).toBe("applied");
    },
  );

  it("does not take the result of an earlier verification for its own", async () => {
    await start(withOutputs);
    await releaseVerified("dev");
    found = undefined;

    expect(await messageOf(verifyAgain(targetOf("dev"), options()))).toMatch(
      /^The verification of dev has no result/,
    );
  });

  it("needs both the result and a build that succeeded", async () => {
    await start(withOutputs);
    status = "FAILED";

    expect(await messageOf(releaseVerified("dev"))).toMatch(/^dev is not verified:/);
  });

  it("says what was not checked, and prints a report that it does not know without guessing", async () => {
    await start(withOutputs);
    found = { verified: true, report: report("not checked") };
    await releaseVerified("dev");
    expect(lines).toContain("      202: not checked: 502");
    expect(lines).toContain("  – POST large");

    found = { verified: true, report: { something: "else" } };
    await verifyAgain(targetOf("dev"), options());
    expect(lines).toContain("  (the report has an unknown format: see the log)");
  });

  it("says that nobody waits any more, and leaves the verification to its end", async () => {
    await start(withOutputs);
    status = "IN_PROGRESS";
    const stopping = new AbortController();
    stopping.abort();

    await release("dev");
    expect(await messageOf(verifyAgain(targetOf("dev"), options({ signal: stopping.signal })))).toBe(
      "Stopped. The verification verify:1 continues, and its result will be stored.",
    );
  });

  it("goes on waiting where CodeBuild does not list yet what it has started", async () => {
    await start(withOutputs);
    await release("dev");
    const { project } = options();
    const answers = [{ status: undefined, logUrl: undefined }, await project.look("verify:1")];
    const look = async () => answers.shift() ?? { status: "FAULT", logUrl: undefined };

    await verifyAgain(targetOf("dev"), options({ project: { ...project, look } }));

    expect(answers).toEqual([]);
  });

  it("stops waiting when its time is over", async () => {
    await start(withOutputs);
    await release("dev");
    status = "IN_PROGRESS";
    const later = Date.now() + 3_600_000;
    const print = (line: string) => {
      if (line.includes("logs.example.com")) vi.spyOn(Date, "now").mockReturnValue(later);
    };

    expect(await messageOf(verifyAgain(targetOf("dev"), options({ print })))).toBe(
      "The verification verify:1 did not end in time.",
    );
  });
});

describe(requireVerified, () => {
  it("verifies first what somebody has confirmed, and then lets the next environment have it", async () => {
    await start(withOutputs);
    await releaseVerified("dev");
    await releaseVerified("test");
    expect(await release("uat", { target: targetOf("uat") })).toBe("waits for confirmation");
    await enterprise.decide("run-3", "apply");
    enterprise.settle(workspaceOf("uat"));

    const outcome = await release("prod", {
      target: targetOf("prod"),
      requireVerified: (before) => requireVerified(before, options()),
    });

    expect(outcome).toBe("waits for confirmation");
    expect(started.map(({ environment }) => environment)).toEqual(["dev", "test", "uat"]);
  });

  it("asks for nothing of environments that are not verified", async () => {
    await start();
    await release("dev");

    expect(await release("test", { requireVerified: () => expect.fail("asked") })).toBe("applied");
  });

  it("verifies nothing where something else runs by now", async () => {
    await start(withOutputs);
    await release("dev");
    await release("dev", { build: earlier });

    expect(await messageOf(releaseVerified("test"))).toBe(
      `dev does not run the build ${build.id} (the last change is run-2, applied), so this build cannot be verified there. Release it to dev again, or continue with the build that runs there.`,
    );
    expect(started).toEqual([]);
  });

  it.each([
    ["broke off halfway", "errored"],
    ["was canceled", "canceled"],
    ["is being applied", "applying"],
  ])("verifies nothing where its build %s after it was applied there", async (_, status) => {
    await start(withOutputs);
    await release("dev");
    enterprise.runs.push({ ...lastRun(), id: "run-91", status });

    expect(await messageOf(verifyAgain(targetOf("dev"), options()))).toMatch(
      `dev does not run the build ${build.id} (the last change is run-91, ${status}), so this build cannot be verified there`,
    );
    expect(started).toEqual([]);
  });

  it("refuses to hand on what is sensitive", async () => {
    await start({ dev: { outputs: { password: { value: "hunter2", sensitive: true }, a: { value: 1 } } } });

    expect(await messageOf(releaseVerified("dev"))).toMatch(/^dev has sensitive outputs: password\. /);
    expect(objects.size).toBe(0);
  });

  it("says which permission the team lacks where the outputs can't be read", async () => {
    await start();

    expect(await messageOf(releaseVerified("dev"))).toMatch(
      /denies it to the token's team: the outputs of its state \(give the team "Read outputs only" of state versions\)/,
    );
  });
});
