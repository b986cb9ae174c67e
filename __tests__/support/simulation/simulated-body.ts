import { Readable } from "node:stream";
import { corrupted, firstOf } from "../fault-proxy.ts";
import type { Invocation } from "./invocation.ts";

/** What goes wrong with the body of an object, after its headers have come. */
export type BodyFault =
  /** The connection breaks so long after the answer began, whether or not somebody reads. */
  | { readonly kind: "body-reset"; readonly afterBytes: number; readonly milliseconds: number }
  /** It ends too early, as if that were all. */
  | { readonly kind: "body-truncated"; readonly afterBytes: number }
  /** Its bytes have another checksum than S3 says. */
  | { readonly kind: "body-corrupted" }
  | { readonly kind: "body-trickled"; readonly pieces: number; readonly pauseMilliseconds: number }
  /** Nothing more comes. */
  | { readonly kind: "body-hanging"; readonly afterBytes: number };

interface SimulatedBodyOptions {
  readonly fault: BodyFault | undefined;
  /** Told of an error that nobody listens for, which ends the process. */
  readonly onUnheard: () => void;
}

/** The body of an answer as the SDK hands it out, which holds it to its checksum. Its invocation's deadline breaks it. */
export function simulatedBody(
  bytes: Uint8Array,
  invocation: Invocation,
  { fault, onUnheard }: SimulatedBodyOptions,
): Readable {
  let begun = false;
  const body = new Readable({
    read() {
      if (begun) return;
      begun = true;
      invocation
        .call("readPayload", () => undefined)
        .then(() => deliver(body, bytes, { fault, invocation, fail }))
        .catch(fail);
    },
  });
  function fail(error: Error): void {
    invocation.signal.removeEventListener("abort", abort);
    if (body.destroyed || body.readableEnded || invocation.isDead) return;
    if (body.listenerCount("error") > 0) {
      body.destroy(error);
      return;
    }
    onUnheard();
    invocation.crash();
    body.destroy();
  }
  function abort(): void {
    fail(new Error("aborted"));
  }
  invocation.signal.addEventListener("abort", abort, { once: true });
  body.on("close", () => invocation.signal.removeEventListener("abort", abort));
  if (fault?.kind === "body-reset") {
    void invocation.sleep(fault.milliseconds).then(() => fail(new Error("aborted")));
  }
  return body;
}

interface Delivery {
  readonly fault: BodyFault | undefined;
  readonly invocation: Invocation;
  readonly fail: (error: Error) => void;
}

async function deliver(
  body: Readable,
  bytes: Uint8Array,
  { fault, invocation, fail }: Delivery,
): Promise<void> {
  const push = (part: Uint8Array | null) => {
    if (!body.destroyed) body.push(part);
  };
  switch (fault?.kind) {
    case undefined:
      push(bytes);
      push(null);
      return;
    case "body-reset":
      push(firstOf(bytes, fault.afterBytes));
      return;
    case "body-truncated":
      push(firstOf(bytes, fault.afterBytes));
      push(null);
      return;
    case "body-corrupted":
      push(corrupted(bytes));
      fail(new Error("Checksum mismatch"));
      return;
    case "body-trickled": {
      const size = Math.ceil(bytes.length / fault.pieces) || 1;
      for (let start = 0; start < bytes.length && !body.destroyed; start += size) {
        await invocation.pass(fault.pauseMilliseconds);
        push(bytes.subarray(start, start + size));
      }
      push(null);
      return;
    }
    case "body-hanging":
      push(firstOf(bytes, fault.afterBytes));
      await invocation.pass(Number.POSITIVE_INFINITY);
  }
}
