import { type Checked, refuse } from "./outcome.ts";

/** The contract nests three levels and has some twenty values; these bounds only stop hostile payloads. */
const maxDepth = 16;
const maxValues = 1000;
const maxKeyLength = 128;

/** Keeps a byte order mark, so that it is refused like any other character before the JSON text. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Strict UTF-8, strict JSON, and a value that is safe to walk, to copy and to describe. */
export function parseJson(bytes: Uint8Array): Checked<unknown> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return refuse("", "compressed", "The payload is compressed; send it as plain JSON.");
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    return refuse("", "invalid_utf8", "The payload is not valid UTF-8.");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The error's message quotes the payload: it must not travel on.
    return refuse("", "invalid_json", "The payload is not valid JSON.");
  }
  return checkStructure(value);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Walks without recursion, and stops at the first excess: JSON.parse survives nesting that nothing else does. */
function checkStructure(root: unknown): Checked<unknown> {
  const pending: { value: object; depth: number }[] = [];
  let values = 0;
  const visit = (value: unknown, depth: number) => {
    if (typeof value === "object" && value !== null) {
      pending.push({ value, depth });
    }
  };
  visit(root, 1);
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.depth > maxDepth) {
      return refuse("", "too_deep", `The payload nests deeper than ${maxDepth} levels.`);
    }
    const children = Array.isArray(next.value) ? next.value : Object.values(next.value);
    values += children.length;
    if (values > maxValues) {
      return refuse("", "too_many_values", `The payload has more than ${maxValues} values.`);
    }
    if (!Array.isArray(next.value) && Object.keys(next.value).some(isUnsafeKey)) {
      return refuse("", "forbidden_key", "The payload has a property name that is not allowed.");
    }
    for (const child of children) {
      visit(child, next.depth + 1);
    }
  }
  return { ok: true, value: root };
}

/** `__proto__` leaks through `Object.assign`; an overlong name would be echoed into zod's message. */
function isUnsafeKey(key: string): boolean {
  return key === "__proto__" || key.length > maxKeyLength;
}
