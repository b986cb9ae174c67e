import { useOf } from "../aws-literals/text-places.ts";
import type { JsonObject } from "../json.ts";
import { walk } from "../json-pointer.ts";
import type { Problem } from "../openapi-document.ts";
import type { AccountHome } from "./account-home.ts";
import { type Foreign, findForeign } from "./literals/foreign.ts";
import type { ReplaceOptions } from "./literals/literal.ts";

/** One problem for each text that API Gateway reads and that names what lies in another account or region. */
export function foreignProblems(
  document: JsonObject,
  { home, keepsForeign }: Pick<ReplaceOptions, "home" | "keepsForeign">,
): Problem[] {
  return [...walk(document)].flatMap(({ pointer, segments, value }) => {
    if (typeof value !== "string" || useOf(segments) === "described") return [];
    const refused = findForeign(value, String(segments.at(-1)), home).filter(
      ({ fate }) => !("kind" in fate && keepsForeign(fate.kind, fate.arn)),
    );
    // What a call to another region calls there says it better.
    const telling = refused.filter(({ isCall }) => !isCall);
    if (refused.length === 0) return [];
    const messages = (telling.length > 0 ? telling : refused).map((each) => describe(value, each, home));
    return [{ rule: "foreign-literal", pointer, message: [...new Set(messages)].join("; ") }];
  });
}

function describe(text: string, { start, end, owner, fate }: Foreign, home: AccountHome): string {
  const parts = (["partition", "account", "region"] as const).filter(
    (part) => owner[part] !== "" && owner[part] !== home[part],
  );
  const names = parts.map((part) => `${part} ${owner[part]}`).join(" and ");
  const own = parts.map((part) => `${part} ${home[part]}`).join(" and ");
  const advice = "kind" in fate ? "correct it, or import with --foreign keep" : fate.refusal;
  return `"${text.slice(start, end)}" names ${names}, but the API belongs to ${own}; ${advice}`;
}
