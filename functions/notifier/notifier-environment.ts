import * as z from "zod/mini";
import type { NotifierVariable } from "../../contract/function-variables.ts";

const name = z.string().check(z.minLength(1));
const url = z.string().check(z.regex(/^https?:\/\/[^/?#]+$/));

/** Of the notifier. Of each pair there are both or none. */
export const notifierEnvironmentSchema = z.object({
  /** Whoever publishes there wants somebody to come at once. */
  URGENT_TOPIC_ARN: name,
  PAGER_DUTY_SECRET_ARN: z.optional(name),
  PAGER_DUTY_URL: z.optional(url),
  SERVICE_NOW_SECRET_ARN: z.optional(name),
  SERVICE_NOW_URL: z.optional(url),
} satisfies Record<NotifierVariable, unknown>);

export type NotifierEnvironment = z.infer<typeof notifierEnvironmentSchema>;
