/** What a caller may be allowed to do. */
export const CALLER_RIGHTS = ["read", "write", "delete"] as const;
export type CallerRight = (typeof CALLER_RIGHTS)[number];

/** By method: the right that it takes. What is not here is no method of any API. */
export const RIGHT_OF_METHOD: Readonly<Record<string, CallerRight>> = {
  GET: "read",
  HEAD: "read",
  POST: "write",
  PUT: "write",
  PATCH: "write",
  DELETE: "delete",
  OPTIONS: "read",
};
