/** A request that tells somebody of an alarm. Its headers and body may hold a secret. */
export interface OutgoingRequest {
  readonly target: "PagerDuty" | "ServiceNow";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A target did not take an alarm, now or for good; the message holds neither request nor answer. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly code = "DELIVERY";
}

export interface SendOptions {
  readonly attempts?: number;
  readonly timeoutMilliseconds?: number;
  /** Before the second attempt; twice as long before each further one. */
  readonly pauseMilliseconds?: number;
  /** The longest that an answer can make us wait. */
  readonly maxPauseMilliseconds?: number;
  /** How it pauses; tests ask only for how long. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Sends until it is taken. Busy, failing and silent targets are asked again; a refusal is final at once.
 * @throws {DeliveryError} when no attempt succeeded
 */
export async function send(request: OutgoingRequest, options: SendOptions = {}): Promise<void> {
  const {
    attempts = 3,
    timeoutMilliseconds = 5_000,
    pauseMilliseconds = 500,
    maxPauseMilliseconds = 5_000,
    sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  } = options;
  let last = "";
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const outcome = await attemptOnce(request, timeoutMilliseconds);
    if (outcome.kind === "taken") return;
    last = outcome.reason;
    if (outcome.kind === "refused") break;
    if (attempt + 1 < attempts) {
      const pause = outcome.retryAfterMilliseconds ?? pauseMilliseconds * 2 ** attempt;
      await sleep(Math.min(pause, maxPauseMilliseconds));
    }
  }
  throw new DeliveryError(`${request.target} did not accept the alarm: ${last}`);
}

type Outcome =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "later"; readonly reason: string; readonly retryAfterMilliseconds?: number };

async function attemptOnce({ url, headers, body }: OutgoingRequest, timeout: number): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      // A redirect would carry the secret to somebody else.
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "taken" };
    const reason = `status ${response.status}`;
    if (response.status !== 429 && response.status < 500) return { kind: "refused", reason };
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return { kind: "later", reason, ...(seconds >= 0 && { retryAfterMilliseconds: seconds * 1_000 }) };
  } catch (error) {
    // Of a failed fetch the cause says more; none of them holds the request.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: "later", reason: cause instanceof Error ? cause.name : "no answer" };
  }
}
