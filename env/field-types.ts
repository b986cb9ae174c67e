import * as z from "zod";
import { byDefault, derived, rule, variable } from "./field-notes.ts";
import { nearestRegion } from "./nearest-region.ts";
import { REGIONS } from "./regions.ts";

/** @param why the reason of the limit, if the reader cannot know it */
export const integer = (min: number, max: number, unit: string, why?: string) => {
  const way = `must be a whole number from ${min} to ${max} (${unit})${why === undefined ? "" : `: ${why}`}`;
  return z.int(way).min(min, way).max(max, way);
};

export const name = (pattern: RegExp, way: string) =>
  z.string(way).regex(pattern, { error: way, abort: true });

export const roleName = name(
  /^[\w+=,.@-]{1,64}$/,
  "must be an IAM role name of 1 to 64 characters, not an ARN",
);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html. */
const RESERVED_BUCKET_NAMES =
  "^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|[.]mrap)$|[.][.]|^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$";
const reservedBucketNames = new RegExp(RESERVED_BUCKET_NAMES);
export const bucketName = name(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends",
).refine(
  rule(
    (value: string) => !reservedBucketNames.test(value),
    (value) => `!can(regex("${RESERVED_BUCKET_NAMES}", ${value}))`,
  ),
  'must not be an IP address, contain "..", begin with "xn--", "sthree-" or "amzn-s3-demo-", or end with "-s3alias", "--ol-s3", "--x-s3", "--table-s3" or ".mrap": S3 reserves or forbids such names',
);
export const functionName = name(/^[A-Za-z0-9-_]{1,64}$/, "must be a Lambda function name, not an ARN");
export const awsId = (prefix: string) =>
  name(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), `must look like ${prefix}-0123456789abcdef0`);
export const region = z.enum(REGIONS, {
  error: ({ input }) => `must be a region of AWS, such as ${nearestRegion(input)}`,
});

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** Labels of letters, digits and hyphens, joined by dots. */
const HOST_NAME = `^${LABEL}([.]${LABEL})+$`;
export const hostName = (example: string) =>
  name(
    new RegExp(HOST_NAME),
    `must be a host name such as ${example}, in lower case and without https://`,
  ).max(253, "must be at most 253 characters");

/** What all services of AWS accept: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_Tag.html. */
const TAG_CHARACTERS = "[\\p{L}\\p{N}\\p{Z}_.:/=+@-]";
export const tagKey = name(
  new RegExp(`^${TAG_CHARACTERS}{1,128}$`, "u"),
  "must be a tag's key: 1 to 128 letters, digits, spaces and _ . : / = + - @",
).refine(
  rule(
    (key: string) => !/^aws:/i.test(key),
    (key) => `!startswith(lower(${key}), "aws:")`,
  ),
  'must not begin with "aws:", which AWS reserves',
);
export const tagValue = name(
  new RegExp(`^${TAG_CHARACTERS}{0,256}$`, "u"),
  "must be a tag's value: at most 256 letters, digits, spaces and _ . : / = + - @",
);

export const cidrBlock = z
  .cidrv4({ error: "must be an IPv4 CIDR block such as 10.0.0.0/24", abort: true })
  .refine(
    rule(isNetworkAddress, (block) => `try(cidrhost(${block}, 0) == split("/", ${block})[0], false)`),
    "must be the first address of its network: all bits after the prefix length must be 0",
  );

function isNetworkAddress(block: string): boolean {
  const { first, size } = rangeOf(block);
  return first % size === 0;
}

/** A block as numbers: its first address, and how many it has. */
function rangeOf(block: string) {
  const [address = "", length] = block.split("/");
  const first = address.split(".").reduce((value, octet) => value * 256 + Number(octet), 0);
  return { first, size: 2 ** (32 - Number(length)) };
}

/** Whether two blocks have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

/** A network larger than 10.0.0.0/8, the largest private one, contains networks of others. */
export const LARGEST_NETWORK_BITS = 8;
export const isPrivateSize = rule(
  (block: string) => Number(block.split("/")[1]) >= LARGEST_NETWORK_BITS,
  (block) => `try(tonumber(split("/", ${block})[1]) >= ${LARGEST_NETWORK_BITS}, false)`,
);

export const KIND = 'must have kind "existing" (named here, looked up) or "managed" (created by the stack)';

/** A choice of an environment, by its kind. */
export const choice = <const Options extends readonly [Option, ...Option[]]>(
  error: string,
  options: Options,
) => z.discriminatedUnion("kind", options, error);
type Option = z.core.$ZodTypeDiscriminable;
export const option = <Kind extends string, Shape extends z.ZodRawShape = Record<never, never>>(
  kind: Kind,
  shape?: Shape,
) => z.strictObject({ kind: z.literal(kind), ...(shape as Shape) });

/** A name with the default `pattern`, such as `<namePrefix>-intake-<accountId>`. */
export const derivedName = (pattern: string, nameSchema: z.ZodString) =>
  derived(nameSchema, pattern, (environment, siblings) =>
    pattern.replace(/<(\w+)>/g, (_, field: string) =>
      String({ ...environment, ...siblings }[field] ?? "missing"),
    ),
  );

/** A resource that either exists already under this name, or is created by the stack. */
export const named = (nameSchema: z.ZodString, pattern: string, managedName = nameSchema) =>
  choice(KIND, [
    option("existing", { name: nameSchema }),
    option("managed", { name: derivedName(pattern, managedName) }),
  ]);

export const MANAGED_BY_DEFAULT = "the stack creates it";

/** The role of one task, and the variable `<task>_role_name`. */
export const role = (task: string, description: string) =>
  named(
    roleName.apply(variable, `${task}_role_name`, description),
    `<namePrefix>-${task.replaceAll("_", "-")}`,
  )
    .describe(description)
    .apply(byDefault, { kind: "managed" }, MANAGED_BY_DEFAULT);

export const isUnique = rule(
  (values: readonly string[]) => new Set(values).size === values.length,
  (values) => `length(distinct(${values})) == length(${values})`,
);
