/** In the bucket of the builds: what was built, what a check wants to be planned (one version for each), and what came of it. */
export const RELEASES_PREFIX = "releases/";
export const REQUEST_KEY = "plans/request.json";
export const RESULTS_PREFIX = "plans/results/";
/** How long a release waits for one environment; the build that releases has to live longer than all of them. */
export const RELEASE_TIMEOUT_MINUTES = 60;
