import * as z from "zod/mini";
import { filesOf, isJson, replaceFiles } from "./files.ts";
import type { MediaType } from "./media-types.ts";
import { schemaNodes } from "./schema-nodes.ts";

/** Fields that answers have in addition to the fields of a record. */
const ANSWER_FIELDS = ["submissionId", "receivedAt", "files"];
/** Names that answers and paths use in addition to the key. */
const KEY_NEIGHBOURS = [
  ...ANSWER_FIELDS,
  ...["fileId", "fileName", "contentType", "sha256", "sizeBytes", "path"],
  ...["status", "reasons", "finishedAt", "correlationId"],
];
/** Query parameters that every list has. */
const QUERY_PARAMETERS = ["cursor", "limit"];
/** Models that every domain's OpenAPI documents have. */
const OTHER_MODELS = [
  ...["problem", "reason", "record", "record page", "submission"],
  ...["file bytes", "stored file", "stored file page"],
];
/** The first part of other stacks' names. */
const OTHER_STACKS = ["delivery", "workspace"];
/** Characters of up to four bytes each, far below DynamoDB's limit for a key. */
const MAX_GROUP_LENGTH = 256;
const FILE_FIELDS = ["fileName", "contentType", "data", "sha256"];

/** The parts of a definition that the compiler does not check, or that a cast may have hidden. */
interface Definition {
  readonly collection: string;
  readonly noun: string;
  readonly key: string;
  readonly contract: z.ZodMiniObject;
  readonly files: readonly string[];
  readonly mediaTypes: readonly MediaType[];
  readonly listedBy: string;
  readonly checks: readonly { readonly path: string; readonly holds: (record: never) => boolean }[];
  readonly example: object;
}

/** A contract's files are found by the schemas that `file()` has made for `data`. */
type DataSchemas = Pick<WeakSet<z.core.$ZodType>, "has">;

/** Every problem of a definition, each with what to do. */
export function problemsOf(definition: Definition, dataSchemas: DataSchemas): string[] {
  const problems = [
    ...nameProblems(definition),
    ...contractProblems(definition),
    ...fileProblems(definition, dataSchemas),
    ...mediaTypeProblems(definition),
  ];
  // If the contract is wrong, the example adds no information.
  return problems.length > 0 ? problems : exampleProblems(definition);
}

function nameProblems({ collection, noun, key, contract, listedBy }: Definition): string[] {
  const fields = Object.keys(contract.shape);
  return [
    ...(/^(?=.{1,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(collection)
      ? []
      : [
          `collection: must be 1 to 30 lower-case letters, digits and single hyphens, such as lab-reports, got "${collection}"`,
        ]),
    ...(OTHER_STACKS.includes(collection)
      ? [`collection: "${collection}" is the name of another stack; choose another name`]
      : []),
    ...(/^[a-z][a-z0-9]*( [a-z0-9]+)*$/.test(noun)
      ? []
      : [`noun: must be lower-case words, such as lab report, got "${noun}"`]),
    ...(OTHER_MODELS.includes(noun)
      ? [`noun: every API already has a model "${noun}"; choose another noun`]
      : []),
    ...(/^[a-z][A-Za-z0-9]{0,30}$/.test(key) ? [] : [`key: must be a name such as claimId, got "${key}"`]),
    ...(KEY_NEIGHBOURS.includes(key)
      ? [`key: answers and paths already use the name "${key}"; choose another name`]
      : []),
    ...(fields.includes(key) ? [`key: "${key}" is a field of the contract; choose another name`] : []),
    ...(key === "caller"
      ? ['key: "caller" is the name of the calling application; choose another name']
      : []),
    ...(QUERY_PARAMETERS.includes(listedBy)
      ? [`listedBy: every list already has the query parameter "${listedBy}"; rename the field`]
      : []),
  ];
}

function contractProblems({ contract, listedBy, checks }: Definition): string[] {
  const group: unknown = contract.shape[listedBy];
  const isTooLong =
    group !== undefined && !(group instanceof z.ZodMiniEnum) && lengthOf(group) > MAX_GROUP_LENGTH;
  return [
    ...Object.keys(contract.shape)
      .filter((name) => ANSWER_FIELDS.includes(name))
      .map((name) => `contract: answers already have a field "${name}"; rename the field of the contract`),
    // One mistake is one problem: `listedBy` has the lower limit.
    ...schemaProblems(contract, isTooLong ? [listedBy] : []),
    ...checks
      .filter(({ path }) => !Object.hasOwn(contract.shape, path.split(".")[0] ?? ""))
      .map(({ path }) => `checks: the path "${path}" must begin with a field of the contract`),
    ...(group === undefined ? [`listedBy: the contract has no field "${listedBy}"`] : []),
    ...(isTooLong
      ? [
          `listedBy: "${listedBy}" must be a z.string() with z.maxLength(${MAX_GROUP_LENGTH}) or less, or a z.enum([…])`,
        ]
      : []),
  ];
}

/** Problems of the contract and of every schema in it. */
function schemaProblems(contract: z.ZodMiniObject, withOtherLimit: readonly string[]): string[] {
  const nodes = schemaNodes(contract);
  const at = (place: string) => `contract${place && `: "${place}"`}:`;
  return [
    ...nodes
      .filter(({ schema }) => schema instanceof z.ZodMiniObject && !isStrict(schema))
      .map(({ place }) => `${at(place)} must be a z.strictObject({…}), which refuses unknown fields`),
    ...nodes
      .filter(({ schema }) => schema instanceof z.ZodMiniAny || schema instanceof z.ZodMiniUnknown)
      .map(
        ({ place }) =>
          `${at(place)} must have a type: values of z.any() and z.unknown() are stored unchecked`,
      ),
    ...nodes
      .filter(({ isInItself }) => isInItself)
      .map(({ place }) => `${at(place)} must not contain itself: a contract can't be recursive`),
    ...nodes.flatMap(({ schema, place }) =>
      schema instanceof z.ZodMiniObject
        ? Object.keys(schema.shape)
            .filter((name) => !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
            .map(
              (name) =>
                `${at(place)} the field name "${name}" must be letters, digits, - and _, with a letter or _ first`,
            )
        : [],
    ),
    ...nodes
      .filter(({ schema, place }) => isUnbounded(schema) && !withOtherLimit.includes(place))
      .map(({ schema, place }) =>
        schema instanceof z.ZodMiniArray
          ? `${at(place)} the list needs a maximum length: add z.maxLength(…)`
          : `${at(place)} the string needs a maximum length: add z.maxLength(…), also beside a pattern`,
      ),
  ];
}

/** Names that occur more than once. */
const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) < index);

function fileProblems({ contract, files, mediaTypes }: Definition, dataSchemas: DataSchemas): string[] {
  const places = filePlaces(contract, dataSchemas);
  const known = places.filter(({ within }) => within === undefined).map(({ place }) => place);
  const allowed = new Set(mediaTypes.map(({ name }) => name));
  return [
    ...repeated(files).map((place) => `files: "${place}" is listed twice`),
    ...files
      .filter((place) => !known.includes(place))
      .map(
        (place) =>
          `files: the contract has no file(…) at "${place}". It has files at: ${known.join(", ") || "no place"}`,
      ),
    ...known
      .filter((place) => !files.includes(place))
      .map((place) => `files: add "${place}", where the contract has a file`),
    ...places.flatMap(({ place, within }) =>
      within === undefined
        ? []
        : [
            `contract: the file at "${place}" is inside a ${within}, which \`files\` can't address; use an object or a list`,
          ],
    ),
    ...places
      .filter(({ fields }) => fields.join() !== FILE_FIELDS.join())
      .map(
        ({ place }) =>
          `contract: the file at "${place}" must have the fields of file(…) only; move other fields out of it`,
      ),
    ...places.flatMap(({ place, contentTypes }) =>
      contentTypes
        .filter((name) => !allowed.has(name))
        .map((name) => `mediaTypes: add ${name}, which the contract allows at "${place}"`),
    ),
  ];
}

function mediaTypeProblems({ mediaTypes }: Definition): string[] {
  const twice = repeated(mediaTypes.map(({ name }) => name)).map(
    (name) => `mediaTypes: ${name} is listed twice`,
  );
  const others = mediaTypes.flatMap(({ name, extensions, signatures }) => [
    ...(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(name)
      ? []
      : [`mediaTypes: "${name}" must be a media type in lower case, such as application/pdf`]),
    ...(extensions.every((extension) => /^[a-z0-9]{1,8}$/.test(extension))
      ? []
      : [
          `mediaTypes: extensions of ${name} must be 1 to 8 lower-case letters and digits without a dot, such as pdf`,
        ]),
    ...(signatures.every((marks) => marks.length > 0 && marks.every(({ bytes }) => bytes.length > 0))
      ? []
      : [`mediaTypes: a signature of ${name} has no bytes and matches every file; add its bytes`]),
  ]);
  return [...twice, ...others];
}

/** The shortest base64 text of a file. The example gets its real bytes when it is used. */
const ANY_DATA = "AAAA";

function exampleProblems({ contract, files, checks, example }: Definition): string[] {
  if (filesOf(example, files).length === 0)
    return ["example: must have at least one file; add it with exampleFile(…)"];
  const withData = replaceFiles({ ...example }, files, (file) => ({ ...file, data: ANY_DATA }));
  const result = contract.safeParse(withData);
  if (!result.success) {
    return result.error.issues.map(
      ({ path, code }) => `example: does not match the contract at "${path.join(".")}": ${code}`,
    );
  }
  return [
    ...placesWithoutJson(result.data).map(
      (place) => `contract: "${place}" must return a JSON value; a Date, a Set or a bigint can't be stored`,
    ),
    ...checks
      .filter(({ holds }) => !holds(result.data as never))
      .map(({ path }) => `example: does not pass the check of "${path}"`),
  ];
}

function placesWithoutJson(value: unknown, path: readonly string[] = []): string[] {
  if (!isJson(value)) return [path.join(".")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => placesWithoutJson(each, [...path, name]));
}

interface FilePlace {
  readonly place: string;
  readonly within?: string | undefined;
  readonly fields: readonly string[];
  readonly contentTypes: readonly string[];
}

function filePlaces(contract: z.core.$ZodType, dataSchemas: DataSchemas): FilePlace[] {
  return schemaNodes(contract).flatMap(({ schema, place, within }) => {
    if (!(schema instanceof z.ZodMiniObject)) return [];
    const { data, contentType } = schema.shape as Readonly<Record<string, unknown>>;
    if (!(data instanceof z.ZodMiniString && dataSchemas.has(data))) return [];
    const contentTypes = contentType instanceof z.ZodMiniEnum ? contentType.options.map(String) : [];
    return [{ place, within, fields: Object.keys(schema.shape), contentTypes }];
  });
}

function isStrict({ def }: z.ZodMiniObject): boolean {
  return def.catchall instanceof z.ZodMiniNever;
}

/** String formats with a maximum length of their own. */
const FORMS_WITH_END = ["date", "uuid", "guid", "ipv4", "ipv6", "ulid"];

/** A string or a list without a maximum length: only the limits of the whole payload would bound it. */
function isUnbounded(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodMiniArray) return greatestOf(schema.def) === Infinity;
  const { format } = { format: undefined, ...schema._zod.def };
  return (
    schema instanceof z.ZodMiniString &&
    !FORMS_WITH_END.includes(String(format)) &&
    lengthOf(schema) === Infinity
  );
}

function lengthOf(schema: unknown): number {
  return schema instanceof z.ZodMiniString ? greatestOf(schema.def) : Infinity;
}

/** The maximum length that a schema's checks allow. */
function greatestOf({
  checks = [],
}: {
  readonly checks?: readonly z.core.$ZodCheck<never>[] | undefined;
}): number {
  const limits = checks.map(({ _zod }) => {
    if ("maximum" in _zod.def) return Number(_zod.def.maximum);
    return _zod.def.check === "length_equals" && "length" in _zod.def ? Number(_zod.def.length) : Infinity;
  });
  return Math.min(Infinity, ...limits);
}
