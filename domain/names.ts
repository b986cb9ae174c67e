import { domain } from "./domain.ts";
import type { Domain } from "./seam.ts";

const { collection } = domain;

/** Of the words of a name: `lab-reports` → `LabReports`. */
export function capitalized(words: string): string {
  return words
    .split(/[- ]/)
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join("");
}

/** What the documents of a domain's two APIs, and its models, are called. */
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
 * The two APIs that share their paths: a payload's size decides between them. Every other API is told apart by paths of
 * its own. They are the names in an environment and in the stack's outputs.
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

/** The paths by which the proxy knows an API: what it names, or else `/<name>`. */
export function pathsOf({ name, paths }: NamedPaths): readonly string[] {
  return isSizeRouted(name) ? [SHARED_PATH] : (paths ?? [`/${name}`]);
}

/** The stack of an environment, and its directory. */
export function ingestionStackName(environment: string): string {
  return `${collection}-${environment}`;
}

/** Of the functions' metrics. */
export const METRICS_NAMESPACE = capitalized(collection);

/** Of what metric filters find in logs. They write no dimensions, so that the metric's name tells whose it is. */
export const LOG_METRICS_NAMESPACE = `${METRICS_NAMESPACE}/Logs`;
