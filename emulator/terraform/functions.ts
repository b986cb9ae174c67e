import { createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import * as z from "zod";

const text = z.string();
const list = z.array(z.unknown());
const map = z.record(z.string(), z.unknown());

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
  alltrue: define(z.tuple([z.array(z.boolean())]), (items) => items.every((item) => item)),
  anytrue: define(z.tuple([z.array(z.boolean())]), (items) => items.some((item) => item)),
  ceil: define(z.tuple([z.number()]), Math.ceil),
  cidrhost: define(z.tuple([text, z.number().min(0)]), cidrHost),
  cidrsubnet: define(z.tuple([text, z.coerce.number(), z.coerce.number()]), cidrSubnet),
  contains: define(z.tuple([list, z.unknown()]), (items, value) => items.includes(value)),
  distinct: define(z.tuple([list]), (items) => [...new Set(items)]),
  // Beyond the end it starts again.
  element: define(
    z.tuple([list.min(1), z.coerce.number().min(0)]),
    (items, index) => items[index % items.length],
  ),
  endswith: define(z.tuple([text, text]), (whole, end) => whole.endsWith(end)),
  flatten: define(z.tuple([list]), (items) => items.flat(Number.POSITIVE_INFINITY)),
  floor: define(z.tuple([z.number()]), Math.floor),
  // Only the verb for text.
  format: define(z.tuple([text], z.unknown()), (pattern, ...values) =>
    pattern.replaceAll("%s", () => String(values.shift())),
  ),
  join: define(z.tuple([text, z.array(z.coerce.string())]), (separator, items) => items.join(separator)),
  jsonencode: define(z.tuple([z.unknown()]), encodeJson),
  jsondecode: define(z.tuple([text]), (encoded): unknown => JSON.parse(encoded)),
  keys: define(z.tuple([map]), (entries) => Object.keys(entries).sort()),
  length: define(z.tuple([z.union([text, list, map])]), (value) =>
    typeof value === "string" ? [...value].length : Object.keys(value).length,
  ),
  lower: define(z.tuple([text]), (value) => value.toLowerCase()),
  // As far as its patterns are JavaScript's too.
  regex: define(z.tuple([text, text]), (pattern, value) => {
    const found = new RegExp(pattern, "u").exec(value);
    if (found === null) throw new Error(`${JSON.stringify(value)} does not match ${pattern}`);
    return found[0];
  }),
  setintersection: define(z.tuple([list, list]), (items, others) =>
    items.filter((item) => others.includes(item)),
  ),
  sha256: define(z.tuple([text]), (content) => createHash("sha256").update(content).digest("hex")),
  sort: define(z.tuple([z.array(z.coerce.string())]), (items) =>
    items.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
  ),
  split: define(z.tuple([text, text]), (separator, joined) => joined.split(separator)),
  startswith: define(z.tuple([text, text]), (whole, start) => whole.startsWith(start)),
  strcontains: define(z.tuple([text, text]), (whole, part) => whole.includes(part)),
  tolist: define(z.tuple([list]), (items) => items),
  tonumber: define(z.tuple([text.regex(/^-?\d+(\.\d+)?$/)]), Number),
  trimprefix: define(z.tuple([text, text]), (whole, prefix) =>
    whole.startsWith(prefix) ? whole.slice(prefix.length) : whole,
  ),
  values: define(z.tuple([map]), (entries) =>
    Object.keys(entries)
      .sort()
      .map((key) => entries[key]),
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

/** The address of that number in a network: of 32 bits, or of the 128 of IPv6. */
function cidrHost(prefix: string, host: number): string {
  const [address = "", length = ""] = prefix.split("/");
  const groups = isIPv4(address) ? address.split(".").map(Number) : groupsOf(address);
  const [size, bits] = isIPv4(address) ? [8, 32] : [16, 128];
  if (!/^\d+$/.test(length) || Number(length) > bits) throw new Error(`"${prefix}" is not a network`);
  const whole = groups.reduce((sum, group) => (sum << BigInt(size)) | BigInt(group), 0n);
  const free = BigInt(bits - Number(length));
  const found = ((whole >> free) << free) + BigInt(host);
  const parts = groups.map(
    (_, index) => (found >> BigInt(bits - size * (index + 1))) & (2n ** BigInt(size) - 1n),
  );
  return size === 8 ? parts.join(".") : canonical(parts.map((part) => part.toString(16)).join(":"));
}

/** An address of IPv6 as RFC 5952 writes it. */
const canonical = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1);

function groupsOf(address: string): number[] {
  const [before = "", after] = canonical(address).split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const [left, right] = [groups(before), groups(after ?? "")];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
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
