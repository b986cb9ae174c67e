import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { ingestionStackName } from "../../../domain/names.ts";
import type { Environment } from "../../../env/schema.ts";
import { type Build, stackOf, writeBuild } from "../../../release/build.ts";
import { EnterpriseClient } from "../../../release/enterprise-client.ts";
import { packStack } from "../../../release/pack.ts";
import { type PromotionOptions, promote, type Target, targetOf } from "../../../release/promote.ts";
import { loadEnvironment } from "../environments.ts";
import { verifiedDelivery } from "../verified-delivery.ts";
import {
  enterpriseToken,
  type FakeOptions,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "./fake-terraform-enterprise.ts";
import type { Course } from "./run-course.ts";

export const order = ["dev", "test", "uat", "prod"];
const automatic = ["dev", "test"];

/** Of an environment that is released. */
export const workspaceOf = (name: string) => `workspace-${name}`;

/** All four environments in Terraform Enterprise: dev and test are applied by themselves, uat and prod confirmed. */
const environmentsWith = (verified: readonly string[]) =>
  order.map((name): Environment => {
    const environment = loadEnvironment(name);
    const { delivery } = environment;
    const verification =
      verified.length === 0
        ? {}
        : { verification: { ...verifiedDelivery().delivery.verification, environments: [...verified] } };
    return {
      ...environment,
      backend: {
        kind: "tfe",
        hostname: "terraform.example.com",
        organization: "example",
        workspace: workspaceOf(name),
        apply: automatic.includes(name) ? "automatic" : "confirmed",
      },
      delivery:
        delivery.kind === "none"
          ? delivery
          : ({ ...delivery, ...verification, releases: order } as Environment["delivery"]),
    };
  });

/** @param verified the environments that are verified after a release */
export const targetIn = (name: string, verified: readonly string[] = []) =>
  targetOf(name, environmentsWith(verified));

export let outdir: string;
export let build: Build;
/** The build before it. */
export let earlier: Build;
export let enterprise: FakeTerraformEnterprise;
/** What the releases of a test have printed. */
export const lines: string[] = [];

/** Makes two builds of four environments for the tests of a file. */
export function prepareReleases(): void {
  beforeAll(() => {
    outdir = mkdtempSync(join(tmpdir(), "promote-"));
    for (const name of order) {
      const folder = join(outdir, "stacks", ingestionStackName(name));
      mkdirSync(join(folder, "assets"), { recursive: true });
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ name }));
      writeFileSync(join(folder, "assets", "functions.zip"), "functions");
    }
    earlier = writeBuild(outdir, "1".repeat(40), "{}");
    build = writeBuild(outdir, "2".repeat(40), "{}");
  });
  beforeEach(() => {
    lines.length = 0;
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await enterprise?.stop();
  });
  afterAll(() => rmSync(outdir, { recursive: true }));
}

/** Starts Terraform Enterprise, whose workspaces take these courses. */
export async function start(workspaces: Readonly<Record<string, Course>> = {}, more: FakeOptions = {}) {
  const all = Object.fromEntries(order.map((name) => [workspaceOf(name), workspaces[name] ?? {}]));
  enterprise = await startFakeTerraformEnterprise({ workspaces: all, ...more });
}

const HOUR_MILLISECONDS = 3_600_000;

export const connect = (signal?: AbortSignal) =>
  new EnterpriseClient({
    address: enterprise.url,
    token: enterpriseToken,
    pauseMilliseconds: 1,
    ...(signal && { signal }),
  });

/** Releases the build to an environment. Its time is not over unless a test says so. */
export function release(name: string, options: Partial<PromotionOptions> & { target?: Target } = {}) {
  return promote(options.target ?? targetIn(name), {
    build,
    startedAt: undefined,
    connect: () => connect(options.signal),
    pack: (stack) => packStack(stackOf(build, outdir, stack)),
    waitForConfirmation: false,
    deadline: Date.now() + HOUR_MILLISECONDS,
    pollMilliseconds: 1,
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
    ...options,
  });
}

/** Lets the time of a release be over as soon as it says this. */
export function outOfTimeAt(said: string): Pick<PromotionOptions, "print"> {
  const later = Date.now() + 2 * HOUR_MILLISECONDS;
  return {
    print(line) {
      lines.push(line);
      if (line.includes(said)) vi.spyOn(Date, "now").mockReturnValue(later);
    },
  };
}

/** The message of a release that fails. */
export async function failureOf(name: string, options?: Partial<PromotionOptions>): Promise<string> {
  const error = await release(name, options).then(
    (outcome) => expect.fail(`it ended well: ${outcome}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message;
}

export const lastRun = () => enterprise.runs.at(-1) ?? expect.fail("there is no run");
export const states = () => enterprise.runs.map(({ workspace, status }) => `${workspace} ${status}`);
