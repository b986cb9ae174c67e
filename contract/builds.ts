/** In the bucket of the builds: what was built, what a check wants to be planned (one version for each), and what came of it. */
export const RELEASES_PREFIX = "releases/";
export const REQUEST_KEY = "plans/request.json";
export const RESULTS_PREFIX = "plans/results/";
/** How long a release waits for one environment; the build that releases has to live longer than all of them. */
export const RELEASE_TIMEOUT_MINUTES = 60;
/** What a release tells the build that verifies, and what that build has found: `<build>/<environment>.json` below each. */
export const VERIFICATION_OUTPUTS_PREFIX = "verifications/outputs/";
export const VERIFICATION_RESULTS_PREFIX = "verifications/results/";
/** What a verification may take in the queue, and as a build: installing takes two minutes, the payloads at most two more each. */
export const VERIFICATION_QUEUED_MINUTES = 10;
export const VERIFICATION_TIMEOUT_MINUTES = 15;
/** How long a release waits for a verification: longer than it can take. */
export const VERIFICATION_WAIT_MINUTES = VERIFICATION_QUEUED_MINUTES + VERIFICATION_TIMEOUT_MINUTES + 5;
