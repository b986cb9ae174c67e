/** The functions of Terraform that the conditions of variables call. */
const functions = {
  regex(pattern: string, text: string) {
    if (!new RegExp(pattern, "u").test(text)) throw new Error("does not match");
    return text;
  },
  can(compute: () => unknown) {
    return functions.attempt(() => [compute()], undefined) !== undefined;
  },
  attempt(compute: () => unknown, otherwise: unknown) {
    try {
      return compute();
    } catch {
      return otherwise;
    }
  },
  contains: (list: readonly unknown[], value: unknown) => list.includes(value),
  length: (value: object | string) => (typeof value === "string" ? value.length : Object.keys(value).length),
  distinct: (list: readonly unknown[]) => [...new Set(list)],
  alltrue: (list: readonly boolean[]) => list.every((each) => each),
  keys: (map: object) => Object.keys(map),
  values: (map: object) => Object.values(map),
  split: (separator: string, text: string) => text.split(separator),
  lower: (text: string) => text.toLowerCase(),
  startswith: (text: string, start: string) => text.startsWith(start),
  endswith: (text: string, end: string) => text.endsWith(end),
  tonumber(text: string) {
    if (!/^-?\d+$/.test(text)) throw new Error("is no number");
    return Number(text);
  },
  floor: Math.floor,
  ceil: Math.ceil,
  cidrhost(block: string, host: number) {
    const [, address = "", length = ""] = /^([\d.]+)\/(\d+)$/.exec(block) ?? [];
    const octets = address.split(".").map(Number);
    if (octets.length !== 4 || octets.some((octet) => !(octet <= 255)) || !(Number(length) <= 32)) {
      throw new Error("is no block");
    }
    const size = 2 ** (32 - Number(length));
    const bits = octets.reduce((value, octet) => value * 256 + octet, 0);
    const first = bits - (bits % size) + host;
    return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
  },
};

/**
 * Whether a condition of a variable holds, `${…}`, computed in JavaScript, of which it is nearly an expression.
 * Real Terraform computes some of them in __tests__/terraform/validate.test.ts.
 */
export function conditionHolds(condition: string, values: Readonly<Record<string, unknown>>): boolean {
  const script = condition
    .replace(/^\$\{(.*)\}$/, "$1")
    .replace(/\[for each in (\S+) : (.*)\]/, "$1.map((each) => $2)")
    .replaceAll("can(regex(", "can(() => regex(")
    .replaceAll("try(", "attempt(() => ")
    .replace(/ ([!=]=) /g, " $1= ")
    .replace(/\bvar\.(\w+)/g, 'variables["$1"]');
  const names = Object.keys(functions);
  const compute = new Function("variables", ...names, `"use strict"; return ${script};`);
  const result: unknown = compute(values, ...Object.values(functions));
  if (typeof result !== "boolean") throw new Error(`${condition} is neither true nor false`);
  return result;
}
