import { randomBytes } from "node:crypto";
import { createSample, type Sample } from "../../domain/sample.ts";
import type { PayloadLimits } from "../../proxy/routing.ts";

/** What a verification sends. Its ids and its bytes are its own: nobody else has them. */
export interface Payloads {
  readonly small: Payload;
  readonly large: Payload;
}

export interface Payload {
  readonly item: string;
  readonly sample: Sample;
}

const smallBytes = 200_000;
/** A sample is about as long as was asked for. */
const marginBytes = 20_000;

/** One payload below the threshold and one above it, by which the proxy decides between the APIs. */
export function createPayloads({ thresholdBytes, maxBytes }: PayloadLimits): Payloads {
  const run = randomBytes(6).toString("hex");
  const payload = (name: string, bodyBytes: number) => ({
    item: `verify-${run}-${name}`,
    sample: createSample({ bodyBytes, mark: `verification ${run} ${name}` }),
  });
  return {
    small: payload("small", Math.min(smallBytes, thresholdBytes - marginBytes)),
    large: payload("large", thresholdBytes + Math.min(marginBytes, (maxBytes - thresholdBytes) / 2)),
  };
}
