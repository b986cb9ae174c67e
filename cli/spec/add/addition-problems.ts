import { pathsOf } from "../../../domain/names.ts";
import type { Environment, EnvironmentApi } from "../../../env/schema.ts";
import { idlePrefixes, unreachablePaths } from "../../../openapi/api-routes.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { stageVariableUses } from "../../../openapi/stage-variables.ts";
import { bindingNames } from "./propose-bindings.ts";

/** Problems that would stop the synthesis for the APIs that use the document, in any environment. */
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
      : `; this environment uses the document too: add ${environment.name} to --env`;
    return problems.map((problem) => `env/${environment.name}.ts: ${problem}${also}`);
  });
}

function bindingProblems({ bindings }: EnvironmentApi, document: OpenApiDocument): string[] {
  const names = bindingNames(document);
  return [
    ...names
      .filter((name) => !Object.hasOwn(bindings, name))
      .map((name) => `{{${name}}} of the document has no binding`),
    ...Object.keys(bindings)
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is bound, but the document has no such placeholder`),
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
        ? "the proxy sends no requests to the path / of the document: remove the path from the export"
        : `the document's path ${path} is not at or below ${paths.join(", ")}, so the proxy sends it no requests: set --paths so that they cover it, or remove the path from the export`,
    ),
    ...idlePrefixes(document, paths).map(
      (path) => `the document has no path at or below ${path}: remove ${path} from the API's paths`,
    ),
  ];
}
