import * as z from "zod/mini";
import { MAX_SUBMISSION_ID_LENGTH } from "../../../contract/limits.ts";

/** Of API Gateway's extended request ids: base64-like. Dots are left out, so that no key has relative segments. */
const submissionIdSchema = z
  .string()
  .check(z.maxLength(MAX_SUBMISSION_ID_LENGTH), z.regex(/^[A-Za-z0-9+/=_:-]+$/));

/**
 * The submissions that the text of a path may name, the likeliest first: the id of which it is the alias (its base64url without
 * padding, which needs no encoding in a URL), and the id itself. An id that is padded, as those of API Gateway are, is no alias.
 */
export function possibleSubmissionIds(text: string): string[] {
  return [idOfAlias(text), text].filter((id): id is string => submissionIdSchema.safeParse(id).success);
}

function idOfAlias(text: string): string | undefined {
  const id = Buffer.from(text, "base64url").toString("latin1");
  // The decoder skips what it can't read.
  return Buffer.from(id, "latin1").toString("base64url") === text ? id : undefined;
}
