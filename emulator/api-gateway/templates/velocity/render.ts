import { assign, evaluate, evaluateReference, isTrue } from "./evaluate.ts";
import { print } from "./print.ts";
import { enter, type Scope } from "./scope.ts";
import type { MacroCallNode, PrintNode, TemplateNode } from "./syntax.ts";
import type { ObjectValue, Value } from "./values.ts";
import { made, spend } from "./work.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_ITERATIONS = 1000;

/** What ends the nodes that are being rendered: a loop, or all of the template. */
type Ending = "break" | "stop" | undefined;

/** Renders nodes to a text. `#break` outside of a loop ends what it stands in. */
export function render(nodes: readonly TemplateNode[], scope: Scope): string {
  const output: string[] = [];
  renderNodes(nodes, scope, output);
  return made(output.join(""), scope.work);
}

function renderNodes(nodes: readonly TemplateNode[], scope: Scope, output: string[]): Ending {
  for (const node of nodes) {
    const ending = renderNode(node, scope, output);
    if (ending !== undefined) return ending;
  }
  return undefined;
}

function renderNode(node: TemplateNode, scope: Scope, output: string[]): Ending {
  spend(scope.work);
  switch (node.kind) {
    case "text":
      output.push(node.text);
      return undefined;
    case "print":
      output.push(made(printed(node, scope), scope.work));
      return undefined;
    case "set":
      assign(node.target, evaluate(node.value, scope), scope);
      return undefined;
    case "if": {
      const branch = node.branches.find(({ condition }) => isTrue(condition, scope));
      return renderNodes(branch?.body ?? node.otherwise, scope, output);
    }
    case "foreach":
      return renderLoop(node, scope, output);
    case "define":
      scope.variables.set(node.variable, { kind: "block", body: node.body });
      return undefined;
    case "macro":
      return undefined;
    case "macro-call":
      return renderMacro(node, scope, output);
    case "break":
    case "stop":
      return node.kind;
  }
}

/** Backslashes before a reference: two are one, and a single one keeps the reference as it is written. */
function printed({ reference, backslashes, source }: PrintNode, scope: Scope): string {
  const value = evaluateReference(reference, scope);
  const kept = "\\".repeat(Math.floor(backslashes / 2));
  if (backslashes % 2 === 0) return kept + print(value, scope.work);
  return value === null ? "\\".repeat(backslashes) + source : kept + source;
}

type Loop = Extract<TemplateNode, { kind: "foreach" }>;

function renderLoop({ variable, items, body }: Loop, scope: Scope, output: string[]): Ending {
  const { variables } = scope;
  const { values, size } = valuesOf(evaluate(items, scope));
  const names = [variable, "foreach", "velocityCount"];
  const before = names.map((name) => [name, variables.get(name) ?? undefined] as const);
  const parent = variables.get("foreach");
  let ending: Ending;
  for (const [index, value] of values.entries()) {
    variables.set(variable, value);
    variables.set("foreach", loopState(index, size, parent));
    variables.set("velocityCount", BigInt(index + 1));
    ending = renderNodes(body, scope, output);
    if (ending !== undefined) break;
  }
  for (const [name, value] of before) variables.set(name, value);
  return ending === "stop" ? "stop" : undefined;
}

/** As many as a loop may have: of a map the values; what is no collection has none. */
function valuesOf(value: Value): { readonly values: readonly Value[]; readonly size: number } {
  if (typeof value !== "object" || value === null) return { values: [], size: 0 };
  if (value.kind === "list")
    return { values: value.items.slice(0, MAX_ITERATIONS), size: value.items.length };
  if (value.kind !== "map") return { values: [], size: 0 };
  const values: Value[] = [];
  for (const child of value.entries.values()) if (values.push(child) === MAX_ITERATIONS) break;
  return { values, size: value.entries.size };
}

/** https://velocity.apache.org/engine/1.7/user-guide.html#foreach-scope */
function loopState(index: number, size: number, parent: Value): ObjectValue {
  const [hasNext, first, last] = [index < size - 1, index === 0, index === size - 1];
  const topmost =
    typeof parent === "object" && parent?.kind === "object" ? parent.properties.get("topmost") : null;
  const state: ObjectValue = {
    kind: "object",
    type: "$foreach",
    properties: new Map<string, Value>([
      ["index", BigInt(index)],
      ["count", BigInt(index + 1)],
      ["hasNext", hasNext],
      ["first", first],
      ["last", last],
      ["parent", parent],
    ]),
    methods: new Map<string, () => Value>([
      ["hasNext", () => hasNext],
      ["isFirst", () => first],
      ["isLast", () => last],
      ["getIndex", () => BigInt(index)],
      ["getCount", () => BigInt(index + 1)],
    ]),
  };
  return { ...state, properties: new Map([...state.properties, ["topmost", topmost ?? state]]) };
}

function renderMacro(call: MacroCallNode, scope: Scope, output: string[]): Ending {
  const macro = scope.macros.get(call.name);
  if (macro === undefined) {
    output.push(call.source);
    return undefined;
  }
  const values = call.arguments.map((argument) => evaluate(argument, scope));
  const inside = enter(
    scope,
    macro.parameters.map((name, index) => [name, values[index] ?? null] as const),
  );
  return renderNodes(macro.body, inside, output) === "stop" ? "stop" : undefined;
}
