import { pathsOf } from "../../../domain/names.ts";
import type { Environment, EnvironmentApi } from "../../../env/schema.ts";
import { idlePrefixes, unreachablePaths } from "../../../openapi/api-routes.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { stageVariableUses } from "../../../openapi/stage-variables.ts";
import { bindingNames } from "./propose-bindings.ts";

/** What would keep a document from being synthesized for the APIs that use it, of any environment. */
export function misfits(
  environments: readonly Environment[],
  {
    file,
    document,
    asked,
  }: { readonly file: string; readonly document: OpenApiDocument; readonly asked: readonly string[] },
): string[] {
  return environments.flatMap((environment) => {
    const uses = environment.apis.filter((api) => api.document === file);
    const problems = uses.flatMap((api) => [
      ...bindingProblems(api, document),
      ...stageVariableProblems(api, document),
      ...pathProblems(api, document),
    ]);
    const also = asked.includes(environment.name)
      ? ""
      : `: name ${environment.name} in --env too, or its API no longer fits`;
    return problems.map((problem) => `env/${environment.name}.ts: ${problem}${also}`);
  });
}

function bindingProblems({ bindings }: EnvironmentApi, document: OpenApiDocument): string[] {
  const names = bindingNames(document);
  return [
    ...names
      .filter((name) => !Object.hasOwn(bindings, name))
      .map((name) => `the document's {{${name}}} is bound to nothing`),
    ...Object.keys(bindings)
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is bound, and the document has no such placeholder`),
  ];
}

function stageVariableProblems({ stageVariables = {} }: EnvironmentApi, document: OpenApiDocument): string[] {
  return stageVariableUses(document)
    .filter(({ name, required }) => required && !Object.hasOwn(stageVariables, name))
    .map(({ name }) => `the document needs the stage variable ${name}`);
}

function pathProblems(api: EnvironmentApi, document: OpenApiDocument): string[] {
  const paths = pathsOf(api);
  return [
    ...unreachablePaths(document, paths).map((path) =>
      path === "/"
        ? "the proxy sends no request to the document's path /: take it out of the export"
        : `the document's path ${path} gets no request at or below ${paths.join(", ")}: say with --paths what leads to it, or take it out of the export`,
    ),
    ...idlePrefixes(document, paths).map((path) => `the document has no path at or below ${path}`),
  ];
}
