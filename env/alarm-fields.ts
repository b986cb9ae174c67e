import * as z from "zod";
import { hostName, integer, name, named, roleName } from "./field-types.ts";

const percent = integer(1, 100, "percent");

/** From where on something is wrong. Each is a threshold of an alarm in docs/operations.md. */
export const alarms = z.strictObject({
  /** Where the descriptions of alarms send their readers: docs/operations.md of this project, as a URL. */
  runbookUrl: name(/^https:\/\/[^\s"'<>#]{3,400}$/, "must be an https URL without a fragment"),
  oldestMessageSeconds: integer(60, 1_209_600, "seconds"),
  /** Invocations that end with an error or a timeout, or messages that go back to the queue. */
  functionErrorPercent: percent,
  /** Of a function's timeout. */
  durationPercent: percent,
  /** Of a function's memory. */
  memoryPercent: percent,
  serverErrorPercent: percent,
  /** 4xx without 404 and 413. */
  clientErrorPercent: percent,
  /** The slowest hundredth of the requests. */
  latencyMilliseconds: integer(10, 29_000, "milliseconds"),
  rejectedPercent: percent,
  /** Fewer requests or submissions in five minutes say nothing about a share of them. */
  minimumRequests: integer(1, 1_000_000, "requests"),
  /** CloudWatch log group of the external proxy's access log, if it has one: its 413s are counted there. */
  proxyLogGroupName: name(/^[\w./#-]{1,512}$/, "must be the name of a CloudWatch log group").exactOptional(),
});

const secretName = name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN");

/** Who is told of alarms. Secrets are named here and read at run time: their values never reach Terraform. */
export const alerts = z.discriminatedUnion(
  "kind",
  [
    /** Alarms have no actions: they are seen in CloudWatch alone. */
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("routed"),
      /** Told of every alarm, also when the notifier fails. Each address has to confirm. */
      emails: z.array(z.email("must be an e-mail address")).max(10, "must be at most 10 addresses"),
      notifier: z
        .strictObject({
          role: named(roleName),
          /** Urgent alarms. Its secret holds { "routingKey": "…" }. */
          pagerDuty: z
            .strictObject({ secretName, region: z.enum(["us", "eu"], 'must be "us" or "eu"') })
            .exactOptional(),
          /** All other alarms. Its secret holds { "username": "…", "password": "…" }. */
          serviceNow: z
            .strictObject({
              secretName,
              host: hostName("example.service-now.com"),
            })
            .exactOptional(),
        })
        .refine(
          ({ pagerDuty, serviceNow }) => pagerDuty !== undefined || serviceNow !== undefined,
          "needs pagerDuty, serviceNow or both",
        )
        .exactOptional(),
    }),
  ],
  'must have kind "none" or "routed"',
);
