import { METRICS_NAMESPACE, SMALL_API } from "../../domain/names.ts";

/** What a stack takes from the domain. */
export interface DomainNames {
  readonly collection: string;
  readonly namespace: string;
}

const names: DomainNames = { collection: SMALL_API, namespace: METRICS_NAMESPACE };

/** Of variables and alarms that each API has. */
const variables = "(?:large_)?(?:stage_name|stage_variables|throttling_)";
const alarms = "(?:large[-_])?(?:client[-_]errors|server[-_]errors|latency|too[-_]large)";

/**
 * Configuration as JSON with `<collection>` where a stack has its domain's name: in ids and names of the two APIs, of their
 * variables, alarms, metrics and paths, and in the directory of a stack. Elsewhere the same word, such as `documents` or a tag's
 * value, means something else and stays.
 */
export function withoutCollection(json: string, { collection, namespace } = names): string {
  const word = collection.replaceAll("-", "[-_]");
  const places = [
    `(?<=\\bapis_)${word}(?=_)`,
    `(?<=\\b(?:alarms|log_metrics)_)${word}(?=_${alarms})`,
    `(?<=\\bvar\\.|")${word}(?=_${variables})`,
    `(?<=\\bAPI )${word}\\b`,
    `(?<=\\bname_prefix\\}-)${word}(?="|-large"|(?:-large)?/access|-${alarms})`,
    `(?<=")${word}(?=(?:-large)?":)`,
    `(?<="/)${word}(?=")`,
    `(?<=/stacks/)${word}(?=-)`,
  ];
  return json
    .replaceAll(new RegExp(places.join("|"), "g"), "<collection>")
    .replaceAll(new RegExp(`(?<=")${namespace}(?=(?:/Logs)?")`, "g"), "<Collection>");
}

/** An address of the stack as it is, of one that `withoutCollection` gave. */
export function withCollection(address: string, { collection } = names): string {
  return address.replaceAll("<collection>", collection.replaceAll("-", "_"));
}
