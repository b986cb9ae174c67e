import { execFileSync } from "node:child_process";
import { UserError } from "../contract/user-error.ts";
import { BuildBucket } from "./build-bucket.ts";
import { EnterpriseClient } from "./enterprise-client.ts";
import type { Target } from "./promote.ts";
import { VerificationRecords, type Verified } from "./verification-records.ts";
import { type VerifyProject, verifyProject } from "./verify-project.ts";
import { withoutTokens } from "./without-tokens.ts";

/** What builds and laptops tell a release by environment variables. */
export class ReleaseSettings {
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  get outputDirectory(): string {
    return this.#env["CDKTF_OUTDIR"] || "cdktf.out";
  }

  /** Shorter in tests, whose server needs no time. */
  get pollMilliseconds(): number {
    return Number(this.#env["RELEASE_POLL_MILLISECONDS"] ?? 3_000);
  }

  /** When this build began, in milliseconds since the epoch; undefined on a laptop. */
  get buildStartedAt(): number | undefined {
    const started = this.#env["CODEBUILD_START_TIME"];
    return started && /^\d{1,15}$/.test(started) ? Number(started) : undefined;
  }

  /**
   * Nobody waits for its answers any more once the signal aborts.
   * @throws UserError where no token is set
   */
  connect({ name, workspace }: Target, signal: AbortSignal): EnterpriseClient {
    const { hostname } = workspace;
    const variable = `TF_TOKEN_${hostname.replaceAll("-", "__").replaceAll(".", "_")}`;
    const token = this.#env["TFE_TOKEN"] || this.#env[variable];
    if (!token) {
      throw new UserError(`No token for ${hostname}, which runs ${name}. Set TFE_TOKEN or ${variable}.`);
    }
    return new EnterpriseClient({
      address: this.#addressOf(hostname),
      token,
      pauseMilliseconds: Math.min(this.pollMilliseconds, 1_000),
      signal,
    });
  }

  /** The token goes to the host of the environment, or to what a test has started on this machine. */
  #addressOf(hostname: string): string {
    const address = this.#env["TFE_ADDRESS"]?.replace(/\/+$/, "");
    if (!address || address === `https://${hostname}`) return `https://${hostname}`;
    if (URL.canParse(address) && new URL(address).hostname === "127.0.0.1") return address;
    throw new UserError(
      `TFE_ADDRESS is ${address}, but the environment uses https://${hostname}. Unset TFE_ADDRESS, or change the host name in env/.`,
    );
  }

  /** Where builds are kept, in an account that builds; a laptop has none. */
  optionalBucket(): BuildBucket | undefined {
    return this.#env["BUILDS_BUCKET"] ? this.requiredBucket() : undefined;
  }

  /** @throws UserError where it is not set */
  requiredBucket(): BuildBucket {
    return new BuildBucket(this.#required("BUILDS_BUCKET"), this.#required("BUILDS_BUCKET_OWNER"), this.#env);
  }

  /**
   * Environments that pull requests are planned for.
   * @throws UserError where they are not set
   */
  planEnvironments(): string[] {
    return this.#required("PLAN_ENVIRONMENTS")
      .split(/\s+/)
      .filter((word) => word !== "");
  }

  /**
   * What verifies a release, and where it writes what it has found.
   * @throws UserError where this is no build of an account that verifies
   */
  verifying(): { readonly project: VerifyProject; readonly records: VerificationRecords } {
    return {
      project: verifyProject(this.#required("VERIFY_PROJECT"), this.#required("VERIFY_SECRET"), this.#env),
      records: new VerificationRecords(this.requiredBucket()),
    };
  }

  /**
   * What a build that verifies was started for.
   * @throws UserError where no release has started it
   */
  verified(): Verified {
    const buildId = this.#required("VERIFY_BUILD");
    const environment = this.#required("VERIFY_ENVIRONMENT");
    if (/^[0-9a-f]{64}$/.test(buildId) && /^[a-z][a-z0-9]{1,15}$/.test(environment)) {
      return { buildId, environment };
    }
    throw new UserError(
      `VERIFY_BUILD is "${buildId}" and VERIFY_ENVIRONMENT "${environment}": expected the SHA-256 of a build and the name of an environment. A release sets both when it starts the build that verifies.`,
    );
  }

  /** @throws UserError outside of CodeBuild */
  codeBuild(): { readonly codeBuildId: string; readonly logUrl: string } {
    return {
      codeBuildId: this.#required("CODEBUILD_BUILD_ID"),
      logUrl: this.#required("CODEBUILD_BUILD_URL"),
    };
  }

  /**
   * CodeBuild and GitHub say what they have checked out; on a laptop git does, and a changed file is not in a commit.
   * @throws UserError where there is no commit to name
   */
  currentCommit(): string {
    const given = this.#env["CODEBUILD_RESOLVED_SOURCE_VERSION"] || this.#env["GITHUB_SHA"];
    if (given) return given;
    const env = withoutTokens(this.#env);
    const git = (...args: string[]) =>
      execFileSync("git", args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] }).trim();
    try {
      if (git("status", "--porcelain", "--untracked-files=no") === "") return git("rev-parse", "HEAD");
    } catch (error) {
      throw new UserError("Git cannot determine the commit. Run the command in a clone of the repository.", {
        cause: error,
      });
    }
    throw new UserError(
      "There are uncommitted changes, and a build must belong to a commit. Commit them first.",
    );
  }

  #required(name: string): string {
    const value = this.#env[name];
    if (value) return value;
    throw new UserError(
      `${name} is not set. The delivery stack sets it for its builds. If this is such a build, apply the delivery stack again. Otherwise start the CodeBuild project that the output release_project names.`,
    );
  }
}
