import type { Expression, Reference, Step, TemplateNode } from "./syntax.ts";

/** All nodes of a template, those in blocks and in quoted texts included. */
export function* nodesOf(nodes: readonly TemplateNode[]): Generator<TemplateNode> {
  for (const node of nodes) {
    yield node;
    for (const body of bodiesOf(node)) yield* nodesOf(body);
    for (const expression of expressionsOf(node)) {
      for (const inner of innerExpressions(expression)) {
        if (inner.kind === "interpolated") yield* nodesOf(inner.body);
      }
    }
  }
}

/** All references of a template. */
export function* referencesOf(nodes: readonly TemplateNode[]): Generator<Reference> {
  for (const node of nodesOf(nodes)) {
    for (const expression of expressionsOf(node)) {
      for (const inner of innerExpressions(expression)) if (inner.kind === "reference") yield inner;
    }
  }
}

function bodiesOf(node: TemplateNode): readonly (readonly TemplateNode[])[] {
  if (node.kind === "if") return [...node.branches.map(({ body }) => body), node.otherwise];
  if (node.kind === "foreach" || node.kind === "define") return [node.body];
  return node.kind === "macro" ? [node.macro.body] : [];
}

function expressionsOf(node: TemplateNode): readonly Expression[] {
  if (node.kind === "print") return [node.reference];
  if (node.kind === "set") return [node.target, node.value];
  if (node.kind === "if") return node.branches.map(({ condition }) => condition);
  if (node.kind === "foreach") return [node.items];
  return node.kind === "macro-call" ? node.arguments : [];
}

/** An expression and all that it is made of; operators are written in chains, and these take no stack. */
function* innerExpressions(expression: Expression): Generator<Expression> {
  const open = [expression];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    open.push(...partsOf(next));
  }
}

function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === "reference") return expression.steps.flatMap(partsOfStep);
  if (expression.kind === "list") return expression.items;
  if (expression.kind === "range") return [expression.from, expression.to];
  if (expression.kind === "map") return expression.entries.flat();
  if (expression.kind === "not") return [expression.operand];
  return expression.kind === "binary" ? [expression.left, expression.right] : [];
}

function partsOfStep(step: Step): readonly Expression[] {
  if (step.kind === "index") return [step.index];
  return step.kind === "method" ? step.arguments : [];
}
