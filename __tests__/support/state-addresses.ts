import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect } from "vitest";
import { isJsonObject } from "../../openapi/json.ts";
import { type DomainNames, withCollection, withoutCollection } from "./collection-placeholder.ts";
import type { TerraformJson } from "./synthesize.ts";

const FOLDER = join("__tests__", "stacks", "state-addresses");
/** API documents and dashboards have tests of their own. */
const DOCUMENT = "(document)";
/** Types of resources have an underscore, `data`, `var` and the others have none. */
const RESOURCE = /^[a-z0-9]+_\w+\./;

type Configuration = Partial<TerraformJson>;
type Attributes = Readonly<Record<string, unknown>>;
type Hashes = Readonly<Record<string, string>>;

/**
 * Holds a stack to the addresses and attributes in `state-addresses/<name>.txt`, which `vitest -u` writes.
 * @throws Error that says of each address how it differs, and what to do
 */
export async function expectRecordedAddresses(json: Configuration, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.txt`);
  try {
    await expect(recordAddresses(json)).toMatchFileSnapshot(resolve(file));
  } catch (mismatch) {
    const differences = describeDifferences(existsSync(file) ? readFileSync(file, "utf8") : "", json);
    if (differences.length === 0) throw mismatch;
    const test = relative(process.cwd(), expect.getState().testPath ?? "");
    const update = `Where all of this is meant: npx vitest run ${test} -u`;
    throw new Error([`${file} differs:`, ...differences, update].join("\n"));
  }
}

/**
 * A line for each address, with a hash of each of its attributes. The domain's name is `<collection>` in all of them, so that the
 * record is that of every domain.
 */
export function recordAddresses(json: Configuration, names?: DomainNames): string {
  const lines = [...attributesByAddress(json, names)].map(([address, attributes]) => {
    const hashes = Object.entries(attributes).map(([name, value]) => `${name}=${hash(value)}`);
    return [address, ...hashes.sort()].join(" ");
  });
  return `${lines.sort().join("\n")}\n`;
}

/** What differs from a record: a line for each address, and one for each changed attribute with its new value. */
export function describeDifferences(record: string, json: Configuration): string[] {
  const recorded = parseRecord(record);
  const current = attributesByAddress(json);
  const { moved = [] } = withoutDomain(json);
  const moves = moved.filter(({ to }) => current.has(to));
  const origins = new Map(moves.map(({ from, to }) => [to, from]));
  const kept = new Set([...current.keys(), ...origins.values()]);
  const gone = [...recorded.keys()].filter((address) => !kept.has(address));
  return [
    ...gone.map(describeGone),
    ...[...current].flatMap(([address, attributes]) => {
      const origin = recorded.has(address) ? address : (origins.get(address) ?? address);
      const hashes = recorded.get(origin);
      if (!hashes) return [`state address changed: ${address} is new`];
      const changes = describeChanges(hashes, attributes);
      if (origin !== address) return [`state address changed: ${origin} moves to ${address}`, ...changes];
      return changes.length === 0 ? [] : [`${address} changed`, ...changes];
    }),
  ];
}

function describeGone(address: string): string {
  const gone = `state address changed: ${address} is gone`;
  if (address.startsWith("moved.")) {
    return `${gone}: right where every environment has applied the move, elsewhere Terraform replaces the resource`;
  }
  if (!RESOURCE.test(address)) return gone;
  return [
    `${gone}, and Terraform destroys what is there.`,
    `Where its construct has another id or place now, add moveFromId("${withCollection(address)}") to it`,
    "(docs/decisions/007-state-addresses.md); where it is meant to go or to be replaced,",
    "say in the commit what becomes of the data in it",
  ].join(" ");
}

function describeChanges(hashes: Hashes, attributes: Attributes): string[] {
  const names = [...new Set([...Object.keys(hashes), ...Object.keys(attributes)])].sort();
  return names.flatMap((name) => {
    if (!Object.hasOwn(attributes, name)) return [`  ${name} is gone`];
    const value = attributes[name];
    return hashes[name] === hash(value) ? [] : [`  ${name} is now ${canonicalJson(value)}`];
  });
}

/** What Terraform reads: without cdktf's metadata, and without what differs from build to build. */
export function withoutMetadata(json: Configuration): Configuration {
  return JSON.parse(
    JSON.stringify(json, (key, inner) => {
      if (key === "//" || key === "backend" || key === "cloud") {
        return undefined;
      }
      return key.endsWith("_body") && typeof inner === "string" ? DOCUMENT : inner;
    }).replaceAll(/assets\/functions\/[0-9A-F]{32}\//g, "assets/functions/(hash)/"),
  );
}

/** As every domain has it: also without what follows from the documents of the domain's own two APIs. */
function withoutDomain(json: Configuration, names?: DomainNames): Configuration {
  const neutral: Configuration = JSON.parse(withoutCollection(JSON.stringify(withoutMetadata(json)), names));
  const { aws_api_gateway_rest_api: apis, aws_api_gateway_deployment: deployments } = neutral.resource ?? {};
  for (const [blocks, part, attribute] of [
    [apis, "api", "binary_media_types"],
    [deployments, "deployment", "triggers"],
  ] as const) {
    for (const api of ["<collection>", "<collection>_large"]) {
      const block = blocks?.[`apis_${api}_${part}`];
      if (block) block[attribute] = DOCUMENT;
    }
  }
  return neutral;
}

/** By Terraform's own addresses; a `moved` block by the address that it moves. */
function attributesByAddress(json: Configuration, names?: DomainNames): Map<string, Attributes> {
  const { resource, data, variable, output, locals, provider, terraform, moved, removed, ...others } =
    withoutDomain(json, names);
  if (Object.keys(others).length > 0) {
    throw new Error(
      `No state addresses are recorded of: ${Object.keys(others).join(", ")}. Add them in __tests__/support/state-addresses.ts.`,
    );
  }
  return new Map<string, Attributes>([
    ...entries(resource).flatMap(([type, blocks]) => below(type, blocks)),
    ...entries(data).flatMap(([type, blocks]) => below(`data.${type}`, blocks)),
    ...below("var", variable),
    ...below("output", output),
    ...entries(locals).map(([name, value]) => [`local.${name}`, { value }] as const),
    ...entries(provider).flatMap(([name, blocks]) =>
      blocks.map((block, index) => [`provider.${name}.${index}`, block] as const),
    ),
    ...(moved ?? []).map(({ from, to }) => [`moved.${from}`, { to }] as const),
    ...(removed ?? []).map(({ from, lifecycle }) => [`removed.${from}`, { lifecycle }] as const),
    ["terraform", { ...terraform }],
  ]);
}

function entries<Value>(section: Readonly<Record<string, Value>> = {}): [string, Value][] {
  return Object.entries(section);
}

function below(prefix: string, blocks: Readonly<Record<string, Attributes>> | undefined) {
  return entries(blocks).map(([name, attributes]) => [`${prefix}.${name}`, attributes] as const);
}

function parseRecord(record: string): Map<string, Hashes> {
  const lines = record.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [address = "", ...pairs] = line.split(" ");
      return [address, Object.fromEntries(pairs.map((pair) => pair.split("=")))];
    }),
  );
}

/** What is left out stays readable as such. */
function hash(value: unknown): string {
  if (value === DOCUMENT) return DOCUMENT;
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 8);
}

/** With its keys sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
