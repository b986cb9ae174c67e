import * as z from "zod/mini";
import type { ItemKey } from "../../contract/keys.ts";

/** One write request of a sender, as API Gateway identified it. */
export interface Submission extends ItemKey {
  /** API Gateway's extended request id: a caller can't set it. */
  readonly submissionId: string;
  /** API Gateway's receive time in epoch milliseconds, on both paths the same clock. */
  readonly receivedAt: number;
  /** The sender's own name for what it does, as given in `x-correlation-id`. */
  readonly correlationId?: string | undefined;
}

/** The item or the plain file alone, of something that has more to it. */
export function keyOf({ caller, item, fileId }: ItemKey): ItemKey {
  return { caller, item, ...(fileId !== undefined && { fileId }) };
}

/** A payload, or a plain file, as it was received. */
export interface Payload {
  readonly bytes: Uint8Array;
  /** As the sender's Content-Encoding said. */
  readonly contentEncoding?: string | undefined;
  /** Of a plain file, as the sender's Content-Type said. */
  readonly contentType?: string | undefined;
  /** Of a plain file: percent-encoded UTF-8, if it has a name. */
  readonly fileName?: string | undefined;
}

export const reasonSchema = z.object({ path: z.string(), code: z.string(), message: z.string() });

/** Why a payload was rejected, and where. Never contains a value or a property name of the payload. */
export type Reason = z.infer<typeof reasonSchema>;

/** More reasons help no sender, and an unbounded list would be as large as its payload. */
export const maxReasons = 20;

/** `stored` and `unchanged` hold the last received content; `created` says that there was none before. */
export const writtenOutcomeSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("stored"), created: z.boolean() }),
  z.object({ status: z.literal("unchanged") }),
]);

export const outcomeSchema = z.discriminatedUnion("status", [
  writtenOutcomeSchema,
  z.object({ status: z.literal("superseded") }),
  z.object({ status: z.literal("rejected"), reasons: z.array(reasonSchema) }),
]);

export type WrittenOutcome = z.infer<typeof writtenOutcomeSchema>;

/** The one end of a submission. Whatever is none of these throws, and is tried again. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** The value, or why there is none. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reasons: Reason[] };

export function refuse(path: string, code: string, message: string): { ok: false; reasons: Reason[] } {
  return { ok: false, reasons: [{ path, code, message }] };
}
