import { GatewayError } from "./gateway-error.ts";

/** How a JSONPath walks a document, whatever its values are made of. */
export interface Tree<Node> {
  /** Of a list; undefined of everything else. */
  itemsOf(node: Node): readonly Node[] | undefined;
  /** Of an object; undefined of everything else. */
  childrenOf(node: Node): ReadonlyMap<unknown, Node> | undefined;
  listOf(nodes: readonly Node[]): Node;
  numberOf(size: number): Node;
  readonly nothing: Node;
}

type Select = <Node>(node: Node, tree: Tree<Node>) => readonly Node[];

interface Step {
  readonly select: Select;
  /** It names one place. */
  readonly definite: boolean;
  /** What it looks into; where the one place that is named so far is nothing of that kind, the path leads nowhere. */
  readonly into: "object" | "list" | "any";
}

/** A path that is read once and followed in many documents. */
export interface JsonPath {
  readonly steps: readonly Step[];
  /** It names one place; any other gives the list of all that it finds. */
  readonly definite: boolean;
  readonly length: boolean;
}

/** What a JSONPath finds in a document, or undefined. */
export function findByJsonPath(json: unknown, path: string): unknown {
  return follow(parseJsonPath(path), json, plainTree);
}

/** As Jayway's JsonPath does it: https://github.com/json-path/JsonPath#what-is-returned-when */
export function follow<Node>(
  { steps, definite, length }: JsonPath,
  root: Node,
  tree: Tree<Node>,
): Node | undefined {
  let found: readonly Node[] = [root];
  let isOnePlace = true;
  for (const { select, definite, into } of steps) {
    const [place] = found;
    found = collect(found, select, tree);
    if (isOnePlace && place !== undefined) {
      if (into === "object" && found.length === 0) return undefined;
      if (into === "list" && tree.itemsOf(place) === undefined) return undefined;
    }
    isOnePlace &&= definite;
  }
  const result = definite ? found[0] : tree.listOf(found);
  if (!length || result === undefined) return result;
  const size = tree.itemsOf(result)?.length ?? tree.childrenOf(result)?.size;
  return size === undefined ? tree.nothing : tree.numberOf(size);
}

/** Paths with several `..` find the same places again and again. */
const MAX_FOUND = 1_000_000;

function collect<Node>(nodes: readonly Node[], select: Select, tree: Tree<Node>): readonly Node[] {
  const found: Node[] = [];
  for (const node of nodes) {
    for (const child of select(node, tree)) found.push(child);
    if (found.length > MAX_FOUND) {
      throw new GatewayError("API_CONFIGURATION_ERROR", { detail: "a JSONPath finds too many values" });
    }
  }
  return found;
}

const plainTree: Tree<unknown> = {
  itemsOf: (node) => (Array.isArray(node) ? node : undefined),
  childrenOf: (node) =>
    typeof node === "object" && node !== null && !Array.isArray(node)
      ? new Map(Object.entries(node))
      : undefined,
  listOf: (nodes) => nodes,
  numberOf: (size) => size,
  nothing: null,
};

const NAMES = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;

/** The forms of a step, each with what it selects. */
const forms: readonly (Omit<Step, "select"> & {
  readonly pattern: RegExp;
  select(match: RegExpExecArray): Select;
})[] = [
  { pattern: /\.?\*|\[\s*\*\s*\]/y, definite: false, into: "any", select: () => allOf },
  {
    pattern: /\.([^.[\]()\s*]+)/y,
    definite: true,
    into: "object",
    select: ([, name = ""]) => named([name]),
  },
  {
    pattern: new RegExp(String.raw`\[\s*(${NAMES})\s*\]`, "y"),
    definite: true,
    into: "object",
    select: ([, name = ""]) => named([unquoted(name)]),
  },
  {
    pattern: /\[\s*(-?\d+)\s*\]/y,
    definite: true,
    into: "list",
    select: ([, index]) => indexed([Number(index)]),
  },
  {
    pattern: /\[\s*(-?\d+(?:\s*,\s*-?\d+)+)\s*\]/y,
    definite: false,
    into: "list",
    select: ([, indexes = ""]) => indexed(indexes.split(",").map(Number)),
  },
  {
    pattern: /\[\s*(?!:\s*\])(-?\d*)\s*:\s*(-?\d*)\s*\]/y,
    definite: false,
    into: "list",
    select: ([, from = "", to = ""]) => {
      return from === "" || to === ""
        ? sliced(Number(from), to === "" ? undefined : Number(to))
        : between(Number(from), Number(to));
    },
  },
];

/** @throws GatewayError for a form that is not executed, such as a filter, or that is wrong */
export function parseJsonPath(path: string): JsonPath {
  const text = /^[$@]/.test(path) ? path : `$.${path}`;
  const steps: Step[] = [];
  let definite = true;
  let position = 1;
  while (position < text.length) {
    if (text.startsWith(".length()", position) && position + 9 === text.length) {
      return { steps, definite, length: true };
    }
    if (text.startsWith("..", position)) {
      steps.push({ select: descendantsOf, definite: false, into: "any" });
      definite = false;
      // The second dot begins a name, and nothing before a bracket.
      position += text[position + 2] === "[" ? 2 : 1;
    } else if (text.startsWith(".[", position)) {
      position += 1;
    }
    const found = match(text, position);
    if (found === undefined) throw refused(text.slice(position));
    const { form } = found;
    steps.push({ ...form, select: form.select(found.match) });
    definite &&= form.definite;
    position += found.match[0].length;
  }
  return { steps, definite, length: false };
}

function match(text: string, position: number) {
  for (const form of forms) {
    form.pattern.lastIndex = position;
    const found = form.pattern.exec(text);
    if (found !== null) return { form, match: found };
  }
  return undefined;
}

/** The path itself may be of a request's body, and is not told. */
function refused(rest: string): GatewayError {
  const [, kind] = /^\.*\[\s*(\?|\()/.exec(rest) ?? [];
  const what = kind === "?" ? "a filter" : kind === "(" ? "a script" : "a form";
  return new GatewayError("API_CONFIGURATION_ERROR", {
    detail: `a JSONPath has ${what} that is not executed here`,
  });
}

function unquoted(name: string): string {
  return name.slice(1, -1).replace(/\\(.)/gs, "$1");
}

const allOf: Select = (node, tree) => [...(tree.itemsOf(node) ?? tree.childrenOf(node)?.values() ?? [])];

function named(names: readonly string[]): Select {
  return (node, tree) => {
    const children = tree.childrenOf(node);
    return names.flatMap((name) => {
      const child = children?.get(name);
      return child === undefined ? [] : [child];
    });
  };
}

/** Negative ones count from the end. */
function indexed(indexes: readonly number[]): Select {
  return (node, tree) => {
    const items = tree.itemsOf(node) ?? [];
    return indexes.flatMap((index) => items.slice(index, index === -1 ? undefined : index + 1));
  };
}

function sliced(from: number, to: number | undefined): Select {
  return (node, tree) => tree.itemsOf(node)?.slice(from, to) ?? [];
}

/** With both ends, Jayway counts from one to the other as if each number were an index of its own: `[-1:2]` is -1, 0 and 1. */
function between(from: number, to: number): Select {
  return (node, tree) => {
    const items = tree.itemsOf(node) ?? [];
    const end = Math.min(to, items.length);
    const start = Math.max(from, -items.length);
    return Array.from({ length: Math.max(0, end - start) }, (_, index) => items.at(start + index)).flatMap(
      (item) => (item === undefined ? [] : [item]),
    );
  };
}

/** A node and all that is below it, each before its own children. */
const descendantsOf: Select = (node, tree) => {
  const found = [];
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    for (const child of [...allOf(next, tree)].reverse()) open.push(child);
  }
  return found;
};
