import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { type ApiResources, gatewayMethods, type Resource } from "../../../proxy/resources.ts";
import type { PathRoute } from "../../../proxy/routing.ts";

const item = `${SHARED_PATH}/{item}`;
const file = `${item}/files/{fileId}`;
const fetched = ["GET", "HEAD"];

/** Of the two APIs that share their paths. */
export const sharedResources: ApiResources = {
  [SMALL_API]: [
    { path: SHARED_PATH, methods: fetched },
    { path: item, methods: [...fetched, "POST", "DELETE"] },
    { path: `${item}/submissions/{submissionId}`, methods: fetched },
    { path: `${item}/files`, methods: fetched },
    { path: file, methods: [...fetched, "DELETE"] },
    { path: `${file}/submissions/{submissionId}`, methods: fetched },
  ],
  [LARGE_API]: [
    { path: item, methods: ["POST"] },
    { path: `${item}/documents/{sha256}`, methods: fetched },
    { path: file, methods: ["POST"] },
    { path: `${file}/documents/{sha256}`, methods: fetched },
  ],
};

/** An API that has every method at its paths and below them. */
export function everyMethodAt(paths: readonly string[]): Resource[] {
  return paths
    .flatMap((path) => [path, `${path}/{proxy+}`])
    .map((path) => ({ path, methods: gatewayMethods }));
}

export function everyMethodOf(routes: readonly PathRoute[]): ApiResources {
  return Object.fromEntries(routes.map(({ api, paths }) => [api, everyMethodAt(paths)]));
}
