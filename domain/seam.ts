import * as z from "zod/mini";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import { UserError } from "../contract/user-error.ts";
import { problemsOf } from "./definition-problems.ts";
import { FILE_NAME_PATTERN, MAX_FILE_NAME_LENGTH } from "./file-names.ts";
import type { FilePart } from "./files.ts";
import type { MediaType } from "./media-types.ts";

/** The schemas that `file()` has made for `data`. They identify a file in a contract, also if a check was added to it. */
const dataSchemas = new WeakSet<z.core.$ZodType>();

/**
 * The schema of a file in a contract: its name, one of the media types, its bytes in base64, and their SHA-256 if the sender
 * knows it.
 */
export function file(mediaTypes: readonly [MediaType, ...MediaType[]]) {
  /** At most as long as a request. Decoding checks the alphabet: on megabytes, a pattern takes ten times as long. */
  const data = z.string().check(z.minLength(4), z.maxLength(GATEWAY_MAX_REQUEST_BYTES));
  dataSchemas.add(data);
  return z.strictObject({
    fileName: fileName(),
    contentType: z.enum(mediaTypes.map(({ name }) => name)),
    data,
    sha256: z.optional(z.string().check(z.length(64), z.regex(/^[0-9A-Fa-f]{64}$/))),
  });
}

/** A file of an example. The demo and the tests generate its bytes. */
export function exampleFile({ name, extensions: [extension] }: MediaType, title: string): FilePart {
  return { fileName: `${title}.${extension}`, contentType: name, data: "" };
}

export function fileName() {
  return z.string().check(z.minLength(1), z.maxLength(MAX_FILE_NAME_LENGTH), z.regex(FILE_NAME_PATTERN));
}

/**
 * An RFC 3339 time with `Z` or an offset, as Python and .NET write it. It is stored in UTC, and the fraction of the second
 * does not change.
 */
export function timestamp() {
  return z.pipe(z.iso.datetime({ offset: true }).check(z.maxLength(35)), z.transform(toUtc));
}

function toUtc(time: string, { issues }: z.core.ParsePayload): string {
  const [, fraction = "", offset = "Z"] = /(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  if (offset === "Z") return time;
  const whole = time.slice(0, time.length - offset.length - fraction.length);
  const inUtc = new Date(`${whole}${offset}`).toISOString();
  // An offset may lead to a year before 0000 or after 9999.
  if (!/^\d{4}-/.test(inUtc)) issues.push({ code: "invalid_format", format: "datetime", input: time });
  return `${inUtc.slice(0, 19)}${fraction}Z`;
}

type ContractSchema = z.ZodMiniObject;

/** The place of a file in a record: `document`, `photos.*` for each file of a list, `report.pages.*`. */
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

/** A required string field. */
type TextField<T> = { [Name in keyof T & string]: T[Name] extends string ? Name : never }[keyof T & string];

/** A rule that the schema can't express, such as one between two fields. */
interface Check<T> {
  /** The field that the sender has to correct; names joined by dots. */
  readonly path: string;
  /** The rule, for the sender: "Must not be after reportedAt." */
  readonly message: string;
  /** Gets the record as the contract returns it. Must not throw. */
  readonly holds: (record: T) => boolean;
}

/** Everything that the project needs to know about a business. */
export interface DomainDefinition<Contract extends ContractSchema> {
  /** Plural, lower-case words joined by hyphens. Determines paths, names of stacks and APIs, and the metrics namespace. */
  readonly collection: string;
  /** The singular, in lower-case words, for texts: `proposal`, `lab report`. */
  readonly noun: string;
  /** The name of a record's id: a parameter in paths and a field in answers. */
  readonly key: string;
  /** Objects are `z.strictObject({…})`. Every string and list has a maximum length. */
  readonly contract: Contract;
  /** Every place of a `file(…)` in the contract. */
  readonly files: readonly [FilePlace<z.infer<Contract>>, ...FilePlace<z.infer<Contract>>[]];
  readonly mediaTypes: readonly [MediaType, ...MediaType[]];
  /** The query parameter of the list: a required string of at most 256 characters. */
  readonly listedBy: TextField<z.infer<Contract>>;
  readonly checks: readonly Check<z.infer<Contract>>[];
  /** Whether senders can also send a file as the request body: `POST /<collection>/{key}/files/{fileId}`. */
  readonly plainFiles: boolean;
  /** A record that a sender could send, for the demo and the tests, with `exampleFile(…)` in place of files. */
  readonly example: z.input<Contract>;
}

/** A definition as all other code reads it, without the types of its contract. */
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

/** @throws UserError with every problem of the definition */
export function defineDomain<const Contract extends ContractSchema>(
  definition: DomainDefinition<Contract>,
): Domain {
  const problems = problemsOf(definition, dataSchemas);
  if (problems.length > 0) {
    throw new UserError(`The domain "${definition.collection}" can't be used:\n  ${problems.join("\n  ")}`);
  }
  return definition as unknown as Domain;
}
