import type { Path } from "../../../domain/files.ts";

/** A contract nests a few levels and has some hundred values at most; these bounds only stop hostile payloads. */
const maxDepth = 16;
const maxValues = 1000;
const maxKeyLength = 128;

export type StructureFault = "too_deep" | "too_many_values" | "forbidden_key" | "duplicate_key";

export interface Structure {
  /** The first one: nothing behind it has been looked at. */
  readonly fault?: StructureFault;
  /** What leads to each of the strings asked for, by their ordinals. */
  readonly paths: ReadonlyMap<number, Path>;
}

interface Container {
  /** Names of the properties so far; undefined in a list. */
  readonly keys: Set<string> | undefined;
  /** Where its present value stands; undefined before the name of a property. */
  step: string | number | undefined;
}

/**
 * Walks the tokens of a text that is valid JSON, for what its value does not tell any more (duplicate names) or
 * what makes it dangerous to walk (nesting). Stops at the first fault.
 * @param cut ordinals of strings that have been cut out, and whose paths are asked for: none of them can be a name
 */
export function checkStructure(text: string, cut: ReadonlySet<number> = new Set()): Structure {
  const open: Container[] = [];
  const paths = new Map<number, Path>();
  let values = 0;
  let strings = 0;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    const container = open.at(-1);
    if (character === "{" || character === "[") {
      if (open.length === maxDepth) return { fault: "too_deep", paths };
      open.push(character === "{" ? { keys: new Set(), step: undefined } : { keys: undefined, step: 0 });
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === ",") {
      values += 1;
      if (values > maxValues) return { fault: "too_many_values", paths };
      if (container) goOn(container);
    } else if (character === '"') {
      const end = endOfString(text, position);
      const isCut = cut.has(strings);
      if (container?.keys && container.step === undefined) {
        const key: string = JSON.parse(text.slice(position, end + 1));
        const fault = isCut ? "forbidden_key" : faultOfKey(key, container.keys);
        if (fault) return { fault, paths };
        container.keys.add(key);
        container.step = key;
      } else if (isCut) {
        paths.set(strings, pathOf(open));
      }
      strings += 1;
      position = end;
    }
  }
  return { paths };
}

/** To the next value. */
function goOn(container: Container): void {
  container.step = typeof container.step === "number" ? container.step + 1 : undefined;
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

function pathOf(open: readonly Container[]): Path {
  return open.map(({ step }) => step ?? "");
}
