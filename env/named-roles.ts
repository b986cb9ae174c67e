import type * as z from "zod";
import type { environmentFields } from "./fields.ts";

interface NamedRole {
  /** Of the field that holds the name. */
  readonly path: string[];
  readonly name: string;
  readonly kind: "existing" | "managed";
}

/** Every role that an environment names, of all its stacks. */
export function namedRoles(
  environment: Pick<z.infer<typeof environmentFields>, "roles" | "alerts" | "backend" | "delivery">,
): NamedRole[] {
  const { roles, alerts, backend, delivery } = environment;
  const notifier = alerts.kind === "routed" && alerts.notifier ? { role: alerts.notifier.role } : {};
  const builds = delivery.kind === "codebuild" ? delivery.roles : {};
  const runs: Readonly<Record<string, string>> =
    backend.kind === "tfe" && backend.managed ? backend.managed.roles : {};
  return [
    ...choices(["roles"], roles),
    ...choices(["alerts", "notifier"], notifier),
    ...choices(["delivery", "roles"], builds),
    ...Object.entries(runs).map(([run, name]) => ({
      path: ["backend", "managed", "roles", run],
      name,
      kind: "managed" as const,
    })),
  ];
}

function choices(path: string[], roles: Readonly<Record<string, Omit<NamedRole, "path">>>): NamedRole[] {
  return Object.entries(roles).map(([task, { kind, name }]) => ({
    path: [...path, task, "name"],
    kind,
    name,
  }));
}
