import * as z from "zod";
import { VERIFICATION_OUTPUTS_PREFIX, VERIFICATION_RESULTS_PREFIX } from "../contract/builds.ts";
import { parseJson } from "../contract/parse-json.ts";
import { UserError } from "../contract/user-error.ts";
import type { BuildBucket } from "./build-bucket.ts";

/** A build in an environment. */
export interface Verified {
  /** SHA-256 of the build that was released. */
  readonly buildId: string;
  readonly environment: string;
}

const recordSchema = z.strictObject({
  verified: z.boolean(),
  /** Of the build that verified, as CodeBuild names it. */
  codeBuildId: z.string(),
  logUrl: z.string(),
  /** What "npm run verify" said, as it said it. */
  report: z.unknown(),
});
export type VerificationRecord = z.infer<typeof recordSchema>;

type Bucket = Pick<BuildBucket, "name" | "put" | "get">;

/**
 * What a release and the build that verifies tell each other through the bucket of the builds: the one hands the stack's
 * outputs in, the other writes what it has found. Neither may write what the other does.
 */
export class VerificationRecords {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async handIn(of: Verified, outputs: string): Promise<void> {
    await this.#bucket.put(keyOf(VERIFICATION_OUTPUTS_PREFIX, of), outputs);
  }

  /** @throws UserError where no release has handed them in */
  async outputs(of: Verified): Promise<string> {
    const text = await this.#bucket.get(keyOf(VERIFICATION_OUTPUTS_PREFIX, of));
    if (text !== undefined) return text.toString("utf8");
    throw new UserError(
      `${this.#bucket.name} has no outputs of ${of.environment} with the build ${of.buildId}. A release stores them before it starts this build. Do not start the build yourself: run npm run release -- --verify ${of.environment}.`,
    );
  }

  async write(of: Verified, record: VerificationRecord): Promise<void> {
    await this.#bucket.put(keyOf(VERIFICATION_RESULTS_PREFIX, of), JSON.stringify(record));
  }

  /**
   * Undefined where the build was not verified there, or without a result.
   * @throws UserError where it can't be understood
   */
  async read(of: Verified): Promise<VerificationRecord | undefined> {
    const key = keyOf(VERIFICATION_RESULTS_PREFIX, of);
    const text = await this.#bucket.get(key);
    if (text === undefined) return undefined;
    const result = recordSchema.safeParse(parseJson(text.toString("utf8")));
    if (result.success) return result.data;
    throw new UserError(
      `s3://${this.#bucket.name}/${key} is not a result of a verification in the format of this commit. Verify again.`,
    );
  }
}

function keyOf(prefix: string, { buildId, environment }: Verified): string {
  return `${prefix}${buildId}/${environment}.json`;
}
