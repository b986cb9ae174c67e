import type { Macro, TemplateNode } from "./syntax.ts";
import type { Value } from "./values.ts";
import { TemplateFailure, type Work } from "./work.ts";

/** What one place of a template sees while it is rendered. */
export interface Scope {
  readonly variables: Variables;
  readonly macros: ReadonlyMap<string, Macro>;
  readonly work: Work;
  /** Of macros and defined blocks that are being rendered within each other. */
  readonly depth: number;
  /** Given by the renderer: texts in double quotes and defined blocks are templates, too. */
  render(nodes: readonly TemplateNode[], scope: Scope): string;
}

export interface Variables {
  get(name: string): Value;
  /** Removes it, where the value is undefined. */
  set(name: string, value: Value | undefined): void;
}

export function createVariables(initial: Iterable<readonly [string, Value]>): Variables {
  const values = new Map(initial);
  return {
    get: (name) => values.get(name) ?? null,
    set: (name, value) => {
      if (value === undefined) values.delete(name);
      else values.set(name, value);
    },
  };
}

/** Velocity's `velocimacro.max.depth`: https://velocity.apache.org/engine/1.7/developer-guide.html#velocimacro */
const MAX_DEPTH = 20;

/** Inside of a macro its parameters hide variables of these names; all others are those of the template. */
export function enter(scope: Scope, parameters: Iterable<readonly [string, Value]> = []): Scope {
  if (scope.depth >= MAX_DEPTH)
    throw new TemplateFailure(`macros call each other more than ${MAX_DEPTH} deep`);
  const locals = new Map(parameters);
  const { variables } = scope;
  return {
    ...scope,
    depth: scope.depth + 1,
    variables: {
      get: (name) => (locals.has(name) ? (locals.get(name) ?? null) : variables.get(name)),
      set: (name, value) => {
        if (locals.has(name)) locals.set(name, value ?? null);
        else variables.set(name, value);
      },
    },
  };
}
