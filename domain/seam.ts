import * as z from "zod/mini";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import { UserError } from "../contract/user-error.ts";
import { problemsOf } from "./definition-problems.ts";
import { FILE_NAME_PATTERN, MAX_FILE_NAME_LENGTH } from "./file-names.ts";
import type { FilePart } from "./files.ts";
import type { MediaType } from "./media-types.ts";

/** What `file()` has made for `data`, by which its schemas are known, also with a check added to them. */
const dataSchemas = new WeakSet<z.core.$ZodType>();

/**
 * The schema of a file in a contract: its name, one of the media types, its bytes in base64, and their SHA-256 if the sender
 * knows it.
 */
export function file(mediaTypes: readonly [MediaType, ...MediaType[]]) {
  /** Never longer than a request. Its alphabet is checked while decoding: a pattern costs ten times as much on megabytes. */
  const data = z.string().check(z.minLength(4), z.maxLength(GATEWAY_MAX_REQUEST_BYTES));
  dataSchemas.add(data);
  return z.strictObject({
    fileName: fileName(),
    contentType: z.enum(mediaTypes.map(({ name }) => name)),
    data,
    sha256: z.optional(z.string().check(z.length(64), z.regex(/^[0-9A-Fa-f]{64}$/))),
  });
}

/** A file of an example, whose bytes are made where it is used. */
export function exampleFile({ name, extensions: [extension] }: MediaType, title: string): FilePart {
  return { fileName: `${title}.${extension}`, contentType: name, data: "" };
}

export function fileName() {
  return z.string().check(z.minLength(1), z.maxLength(MAX_FILE_NAME_LENGTH), z.regex(FILE_NAME_PATTERN));
}

/**
 * A time of RFC 3339 with `Z` or an offset, as Python and .NET write it. It is kept in UTC, with the fraction of the second as
 * it was given.
 */
export function timestamp() {
  return z.pipe(z.iso.datetime({ offset: true }).check(z.maxLength(35)), z.transform(toUtc));
}

function toUtc(time: string, { issues }: z.core.ParsePayload): string {
  const [, fraction = "", offset = "Z"] = /(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  if (offset === "Z") return time;
  const whole = time.slice(0, time.length - offset.length - fraction.length);
  const inUtc = new Date(`${whole}${offset}`).toISOString();
  // Four digits are all that a year has: an offset may lead beyond the first or the last.
  if (!/^\d{4}-/.test(inUtc)) issues.push({ code: "invalid_format", format: "datetime", input: time });
  return `${inUtc.slice(0, 19)}${fraction}Z`;
}

type ContractSchema = z.ZodMiniObject;

/** Where files stand in a record: `document`, `photos.*` for each of a list, `report.pages.*`. */
type FilePlace<T> = {
  [Name in keyof T & string]: NonNullable<T[Name]> extends FilePart
    ? Name
    : NonNullable<T[Name]> extends readonly (infer Element)[]
      ? Element extends FilePart
        ? `${Name}.*`
        : Element extends object
          ? `${Name}.*.${FilePlace<Element>}`
          : never
      : NonNullable<T[Name]> extends object
        ? `${Name}.${FilePlace<NonNullable<T[Name]>>}`
        : never;
}[keyof T & string];

/** A text that every record has. */
type TextField<T> = { [Name in keyof T & string]: T[Name] extends string ? Name : never }[keyof T & string];

/** What must hold beside the schema, such as between two fields. */
interface Check<T> {
  /** Of the field with the problem, joined by dots. */
  readonly path: string;
  /** What must be, for the sender. */
  readonly message: string;
  readonly holds: (record: T) => boolean;
}

/** All that the mechanism has to know of what is taken in. */
export interface DomainDefinition<Contract extends ContractSchema> {
  /** Plural, lower-case words joined by hyphens: paths, names of stacks and APIs, and the namespace of metrics follow from it. */
  readonly collection: string;
  /** One of the collection, for texts: `proposal`, `lab report`. */
  readonly noun: string;
  /** Parameter of paths and field of answers that names a record; it follows the pattern of an item. */
  readonly key: string;
  /** Every field bounded, no unknown one: `z.strictObject({…})`. */
  readonly contract: Contract;
  readonly files: readonly [FilePlace<z.infer<Contract>>, ...FilePlace<z.infer<Contract>>[]];
  readonly mediaTypes: readonly [MediaType, ...MediaType[]];
  /** The field by which records are listed, as a parameter of the query. */
  readonly listedBy: TextField<z.infer<Contract>>;
  readonly checks: readonly Check<z.infer<Contract>>[];
  /** Whether files may also be sent as they are: `POST /<collection>/{key}/files/{fileId}`. */
  readonly plainFiles: boolean;
  /** A record such as senders send, for demo and tests, with `exampleFile(…)` where files stand. */
  readonly example: z.input<Contract>;
}

/** What the mechanism reads. */
export interface Domain {
  readonly collection: string;
  readonly noun: string;
  readonly key: string;
  readonly contract: ContractSchema;
  readonly files: readonly string[];
  readonly mediaTypes: readonly MediaType[];
  readonly listedBy: string;
  readonly checks: readonly Check<Record<string, unknown>>[];
  readonly plainFiles: boolean;
  readonly example: Readonly<Record<string, unknown>>;
}

/** @throws UserError that says what of the definition does not fit together */
export function defineDomain<const Contract extends ContractSchema>(
  definition: DomainDefinition<Contract>,
): Domain {
  const problems = problemsOf(definition, dataSchemas);
  if (problems.length > 0) {
    throw new UserError(`The domain "${definition.collection}" can't be used:\n  ${problems.join("\n  ")}`);
  }
  return definition as unknown as Domain;
}
