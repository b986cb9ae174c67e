import * as z from "zod";
import { REQUEST_KEY, RESULTS_PREFIX } from "../contract/builds.ts";
import { parseJson } from "../contract/parse-json.ts";
import { UserError } from "../contract/user-error.ts";
import type { BuildBucket } from "./build-bucket.ts";

/** What a check wants to be planned. Whoever may open a pull request may have written it. */
const requestSchema = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  stacks: z
    .array(z.strictObject({ environment: z.string().regex(/^[a-z][a-z0-9]{1,15}$/), archive: z.base64() }))
    .min(1)
    .max(10),
});

export interface PlanRequest {
  readonly commit: string;
  /** Gzipped tars, as Terraform Enterprise takes them. */
  readonly stacks: readonly { readonly environment: string; readonly archive: Buffer }[];
}

const resultSchema = z.strictObject({ succeeded: z.boolean(), lines: z.array(z.string()) });
export type PlanResult = z.infer<typeof resultSchema>;

/** S3 makes it. */
const versionForm = /^(?!null$)[A-Za-z0-9._/+=-]{1,512}$/;

/**
 * What checks, which hold no token, and plans, which do, tell each other through the bucket of the builds. A request is a
 * version of one object: its name is S3's, so that whoever writes a request chooses nothing of what a plan is started with,
 * and nobody can change it afterwards.
 */
export class PlanRequests {
  readonly #bucket: BuildBucket;

  constructor(bucket: BuildBucket) {
    this.#bucket = bucket;
  }

  /**
   * Hands a request in, which starts its plan, and returns its version.
   * @throws UserError where the bucket does not take it or keeps no versions
   */
  async handIn({ commit, stacks }: PlanRequest): Promise<string> {
    const encoded = stacks.map(({ environment, archive }) => ({
      environment,
      archive: archive.toString("base64"),
    }));
    const version = await this.#bucket.put(REQUEST_KEY, JSON.stringify({ commit, stacks: encoded }));
    if (version === undefined || version === "null") {
      throw new UserError(
        `${this.#bucket.name} has no versioning, which requests for plans need. Apply the delivery stack again. If you just did, try again in 15 minutes.`,
      );
    }
    this.requireVersion(version);
    return version;
  }

  /** @throws UserError where it can't be a version */
  requireVersion(version: string): void {
    if (versionForm.test(version)) return;
    throw new UserError(`"${version}" is not a request for a plan. Give the S3 version id of the request.`, {
      exitCode: 2,
    });
  }

  /** @throws UserError where it is none */
  async read(version: string): Promise<PlanRequest> {
    const text = await this.#bucket.get(REQUEST_KEY, version);
    const result = requestSchema.safeParse(parseJson(text?.toString("utf8") ?? ""));
    if (!result.success) {
      throw new UserError(
        `There is no request ${version} in ${this.#bucket.name}, or it has another format than the released branch writes. A pull request that changes this format gets no plan.`,
      );
    }
    const { commit, stacks } = result.data;
    return {
      commit,
      stacks: stacks.map(({ environment, archive }) => ({
        environment,
        archive: Buffer.from(archive, "base64"),
      })),
    };
  }

  async writeResult(version: string, result: PlanResult): Promise<void> {
    await this.#bucket.put(`${RESULTS_PREFIX}${version}.json`, JSON.stringify(result));
  }

  /**
   * Undefined while there is none.
   * @throws UserError where it can't be understood
   */
  async readResult(version: string): Promise<PlanResult | undefined> {
    const text = await this.#bucket.get(`${RESULTS_PREFIX}${version}.json`);
    if (text === undefined) return undefined;
    const result = resultSchema.safeParse(parseJson(text.toString("utf8")));
    if (result.success) return result.data;
    throw new UserError(
      `The result of ${version} in ${this.#bucket.name} has another format than this commit expects. Merge the released branch into the pull request.`,
    );
  }
}
