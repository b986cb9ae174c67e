import * as z from "zod";
import { UserError } from "../../contract/user-error.ts";
import { plainWords } from "../../env/describe-issue.ts";
import { PRODUCTS } from "./ends-of-support.ts";

const product = z.enum(PRODUCTS, `must be one of ${PRODUCTS.join(", ")}`);

/** YYYY-MM-DD, of a day that there is. */
export const isoDay = z.iso.date("must be a day, as YYYY-MM-DD");

const supportException = z.strictObject({
  product,
  version: z.string("must be text, as in the report").min(1, "is empty"),
  reason: z
    .string("must give the reason why it is still used")
    .trim()
    .min(1, "must give the reason why it is still used"),
  /** The last day on which it holds. */
  until: isoDay,
});
export type SupportException = z.output<typeof supportException>;

/**
 * What env/project.ts says under supportExceptions.
 * @throws UserError with every problem
 */
export function parseSupportExceptions(given: unknown): SupportException[] {
  const result = z.array(supportException).safeParse(given, { error: plainWords });
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const [index, ...fields] = path.map(String);
    return `  supportExceptions[${index}]${fields.map((field) => `.${field}`).join("")}: ${message}`;
  });
  throw new UserError(`env/project.ts has exceptions that are not valid:\n${lines.join("\n")}`);
}
