import type { EnvironmentApi } from "../../env/schema.ts";
import type { PlaceholderValues } from "../../openapi/bind-placeholders.ts";
import type { FunctionUse } from "../../openapi/function-uses.ts";
import { type StageVariables, stageVariable, withStageVariables } from "./stage-variable-text.ts";

/** A function that an API invokes, and the permission that this takes. */
export interface Invocation {
  /** Of the permission's construct, and its statement. */
  readonly id: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly by: FunctionUse["by"];
  /** Whether it belongs to another account, whose owner alone can permit it. */
  readonly isExternal: boolean;
}

export interface InvocationsProps {
  readonly bindings: EnvironmentApi["bindings"];
  readonly values: PlaceholderValues;
  readonly stageVariables: StageVariables;
}

export function invocationsOf(
  uses: readonly FunctionUse[],
  { bindings, values, stageVariables }: InvocationsProps,
): Invocation[] {
  const ids = distinct(uses.map(idOf));
  return uses.map(({ functionText, qualifierText, by }, index) => {
    const placeholder = /^\{\{(.+)\}\}$/.exec(functionText)?.[1];
    const binding = placeholder === undefined ? undefined : bindings[placeholder];
    const qualifier = qualifierText && withStageVariables(qualifierText, stageVariables);
    return {
      id: ids[index] ?? "",
      functionName:
        placeholder === undefined
          ? withStageVariables(functionText, stageVariables)
          : boundValue(values, placeholder),
      qualifier,
      by,
      isExternal: typeof binding === "object" && binding.kind === "external",
    };
  });
}

/** The plainest of them keeps the address that it has had since before there were others. */
function idOf({ functionText, qualifierText, by }: FunctionUse): string {
  const placeholder = /^\{\{function\.(.+)\}\}$/.exec(functionText)?.[1];
  const words = (text: string) => text.replace(stageVariable, "$1");
  const of =
    placeholder === undefined
      ? ["permit", words(functionText), ...(qualifierText ? ["at", words(qualifierText)] : [])]
      : ["invoke", placeholder, ...(qualifierText ? [words(qualifierText)] : [])];
  return [...of, ...(by === "authorizer" ? [by] : [])].join("-");
}

/** Texts that differ in what is a stage variable make the same id: the later ones of the document are numbered. */
function distinct(ids: readonly string[]): string[] {
  const given = new Set(ids);
  return ids.map((id, index) => {
    if (ids.indexOf(id) === index) return id;
    let number = 2;
    while (given.has(`${id}-${number}`)) number++;
    given.add(`${id}-${number}`);
    return `${id}-${number}`;
  });
}

/** A body with an unbound placeholder is refused before; a permission for nothing must not follow from another order. */
function boundValue(values: PlaceholderValues, placeholder: string): string {
  const value = values[placeholder];
  if (value === undefined) {
    throw new Error(`{{${placeholder}}} has no binding. Bindings: ${Object.keys(values).join(", ")}`);
  }
  return value;
}
