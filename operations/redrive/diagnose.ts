import { kindOfIntakeKey } from "../../contract/intake-keys.ts";
import { INTAKE_PREFIX } from "../../contract/keys.ts";
import type { CreatedObject } from "../../domain/s3-notification.ts";
import type { IntakeListing } from "../waiting-objects.ts";
import { type Cause, causes, type Diagnosis } from "./causes.ts";
import type { DeadLetter } from "./dead-letter.ts";

export interface DiagnoseContext {
  readonly listing: Pick<IntakeListing, "find">;
  readonly intakeBucket: string;
  readonly maxPayloadBytes: number;
  /** Names of errors by the message's id, as the function logged them. */
  readonly loggedErrors: ReadonlyMap<string, string>;
}

/** Why a message may have failed, told from the message, a listing of the bucket and the function's log: no payload is read. */
export async function diagnose(
  { messageId, objects }: Pick<DeadLetter, "messageId" | "objects">,
  context: DiagnoseContext,
): Promise<Diagnosis> {
  const loggedError = context.loggedErrors.get(messageId);
  if (objects === undefined) return { cause: "unreadable", key: undefined, loggedError };
  const found = await Promise.all(
    objects.map(async ({ bucket, key }) => ({ key, cause: await causeOf({ bucket, key }, context) })),
  );
  const [worst] = found.toSorted((a, b) => causes.indexOf(a.cause) - causes.indexOf(b.cause));
  return { cause: worst?.cause ?? "nothing", key: worst?.key, loggedError };
}

async function causeOf(
  { bucket, key }: Pick<CreatedObject, "bucket" | "key">,
  { listing, intakeBucket, maxPayloadBytes }: DiagnoseContext,
): Promise<Cause> {
  if (bucket !== intakeBucket || !key.startsWith(INTAKE_PREFIX)) return "nothing";
  const kind = kindOfIntakeKey(key);
  if (kind !== "submission") return kind;
  const object = await listing.find(key);
  if (object === undefined) return "gone";
  return object.sizeBytes > maxPayloadBytes ? "tooLarge" : "waiting";
}
