import { isRecord, valueAt } from "./field-notes.ts";

/** The paths of role names, of all stacks of an environment. Terraform compares each name with those before it. */
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
  /** Path of the field with the name. */
  readonly path: string;
  readonly name: string;
  readonly kind: unknown;
}

/** Every role that an environment names. Roles without a kind, as those of a workspace, are managed. */
export function namedRoles(environment: unknown): NamedRole[] {
  return ROLE_PATHS.flatMap((path) => {
    const name = valueAt(environment, path.split("."));
    const beside = valueAt(environment, path.split(".").slice(0, -1));
    const kind = isRecord(beside) && "kind" in beside ? beside["kind"] : "managed";
    return typeof name === "string" ? [{ path, name, kind }] : [];
  });
}
