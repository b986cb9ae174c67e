import { createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import * as z from "zod";

const text = z.string();
const list = z.array(z.unknown());

function define<Schema extends z.ZodTuple>(
  parameters: Schema,
  compute: (...args: z.infer<Schema>) => unknown,
) {
  return (args: readonly unknown[]): unknown => compute(...parameters.parse(args));
}

/**
 * Terraform's functions that stacks use: https://developer.hashicorp.com/terraform/language/functions. Each throws
 * what zod throws for arguments that it does not take.
 */
export const functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  cidrsubnet: define(z.tuple([text, z.coerce.number(), z.coerce.number()]), cidrSubnet),
  // Beyond the end it starts again.
  element: define(
    z.tuple([list.min(1), z.coerce.number().min(0)]),
    (items, index) => items[index % items.length],
  ),
  join: define(z.tuple([text, z.array(z.coerce.string())]), (separator, items) => items.join(separator)),
  jsonencode: define(z.tuple([z.unknown()]), encodeJson),
  sha256: define(z.tuple([text]), (content) => createHash("sha256").update(content).digest("hex")),
  sort: define(z.tuple([z.array(z.coerce.string())]), (items) =>
    items.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
  ),
  split: define(z.tuple([text, text]), (separator, joined) => joined.split(separator)),
  tolist: define(z.tuple([list]), (items) => items),
  trimprefix: define(z.tuple([text, text]), (whole, prefix) =>
    whole.startsWith(prefix) ? whole.slice(prefix.length) : whole,
  ),
};

/** Keys are sorted, and the characters that HTML minds are escaped. */
function encodeJson(value: unknown): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function cidrSubnet(prefix: string, newBits: number, number: number): string {
  const [address = "", bits = ""] = prefix.split("/");
  const length = Number(bits) + newBits;
  if (!isIPv4(address) || !/^\d+$/.test(bits) || length > 32 || number >= 2 ** newBits) {
    throw new Error(`"${prefix}" has no subnet ${number} of ${newBits} more bits`);
  }
  const base = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - length);
  const start = Math.floor(base / 2 ** (32 - Number(bits))) * 2 ** (32 - Number(bits)) + number * size;
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${octets.join(".")}/${length}`;
}
