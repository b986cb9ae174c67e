import type { Json } from "../json.ts";
import { walk } from "../json-pointer.ts";

/** Where an export comes from, as far as it shows. */
export interface AccountHome {
  readonly partition: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** The partition, region and account that most of a document's ARNs name; without ARNs, those of its servers. */
export function findHome(document: Json): AccountHome {
  const texts = [...walk(document)].flatMap(({ value }) => (typeof value === "string" ? [value] : []));
  const all = (pattern: RegExp) =>
    texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ""));
  // What API Gateway itself is called by lies in its own region.
  const region = mostFrequent([
    ...all(/arn:aws[a-z-]*:apigateway:([a-z0-9-]+):/g),
    ...all(/\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/g),
  ]);
  return {
    partition: mostFrequent(all(/arn:(aws[a-z-]*):/g)),
    region: region ?? mostFrequent(all(/arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):/g)),
    account: mostFrequent(all(/arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/g)),
  };
}

function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
}
