import { setTimeout as sleep } from "node:timers/promises";
import { SHARED_PATH } from "../../domain/names.ts";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** As the header says it, relative to the URL of the request. */
  readonly location: string | undefined;
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
      location: response.headers.get("Location") ?? undefined,
      bytes,
      milliseconds: performance.now() - started,
    };
  }

  /** Asks for a submission until it has an outcome. That of a plain file is one of `<item>/files/<file id>`. */
  function awaitOutcome(item: string, submissionId: string): Promise<Answer> {
    return awaitOutcomeAt(`${SHARED_PATH}/${item}/submissions/${encodeURIComponent(submissionId)}`);
  }

  /** The same by the URL that the answer to what was sent gives. */
  function followStatusUrl(sentTo: string, accepted: Answer): Promise<Answer> {
    return awaitOutcomeAt(resolvePath(sentTo, String(jsonOf(accepted)["statusUrl"])));
  }

  async function awaitOutcomeAt(path: string): Promise<Answer> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const answer = await send("GET", path);
      const waiting = answer.status === 200 && jsonOf(answer)["status"] === "accepted";
      if (!waiting || performance.now() > deadline) return answer;
      await sleep(50);
    }
  }

  return { send, awaitOutcome, followStatusUrl };
}

/** What a relative URL means in an answer to a request, whatever host that went to. */
export function resolvePath(requestPath: string, url: string): string {
  const { pathname, search } = new URL(url, new URL(requestPath, "http://host"));
  return pathname + search;
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
