import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { REQUESTS_PREFIX, RESULTS_PREFIX } from "../../env/plan-requests.ts";
import { CommandError } from "../command-error.ts";

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
/** A stack has some hundred kilobytes. */
const maxArchiveBytes = 52_428_800;

/** The bucket through which checks, which hold no token, and plans, which do, speak with each other. */
export class PlanBucket {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(bucket: string) {
    this.#bucket = bucket;
    // Path style where AWS_ENDPOINT_URL names an IP address.
    this.#s3 = new S3Client({
      forcePathStyle: /\/\/[\d.]+(:|$)/.test(process.env["AWS_ENDPOINT_URL"] ?? ""),
    });
  }

  /** The request itself comes last: it starts the plan. */
  async handIn(id: string, request: PlanRequest, archives: ReadonlyMap<string, Buffer>): Promise<void> {
    for (const [environment, archive] of archives) {
      await this.#put(`${requestFolder(id)}${environment}.tar.gz`, archive);
    }
    await this.#put(`${requestFolder(id)}request.json`, JSON.stringify(request));
  }

  /** @throws CommandError where it is none */
  async readRequest(id: string): Promise<PlanRequest> {
    const text = await this.#get(`${requestFolder(id)}request.json`);
    const result = requestSchema.safeParse(parseJson(text?.toString("utf8") ?? ""));
    if (result.success) return result.data;
    throw new CommandError(`There is no request ${id} in ${this.#bucket}, or it is damaged.`);
  }

  async readArchive(id: string, environment: string): Promise<Buffer> {
    const archive = await this.#get(`${requestFolder(id)}${environment}.tar.gz`);
    if (archive === undefined || archive.length > maxArchiveBytes) {
      throw new CommandError(
        `The request ${id} has no stack for ${environment}, or one of more than ${maxArchiveBytes} bytes.`,
      );
    }
    return archive;
  }

  async writeResult(id: string, result: PlanResult): Promise<void> {
    await this.#put(`${RESULTS_PREFIX}${id}.json`, JSON.stringify(result));
  }

  /** Undefined while there is none. */
  async readResult(id: string): Promise<PlanResult | undefined> {
    const text = await this.#get(`${RESULTS_PREFIX}${id}.json`);
    return text === undefined ? undefined : resultSchema.parse(parseJson(text.toString("utf8")));
  }

  async #put(Key: string, Body: Buffer | string): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body }));
  }

  /** Who may not list the bucket is refused what is not there. */
  async #get(Key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      const { name } = error as Error;
      if (name === "NoSuchKey" || name === "AccessDenied") return undefined;
      throw error;
    }
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

function requestFolder(id: string): string {
  return `${REQUESTS_PREFIX}${id}/`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
