/** The rights that a caller can have. */
export const CALLER_RIGHTS = ["read", "write", "delete"] as const;
export type CallerRight = (typeof CALLER_RIGHTS)[number];

/** The right that each method requires. No API has other methods. */
export const RIGHT_OF_METHOD: Readonly<Record<string, CallerRight>> = {
  GET: "read",
  HEAD: "read",
  POST: "write",
  PUT: "write",
  PATCH: "write",
  DELETE: "delete",
  OPTIONS: "read",
};
