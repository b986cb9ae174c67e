import { isJsonObject, type Json } from "./json.ts";

/** A JSON pointer (RFC 6901) of unescaped segments; none is the whole document. */
export function jsonPointer(...segments: (string | number)[]): string {
  return segments
    .map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/** The value a pointer names, or undefined. */
export function resolvePointer(root: Json, pointer: string): Json | undefined {
  if (pointer === "") return root;
  if (!pointer.startsWith("/")) return undefined;

  let value: Json | undefined = root;
  for (const segment of pointer.slice(1).split("/")) {
    const key = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

export interface JsonNode {
  pointer: string;
  /** Unescaped keys and indices from the root. */
  segments: (string | number)[];
  value: Json;
}

/** Every value below and including the root, parents first, in document order. */
export function* walk(root: Json): Generator<JsonNode> {
  // No generator for each level: every value would pass through all of those above it.
  const waiting: JsonNode[] = [{ pointer: "", segments: [], value: root }];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    waiting.push(...childrenOf(node).reverse());
  }
}

function childrenOf({ pointer, segments, value }: JsonNode): JsonNode[] {
  const children: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(isJsonObject(value) ? value : {});
  return children.map(([segment, child]) => ({
    pointer: pointer + jsonPointer(segment),
    segments: [...segments, segment],
    value: child,
  }));
}
