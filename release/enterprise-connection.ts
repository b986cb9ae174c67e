import { setTimeout } from "node:timers/promises";
import type * as z from "zod";
import { parseJson } from "../contract/parse-json.ts";
import { UserError } from "../contract/user-error.ts";
import { errorsDocument } from "./enterprise-documents.ts";

export interface EnterpriseOptions {
  /** `https://terraform.example.com` */
  readonly address: string;
  readonly token: string;
  /** Attempts at a request that the server did not take. */
  readonly attempts?: number;
  readonly timeoutMilliseconds?: number;
  /** Before the second attempt; twice as long before each further one. */
  readonly pauseMilliseconds?: number;
  /** How it pauses; tests ask only for how long. */
  readonly sleep?: typeof sleep;
  /** Ends every request when nobody waits for its answer any more. */
  readonly signal?: AbortSignal;
}

/** Terraform Enterprise did not do what it was asked for. */
export class EnterpriseError extends UserError {
  /** Whether it may do so later: it did not answer, or was busy or broken. */
  readonly isAway: boolean;

  constructor(message: string, isAway: boolean) {
    super(message);
    this.isAway = isAway;
  }
}

export interface Answer {
  /** 0 stands for no answer. */
  readonly status: number;
  readonly text: string;
  /** Why there is none, or where a redirect leads. */
  readonly cause?: string | undefined;
  /** When the server wants to be asked again. */
  readonly retryAfterSeconds?: number | undefined;
}

export interface EnterpriseRequest {
  readonly method: string;
  readonly path: string;
  readonly document?: unknown;
}

/** The longest pause that a server may ask for. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** Requests to Terraform Enterprise, repeated as long as that may help, and what is wrong with its answers. */
export class EnterpriseConnection {
  readonly address: string;
  readonly #options: Required<Omit<EnterpriseOptions, "signal">>;
  readonly #signal: AbortSignal | undefined;

  constructor({ signal, ...options }: EnterpriseOptions) {
    this.address = options.address;
    this.#options = { attempts: 5, timeoutMilliseconds: 30_000, pauseMilliseconds: 1_000, sleep, ...options };
    this.#signal = signal;
  }

  get attempts(): number {
    return this.#options.attempts;
  }

  /** The same, for what has to be done although nobody waits any more. */
  unstoppable(): EnterpriseConnection {
    return new EnterpriseConnection(this.#options);
  }

  /** A URL that is a permission itself, as those of uploads and logs: the token stays here. */
  callWithoutToken(url: string, init: RequestInit): Promise<Answer> {
    return this.#retry(() => this.#fetch(url, init));
  }

  /** Repeats what a server did not take or did not answer: at worst a configuration version is made that nobody uses. */
  call(request: EnterpriseRequest): Promise<Answer> {
    return this.#retry(() => this.once(request));
  }

  async once({ method, path, document }: EnterpriseRequest): Promise<Answer> {
    return this.#fetch(`${this.address}${path}`, {
      method,
      // The token goes to this address and nowhere else.
      redirect: "manual",
      headers: {
        authorization: `Bearer ${this.#options.token}`,
        "content-type": "application/vnd.api+json",
      },
      ...(document !== undefined && { body: JSON.stringify(document) }),
    });
  }

  async #retry(send: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send();
      if (this.#signal?.aborted) {
        throw new EnterpriseError(`The request to ${this.address} was stopped.`, true);
      }
      if (!isAway(answer.status) || attempt >= this.#options.attempts) return answer;
      await this.pauseAfter(attempt, answer.retryAfterSeconds);
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMilliseconds);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]);
    try {
      const response = await fetch(url, { ...init, signal });
      const { headers, status } = response;
      const location = headers.get("location");
      return {
        status,
        text: await response.text(),
        cause: location === null ? undefined : hostOf(location, url),
        retryAfterSeconds:
          Number(headers.get("retry-after") ?? headers.get("x-ratelimit-reset")) || undefined,
      };
    } catch (error) {
      return { status: 0, text: "", cause: timeout.aborted ? "it took too long" : causeOf(error) };
    }
  }

  /** After this attempt: as long as the server asks for, or longer each time. */
  pauseAfter(attempt: number, retryAfterSeconds = 0): Promise<void> {
    const asked = Math.min(Math.max(retryAfterSeconds, 0), MAX_RETRY_AFTER_SECONDS) * 1_000;
    const milliseconds = Math.max(asked, this.#options.pauseMilliseconds * 2 ** (attempt - 1));
    return this.#options.sleep(milliseconds, this.#signal);
  }

  /** @throws EnterpriseError where the status is no success, or the answer is no such document */
  read<Document>(schema: z.ZodType<Document>, answer: Answer, what: string): Document {
    this.expect(answer, what);
    const result = schema.safeParse(parseJson(answer.text));
    if (result.success) return result.data;
    throw new EnterpriseError(
      `${this.address} answered ${answer.status} for ${what}, but not as Terraform Enterprise's API does. Check the host name, and whether a proxy or a maintenance page answers.`,
      false,
    );
  }

  /** @throws EnterpriseError where the status is no success */
  expect({ status, text, cause }: Answer, what: string): void {
    if (status >= 200 && status < 300) return;
    const { attempts } = this.#options;
    const advice: Readonly<Record<number, string>> = {
      0: `does not answer (${attempts} attempts${cause ? `: ${cause}` : ""}). Check the network, the host name and its certificate`,
      401: "rejects the token. Renew it",
      403: "denies it to the token's team",
      404: "does not find it, or denies it to the token's team",
    };
    const details = errorsDocument.safeParse(parseJson(text)).data;
    const redirect = status >= 300 && status < 400 ? `redirects to ${cause ?? "nowhere"}` : undefined;
    const why =
      advice[status] ?? redirect ?? `answers ${status}${isAway(status) ? ` (${attempts} attempts)` : ""}`;
    throw new EnterpriseError(
      `${this.address} ${why}: ${what}${details ? ` (${details})` : ""}.`,
      isAway(status),
    );
  }
}

export function isAway(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Until the time is over, or nobody waits for it any more. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}

/** Node.js tells the reason in the error's cause; there is no token in it. */
function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message || code;
}

/** A whole URL may be a permission. */
function hostOf(location: string, base: string): string | undefined {
  return URL.canParse(location, base) ? new URL(location, base).host : undefined;
}
