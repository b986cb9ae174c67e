import { isRecord, valueAt } from "./field-notes.ts";

/** Where an environment names roles, of all its stacks. Terraform compares each with those before it. */
export const ROLE_PATHS: readonly string[] = [
  ...[
    "gatewayWriter",
    "documentReader",
    "apiFunction",
    "queueFunction",
    "sweepFunction",
    "gatewayLogging",
  ].map((task) => `roles.${task}.name`),
  "alerts.notifier.role.name",
  ...["plan", "planStarter", "check", "release"].map((task) => `delivery.roles.${task}.name`),
  "delivery.verification.role.name",
  ...["plan", "apply"].map((run) => `backend.managed.roles.${run}`),
];

interface NamedRole {
  /** Of the field that holds the name. */
  readonly path: string;
  readonly name: string;
  readonly kind: unknown;
}

/** Every role that an environment names. What has no choice, as those of a workspace, is managed. */
export function namedRoles(environment: unknown): NamedRole[] {
  return ROLE_PATHS.flatMap((path) => {
    const name = valueAt(environment, path.split("."));
    const beside = valueAt(environment, path.split(".").slice(0, -1));
    const kind = isRecord(beside) && "kind" in beside ? beside["kind"] : "managed";
    return typeof name === "string" ? [{ path, name, kind }] : [];
  });
}
