import { domain } from "./domain.ts";
import type { Domain } from "./seam.ts";

const { collection } = domain;

/** Joins the words of a name: `lab-reports` → `LabReports`. */
export function capitalized(words: string): string {
  return words
    .split(/[- ]/)
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join("");
}

/** The names of a domain's two APIs, their path and the model of a record. */
export function namesOf({ collection, noun }: Pick<Domain, "collection" | "noun">) {
  return {
    smallApi: collection,
    largeApi: `${collection}-large`,
    sharedPath: `/${collection}`,
    modelName: capitalized(noun),
  };
}

const names = namesOf(domain);

/**
 * The two APIs that share their paths: the payload's size decides between them. Every other API has its own paths. An
 * environment and the stack's outputs use these names.
 */
export const SMALL_API = names.smallApi;
export const LARGE_API = names.largeApi;
export const SHARED_PATH = names.sharedPath;

export function isSizeRouted(api: string): boolean {
  return api === SMALL_API || api === LARGE_API;
}

export interface NamedPaths {
  readonly name: string;
  readonly paths?: readonly string[] | undefined;
}

/** The paths that the proxy sends to an API: those of its entry, or `/<name>`. */
export function pathsOf({ name, paths }: NamedPaths): readonly string[] {
  return isSizeRouted(name) ? [SHARED_PATH] : (paths ?? [`/${name}`]);
}

/** The stack of an environment, and its directory. */
export function ingestionStackName(environment: string): string {
  return `${collection}-${environment}`;
}

/** The namespace of the functions' metrics. */
export const METRICS_NAMESPACE = capitalized(collection);

/** The namespace of metrics from log filters. These have no dimensions: the name of the metric identifies its source. */
export const LOG_METRICS_NAMESPACE = `${METRICS_NAMESPACE}/Logs`;
