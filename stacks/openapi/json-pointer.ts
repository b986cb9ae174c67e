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
export function walk(root: Json): Generator<JsonNode> {
  return walkFrom({ pointer: "", segments: [], value: root });
}

function* walkFrom(node: JsonNode): Generator<JsonNode> {
  yield node;
  const children = Array.isArray(node.value)
    ? node.value.entries()
    : Object.entries(isJsonObject(node.value) ? node.value : {});
  for (const [segment, value] of children) {
    const pointer = node.pointer + jsonPointer(segment);
    yield* walkFrom({ pointer, segments: [...node.segments, segment], value });
  }
}
