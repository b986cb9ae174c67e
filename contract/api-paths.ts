/**
 * The two APIs that share their paths: a payload's size decides between them. Every other API is told apart by paths of
 * its own. They are the names in an environment and in the stack's outputs.
 */
export const SMALL_API = "proposals";
export const LARGE_API = "proposals-large";
export const SHARED_PATH = "/proposals";

export type SizeRoutedApi = typeof SMALL_API | typeof LARGE_API;

export function isSizeRouted(api: string): api is SizeRoutedApi {
  return api === SMALL_API || api === LARGE_API;
}

/** Whether a path is this one or below it: `/a/b` is below `/a`, `/ab` is not. */
export function isAtOrBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

export interface NamedPaths {
  readonly name: string;
  readonly paths?: readonly string[] | undefined;
}

/** The paths by which the proxy knows an API: what it names, or else `/<name>`. */
export function pathsOf({ name, paths }: NamedPaths): readonly string[] {
  return isSizeRouted(name) ? [SHARED_PATH] : (paths ?? [`/${name}`]);
}
