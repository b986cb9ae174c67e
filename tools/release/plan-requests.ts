import { z } from "zod";
import { REQUESTS_PREFIX, RESULTS_PREFIX } from "../../env/builds.ts";
import { CommandError } from "../command-error.ts";
import type { BuildBucket } from "./build-bucket.ts";

/** What a check wants to be planned. Whoever may open a pull request may have written it. */
const requestSchema = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  environments: z
    .array(z.string().regex(/^[a-z][a-z0-9]{1,15}$/))
    .min(1)
    .max(10),
});
export type PlanRequest = z.infer<typeof requestSchema>;

const resultSchema = z.strictObject({ succeeded: z.boolean(), lines: z.array(z.string()) });
export type PlanResult = z.infer<typeof resultSchema>;

const idForm = /^[A-Za-z0-9_-]{1,128}$/;

/** What checks, which hold no token, and plans, which do, tell each other through the bucket of the builds. */
export class PlanRequests {
  readonly #bucket: BuildBucket;

  constructor(bucket: BuildBucket) {
    this.#bucket = bucket;
  }

  /** The request itself comes last: it starts the plan. */
  async handIn(id: string, request: PlanRequest, archives: ReadonlyMap<string, Buffer>): Promise<void> {
    for (const [environment, archive] of archives) {
      await this.#bucket.put(archiveKey(id, environment), archive);
    }
    await this.#bucket.put(`${REQUESTS_PREFIX}${id}/request.json`, JSON.stringify(request));
  }

  /** @throws CommandError where it is none */
  async readRequest(id: string): Promise<PlanRequest> {
    const text = await this.#bucket.get(`${REQUESTS_PREFIX}${id}/request.json`);
    const result = requestSchema.safeParse(parseJson(text?.toString("utf8") ?? ""));
    if (result.success) return result.data;
    throw new CommandError(`There is no request ${id} in ${this.#bucket.name}, or it is damaged.`);
  }

  /** @throws CommandError where there is none */
  async readArchive(id: string, environment: string): Promise<Buffer> {
    const archive = await this.#bucket.get(archiveKey(id, environment));
    if (archive !== undefined) return archive;
    throw new CommandError(`The request ${id} has no stack for ${environment}.`);
  }

  async writeResult(id: string, result: PlanResult): Promise<void> {
    await this.#bucket.put(`${RESULTS_PREFIX}${id}.json`, JSON.stringify(result));
  }

  /** Undefined while there is none. */
  async readResult(id: string): Promise<PlanResult | undefined> {
    const text = await this.#bucket.get(`${RESULTS_PREFIX}${id}.json`);
    return text === undefined ? undefined : resultSchema.parse(parseJson(text.toString("utf8")));
  }
}

/** The id in the key of a request, as EventBridge names it. */
export function requestId(key: string): string {
  const id = key.startsWith(REQUESTS_PREFIX)
    ? key.slice(REQUESTS_PREFIX.length).replace(/\/request\.json$/, "")
    : "";
  if (idForm.test(id)) return id;
  throw new CommandError(`"${key}" is no request to plan: it must be ${REQUESTS_PREFIX}<id>/request.json.`, {
    exitCode: 2,
  });
}

function archiveKey(id: string, environment: string): string {
  return `${REQUESTS_PREFIX}${id}/${environment}.tar.gz`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
