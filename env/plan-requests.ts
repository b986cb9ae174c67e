/** Where checks hand in what is to be planned, and where its result is put, in the bucket of the builds. */
export const REQUESTS_PREFIX = "plans/requests/";
export const RESULTS_PREFIX = "plans/results/";
