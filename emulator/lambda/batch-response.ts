import { z } from "zod";

const failuresSchema = z
  .object({
    batchItemFailures: z
      .array(z.object({ itemIdentifier: z.string().min(1) }))
      .nullish()
      .transform((failures) => failures ?? []),
  })
  .nullish();

/** An empty list and an empty text are empty answers, as an empty object is. */
const responseSchema = z.union([
  failuresSchema,
  z.tuple([]).transform(() => undefined),
  z.literal("").transform(() => undefined),
]);

/**
 * The ids of the messages that failed, by what a function with `ReportBatchItemFailures` returned. An empty
 * answer (nothing, `null`, `{}`, `[]`, `""`) and an empty or null list mean that none failed; whatever cannot be
 * understood, or names no message of the batch, means that all did.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * Which answers are empty is recorded of streams, for which the same words stand:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_kinesis.py
 * @param payload JSON text that the function returned
 */
export function failedMessageIds(payload: string, messageIds: readonly string[]): ReadonlySet<string> {
  const all = new Set(messageIds);
  const parsed = responseSchema.safeParse(parse(payload));
  if (!parsed.success) return all;
  const failed = parsed.data?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  return failed.every((id) => all.has(id)) ? new Set(failed) : all;
}

/** A function that returns nothing leaves no text, or "null". */
function parse(payload: string): unknown {
  if (payload === "") return null;
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
