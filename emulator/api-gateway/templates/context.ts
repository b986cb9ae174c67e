import type { Exchange } from "../exchange.ts";
import type { Overrides } from "../overrides.ts";
import { print } from "./velocity/print.ts";
import { fromPlain, type MapValue, mapOf, type Value } from "./velocity/values.ts";
import type { Work } from "./velocity/work.ts";

/** `$context`, in which a template may set overrides. */
export function contextOf({ context, overrides }: Exchange): MapValue {
  const values = fromPlain({
    ...context,
    requestOverride: overrides.request,
    responseOverride: overrides.response,
  });
  return isMap(values) ? values : mapOf();
}

/** Keeps what a template has set for the mappings and templates after it. */
export function keepOverrides({ request, response }: Overrides, context: MapValue, work: Work): void {
  const asked = mapAt(context, "requestOverride");
  for (const location of ["path", "header", "querystring"] as const) {
    keep(request[location], mapAt(asked, location), work);
  }
  const answered = mapAt(context, "responseOverride");
  keep(response.header, mapAt(answered, "header"), work);
  const status = answered.entries.get("status") ?? null;
  if (status !== null) response.status = textOf(status, work);
}

function keep(target: Record<string, unknown>, { entries }: MapValue, work: Work): void {
  for (const name of Object.keys(target)) if (!entries.has(name)) delete target[name];
  for (const [name, value] of entries) {
    // Assigned, the name `__proto__` would be lost.
    const own = { value: textOf(value, work), enumerable: true, writable: true, configurable: true };
    Object.defineProperty(target, print(name, work), own);
  }
}

/** Overrides are texts: whatever else a template sets is what it would print. */
function textOf(value: Value, work: Work): string {
  return print(value, work);
}

function mapAt({ entries }: MapValue, name: string): MapValue {
  const value = entries.get(name) ?? null;
  return isMap(value) ? value : mapOf();
}

function isMap(value: Value): value is MapValue {
  return typeof value === "object" && value?.kind === "map";
}
