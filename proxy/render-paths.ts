import { LARGE_API, SHARED_PATH, SMALL_API } from "../domain/names.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { refuse } from "./refuse.ts";
import { MAX_PATH_BYTES, MAX_TARGET_BYTES, sharedPathRules, unsafePathPattern } from "./request-paths.ts";
import { gatewayMethods, type PathMethods, pathTable } from "./resources.ts";
import type { PathRoute } from "./routing.ts";

/** HAProxy refuses lines of more than 64 words; lines of one acl are alternatives. */
const mostPathsOfLine = 40;

/** Paths and methods that no API has are answered here. */
export function pathRules({ routes, resources }: ProxySettings): string {
  const shared = pathTable([SMALL_API, LARGE_API].map((api) => resources[api] ?? []));
  return `    # Paths are compared as they were sent, without decoding.
    acl unsafe_path  path -m reg -i '${unsafePathPattern}'
${pathLists(routes)}
${refuse("uri-too-long", `if { path,length gt ${MAX_PATH_BYTES} }`)}
${refuse("uri-too-long", `if { pathq,length gt ${MAX_TARGET_BYTES} }`)}
${refuse("path-not-allowed", "if unsafe_path")}
${refuse("not-found", `unless by_shared_path${routes.length > 0 ? " or by_path" : ""}`)}
${sharedPathRules.map(sharedPathRule).join("\n")}

    # The methods of each path, from the OpenAPI documents. The first line that matches applies.
    acl has_methods  var(txn.allow) -m found
${[...methodsOf("by_shared_path", shared), ...routes.flatMap(({ api }) => methodsOf(`by_path_of_${api}`, pathTable([resources[api] ?? []])))].join("\n")}
${refuse("not-found", "unless has_methods")}
${gatewayMethods.map((method) => refuse("method-not-allowed", `if { method ${method} } !{ var(txn.allow) -m sub ${method} }`)).join("\n")}
${refuse("method-not-allowed", `unless { method ${gatewayMethods.join(" ")} }`)}`;
}

function sharedPathRule({ name, refusal, ifMatching, unlessMatching }: (typeof sharedPathRules)[number]) {
  return `    acl with_${name}       path -m reg '${ifMatching}'
    acl with_good_${name}  path -m reg '${unlessMatching}'
${refuse(refusal, `if by_shared_path with_${name} !with_good_${name}`)}`;
}

function methodsOf(acl: string, table: readonly PathMethods[]): string[] {
  return table.map(
    ({ pattern, methods }) =>
      `    http-request set-var-fmt(txn.allow) "${methods.join(", ")}" if ${acl} !has_methods { path -m reg '${pattern}' }`,
  );
}

/** A path and all below it. */
function pathLists(routes: readonly PathRoute[]): string {
  const matches = (acl: string, paths: readonly string[]) =>
    inChunks(paths, mostPathsOfLine).map(
      (some) => `    acl ${acl} path ${some.join(" ")}
    acl ${acl} path_beg ${some.map((path) => `${path}/`).join(" ")}`,
    );
  return [
    ...matches("by_shared_path", [SHARED_PATH]),
    ...matches(
      "by_path",
      routes.flatMap(({ paths }) => paths),
    ),
    ...routes.flatMap(({ api, paths }) => matches(`by_path_of_${api}`, paths)),
  ].join("\n");
}

function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) =>
    items.slice(chunk * size, (chunk + 1) * size),
  );
}
