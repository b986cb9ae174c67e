import { setTimeout as sleep } from "node:timers/promises";
import { SHARED_PATH } from "../../domain/names.ts";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly milliseconds: number;
}

/** A client of the two APIs behind one URL, as the SaaS application is one. Each of its requests says who it is. */
export function createClient(url: string, identity: Readonly<Record<string, string>> = {}) {
  async function send(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Readonly<Record<string, string>> = { "Content-Type": "application/json" },
  ): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...identity, ...(body !== undefined && headers) },
      ...(body !== undefined && { body: typeof body === "string" ? body : new Uint8Array(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      contentType: response.headers.get("Content-Type") ?? "",
      bytes,
      milliseconds: performance.now() - started,
    };
  }

  /** Asks for a submission until it has an outcome. That of a plain file is one of `<item>/files/<file id>`. */
  async function awaitOutcome(item: string, submissionId: string, timeoutMs = 30_000): Promise<Answer> {
    const path = `${SHARED_PATH}/${item}/submissions/${encodeURIComponent(submissionId)}`;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const answer = await send("GET", path);
      const waiting = answer.status === 200 && jsonOf(answer)["status"] === "accepted";
      if (!waiting || performance.now() > deadline) return answer;
      await sleep(50);
    }
  }

  return { send, awaitOutcome };
}

export type Client = ReturnType<typeof createClient>;

/** The object in an answer; an empty one where there is none. */
export function jsonOf({ bytes }: Pick<Answer, "bytes">): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(bytes.toString("utf8")));
  } catch {
    return {};
  }
}

/** An empty one in place of what is none. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
