/** The contract nests three levels and has some twenty values; these bounds only stop hostile payloads. */
const maxDepth = 16;
const maxValues = 1000;
const maxKeyLength = 128;

export type StructureFault = "too_deep" | "too_many_values" | "forbidden_key" | "duplicate_key";

export interface Structure {
  readonly fault?: StructureFault;
  /** Names of the properties that lead to the string asked for; undefined where it is no value of objects alone. */
  readonly path?: readonly string[];
}

interface Container {
  /** Names of the properties so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  key: string | undefined;
}

/**
 * Walks the tokens of a text that is valid JSON, for what its value does not tell any more (duplicate names) or
 * what makes it dangerous to walk (nesting). Stops at the first fault.
 * @param at where the string begins, by its quote, whose path is asked for
 */
export function checkStructure(text: string, at = -1): Structure {
  const open: Container[] = [];
  let values = 0;
  let path: string[] | undefined;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    const container = open.at(-1);
    if (character === "{" || character === "[") {
      if (open.length === maxDepth) {
        return { fault: "too_deep" };
      }
      open.push({ keys: character === "{" ? new Set() : undefined, key: undefined });
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === ",") {
      values += 1;
      if (values > maxValues) {
        return { fault: "too_many_values" };
      }
      if (container) {
        container.key = undefined;
      }
    } else if (character === '"') {
      const end = endOfString(text, position);
      if (container?.keys && container.key === undefined) {
        const key: string = JSON.parse(text.slice(position, end + 1));
        const fault = faultOfKey(key, container.keys);
        if (fault) {
          return { fault };
        }
        container.keys.add(key);
        container.key = key;
      } else if (position === at) {
        path = pathOf(open);
      }
      position = end;
    }
  }
  return path ? { path } : {};
}

function endOfString(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end;
}

function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text[first - 1] === "\\") {
    first -= 1;
  }
  return (position - first) % 2 === 1;
}

/** `__proto__` leaks through `Object.assign`; an overlong name would be echoed into zod's message. */
function faultOfKey(key: string, earlier: ReadonlySet<string>): StructureFault | undefined {
  if (key === "__proto__" || key.length > maxKeyLength) {
    return "forbidden_key";
  }
  return earlier.has(key) ? "duplicate_key" : undefined;
}

function pathOf(open: readonly Container[]): string[] | undefined {
  const keys = open.map(({ key }) => key);
  return keys.every((key) => key !== undefined) ? keys : undefined;
}
