/** In the bucket of the builds: what was built, and where checks hand in what is to be planned and get its result. */
export const RELEASES_PREFIX = "releases/";
export const REQUESTS_PREFIX = "plans/requests/";
export const RESULTS_PREFIX = "plans/results/";
/** How long a release waits for one environment; the build that releases has to live longer than all of them. */
export const RELEASE_TIMEOUT_MINUTES = 60;
