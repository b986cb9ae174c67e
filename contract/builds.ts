/** Keys in the bucket of the builds: releases, the request for a plan (one version for each check), and the plan's result. */
export const RELEASES_PREFIX = "releases/";
export const REQUEST_KEY = "plans/request.json";
export const RESULTS_PREFIX = "plans/results/";
/** How long a release waits for one environment. The timeout of the release's build is longer than all of them together. */
export const RELEASE_TIMEOUT_MINUTES = 60;
/** The input of the build that verifies, and its result: `<build>/<environment>.json` under each. */
export const VERIFICATION_OUTPUTS_PREFIX = "verifications/outputs/";
export const VERIFICATION_RESULTS_PREFIX = "verifications/results/";
/** The limits of a verification in the queue and as a build. It installs in two minutes; each payload takes at most two more. */
export const VERIFICATION_QUEUED_MINUTES = 10;
export const VERIFICATION_TIMEOUT_MINUTES = 15;
/** How long a release waits for a verification: longer than the limits above. */
export const VERIFICATION_WAIT_MINUTES = VERIFICATION_QUEUED_MINUTES + VERIFICATION_TIMEOUT_MINUTES + 5;
