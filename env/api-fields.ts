import * as z from "zod";
import { awsId, bucketName, functionName, hostName, integer, name, roleName } from "./field-types.ts";

/** Parts of the stack that a document's placeholders can be bound to, with the prefix of those placeholders. */
const STACK_PARTS = {
  gatewayWriterRole: "role",
  documentReaderRole: "role",
  intakeBucket: "bucket",
  documentsBucket: "bucket",
  apiFunction: "function",
  vpcEndpoint: "vpcEndpoint",
} as const;
export type StackPart = keyof typeof STACK_PARTS;

const serviceName = (what: string) =>
  name(/^[A-Za-z0-9_./-]{1,256}$/, `must be the name of ${what}, not an ARN`);

/** What a placeholder may name outside of the stack, by the part of it before the dot. */
const existingName = {
  bucket: bucketName,
  deliveryStream: serviceName("a Firehose stream"),
  eventBus: serviceName("an event bus"),
  function: functionName,
  host: hostName("api.example.com"),
  queue: serviceName("a queue"),
  role: roleName,
  stateMachine: serviceName("a state machine"),
  stream: serviceName("a Kinesis stream"),
  table: serviceName("a table"),
  topic: serviceName("a topic"),
  userPool: name(
    /^[a-z0-9-]+_[A-Za-z0-9]+$/,
    "must be the id of a Cognito user pool, such as eu-central-1_AbCd12345",
  ),
  vpcEndpoint: awsId("vpce"),
  vpcLink: name(/^[a-z0-9]{4,32}$/, "must be the id of a VPC link"),
} as const;
type PlaceholderKind = keyof typeof existingName;
const placeholderKinds = Object.keys(existingName) as PlaceholderKind[];

/** What to do with a placeholder that is not bound: `bind it to apiFunction or { kind: "existing", name: "…" }`. */
export function adviseBinding(placeholder: string): string {
  const kind = placeholder.split(".")[0] ?? "";
  if (!Object.hasOwn(existingName, kind)) {
    return `make it <kind>.<name> with one of the kinds ${placeholderKinds.join(", ")}`;
  }
  const parts = Object.entries(STACK_PARTS).flatMap(([part, its]) => (its === kind ? [part] : []));
  return `bind it to ${[...parts, '{ kind: "existing", name: "…" }'].join(", ").replace(/, (?=\{)/, " or ")}`;
}

/** `{{role.x}}`, `{{bucket.x}}` … of a document: a part of the stack, or something that exists. */
const bindings = z
  .record(
    name(
      new RegExp(`^(${placeholderKinds.join("|")})\\.[A-Za-z][A-Za-z0-9]*$`),
      `must be a placeholder, <kind>.<name>, with one of the kinds ${placeholderKinds.join(", ")}`,
    ),
    z.union(
      [
        z.enum(Object.keys(STACK_PARTS) as StackPart[]),
        z.strictObject({ kind: z.literal("existing"), name: z.string() }),
      ],
      `must be one of ${Object.keys(STACK_PARTS).join(", ")}, or { kind: "existing", name }`,
    ),
  )
  .superRefine((bound, context) => {
    for (const [placeholder, target] of Object.entries(bound)) {
      const type = placeholder.split(".")[0] as PlaceholderKind;
      const message =
        typeof target === "string"
          ? STACK_PARTS[target] === type
            ? undefined
            : `is a ${type} placeholder, but ${target} is a ${STACK_PARTS[target]}`
          : existingName[type].safeParse(target.name).error?.issues[0]?.message;
      if (message) {
        const path = typeof target === "string" ? [placeholder] : [placeholder, "name"];
        context.addIssue({ code: "custom", path, message });
      }
    }
  });

export const api = z.strictObject({
  name: name(
    /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "must be lower-case words of letters and digits, joined by hyphens: it names resources",
  ),
  /** File name in `specs/`. */
  document: name(/^[\w.-]+\.openapi\.json$/, "must be the name of an .openapi.json file in specs/"),
  stage: name(/^[A-Za-z0-9_-]{1,128}$/, "must be letters, digits, hyphens and underscores"),
  throttling: z.strictObject({
    rateLimit: integer(1, 10_000, "requests per second"),
    burstLimit: integer(1, 5_000, "requests"),
  }),
  bindings,
});
