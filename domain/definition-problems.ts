import * as z from "zod/mini";
import { filesOf, isJson, replaceFiles } from "./files.ts";
import type { MediaType } from "./media-types.ts";
import { schemaNodes } from "./schema-nodes.ts";

/** Names that answers use beside the fields of a record. */
const ANSWER_FIELDS = ["submissionId", "receivedAt", "files"];
/** Names that answers and paths use beside the key. */
const KEY_NEIGHBOURS = [
  ...ANSWER_FIELDS,
  ...["fileId", "fileName", "contentType", "sha256", "sizeBytes", "path"],
  ...["status", "reasons", "finishedAt", "correlationId"],
];
/** Parameters of the query beside the one that records are listed by. */
const QUERY_PARAMETERS = ["cursor", "limit"];
/** Of models that the documents of every domain have. */
const OTHER_MODELS = [
  ...["problem", "reason", "record", "record page", "submission"],
  ...["file bytes", "stored file", "stored file page"],
];
/** What other stacks' names begin with. */
const OTHER_STACKS = ["delivery", "workspace"];
/** In four bytes each, far below what DynamoDB takes for a key. */
const MAX_GROUP_LENGTH = 256;
const FILE_FIELDS = ["fileName", "contentType", "data", "sha256"];

/** Of a definition, what the compiler does not hold or a cast may have hidden. */
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

/** By what `file()` has made for `data`, files are known in a contract. */
type DataSchemas = Pick<WeakSet<z.core.$ZodType>, "has">;

/** All that does not fit together, each with what to do. */
export function problemsOf(definition: Definition, dataSchemas: DataSchemas): string[] {
  const problems = [
    ...nameProblems(definition),
    ...contractProblems(definition),
    ...fileProblems(definition, dataSchemas),
    ...mediaTypeProblems(definition),
  ];
  // Of a contract that is wrong, an example says nothing more.
  return problems.length > 0 ? problems : exampleProblems(definition);
}

function nameProblems({ collection, noun, key, contract, listedBy }: Definition): string[] {
  const fields = Object.keys(contract.shape);
  return [
    ...(/^(?=.{1,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(collection)
      ? []
      : [
          `collection: must be at most 30 lower-case letters and digits, words joined by hyphens, got "${collection}"`,
        ]),
    ...(OTHER_STACKS.includes(collection) ? [`collection: another stack is named "${collection}"`] : []),
    ...(/^[a-z][a-z0-9]*( [a-z0-9]+)*$/.test(noun) ? [] : [`noun: must be lower-case words, got "${noun}"`]),
    ...(OTHER_MODELS.includes(noun)
      ? [`noun: every API has a model named "${noun}"; choose another word`]
      : []),
    ...(/^[a-z][A-Za-z0-9]{0,30}$/.test(key) ? [] : [`key: must be a name such as claimId, got "${key}"`]),
    ...(KEY_NEIGHBOURS.includes(key) || fields.includes(key)
      ? [`key: "${key}" stands in answers already; choose another name`]
      : []),
    ...(key === "caller" ? ['key: "caller" stands for who calls; choose another name'] : []),
    ...(QUERY_PARAMETERS.includes(listedBy)
      ? [`listedBy: "${listedBy}" is a parameter of every list; choose another name`]
      : []),
  ];
}

function contractProblems({ contract, listedBy, checks }: Definition): string[] {
  const group: unknown = contract.shape[listedBy];
  return [
    ...Object.keys(contract.shape)
      .filter((name) => ANSWER_FIELDS.includes(name))
      .map((name) => `contract: "${name}" stands in answers already; choose another name`),
    ...schemaProblems(contract),
    ...checks
      .filter(({ path }) => !Object.hasOwn(contract.shape, path.split(".")[0] ?? ""))
      .map(({ path }) => `checks: "${path}" is no field of the contract`),
    ...(group === undefined ? [`listedBy: "${listedBy}" is no field of the contract`] : []),
    ...(group !== undefined && !(group instanceof z.ZodMiniEnum) && lengthOf(group) > MAX_GROUP_LENGTH
      ? [`listedBy: "${listedBy}" must be a text of at most ${MAX_GROUP_LENGTH} characters: z.maxLength(…)`]
      : []),
  ];
}

/** Of the contract and every schema in it. */
function schemaProblems(contract: z.ZodMiniObject): string[] {
  const nodes = schemaNodes(contract);
  const at = (place: string) => `contract${place && `: "${place}"`}:`;
  return [
    ...nodes
      .filter(({ schema }) => schema instanceof z.ZodMiniObject && !isStrict(schema))
      .map(({ place }) => `${at(place)} must be a z.strictObject({…}), without unknown fields`),
    ...nodes
      .filter(({ schema }) => schema instanceof z.ZodMiniAny || schema instanceof z.ZodMiniUnknown)
      .map(({ place }) => `${at(place)} must be of a type: what is of any would be kept unchecked`),
    ...nodes
      .filter(({ isInItself }) => isInItself)
      .map(({ place }) => `${at(place)} must not hold itself: a record nests no deeper than its contract`),
    ...nodes.flatMap(({ schema, place }) =>
      schema instanceof z.ZodMiniObject
        ? Object.keys(schema.shape)
            .filter((name) => !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
            .map((name) => `${at(place)} "${name}" must be a name of letters, digits, - and _`)
        : [],
    ),
    ...nodes
      .filter(({ schema }) => isUnbounded(schema))
      .map(({ place }) => `${at(place)} must have an end: z.maxLength(…)`),
  ];
}

/** Each that was there before. */
const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) < index);

function fileProblems({ contract, files, mediaTypes }: Definition, dataSchemas: DataSchemas): string[] {
  const places = filePlaces(contract, dataSchemas);
  const known = places.filter(({ within }) => within === undefined).map(({ place }) => place);
  const allowed = new Set(mediaTypes.map(({ name }) => name));
  return [
    ...repeated(files).map((place) => `files: "${place}" is named twice`),
    ...files
      .filter((place) => !known.includes(place))
      .map((place) => `files: "${place}" holds no file. Places with file(…): ${known.join(", ") || "none"}`),
    ...known
      .filter((place) => !files.includes(place))
      .map((place) => `files: must also name "${place}", where the contract has a file`),
    ...places.flatMap(({ place, within }) =>
      within === undefined
        ? []
        : [`contract: the file at "${place}" stands in a ${within}, where no place can name it`],
    ),
    ...places
      .filter(({ fields }) => fields.join() !== FILE_FIELDS.join())
      .map(
        ({ place }) =>
          `contract: the file at "${place}" must be as file(…) made it; put other fields beside it`,
      ),
    ...places.flatMap(({ place, contentTypes }) =>
      contentTypes
        .filter((name) => !allowed.has(name))
        .map((name) => `mediaTypes: must also have ${name}, which the contract allows at "${place}"`),
    ),
  ];
}

function mediaTypeProblems({ mediaTypes }: Definition): string[] {
  const twice = repeated(mediaTypes.map(({ name }) => name)).map(
    (name) => `mediaTypes: ${name} is named twice`,
  );
  const others = mediaTypes.flatMap(({ name, extensions, signatures }) => [
    ...(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(name)
      ? []
      : [`mediaTypes: "${name}" must be a media type in lower case, such as application/pdf`]),
    ...(extensions.every((extension) => /^[a-z0-9]{1,8}$/.test(extension))
      ? []
      : [
          `mediaTypes: extensions of ${name} must be lower-case letters and digits without a dot, such as pdf`,
        ]),
    ...(signatures.every((marks) => marks.length > 0 && marks.every(({ bytes }) => bytes.length > 0))
      ? []
      : [`mediaTypes: a signature of ${name} has no bytes, so that any file would fit`]),
  ]);
  return [...twice, ...others];
}

/** The shortest text that a file can have: its bytes are made where the example is used. */
const ANY_DATA = "AAAA";

function exampleProblems({ contract, files, checks, example }: Definition): string[] {
  if (filesOf(example, files).length === 0) return ["example: must have a file, with exampleFile(…)"];
  const withData = replaceFiles({ ...example }, files, (file) => ({ ...file, data: ANY_DATA }));
  const result = contract.safeParse(withData);
  if (!result.success) {
    return result.error.issues.map(
      ({ path, code }) => `example: must keep the contract: ${path.join(".")}: ${code}`,
    );
  }
  return [
    ...placesWithoutJson(result.data).map(
      (place) => `contract: "${place}" must give JSON: what it gives for the example would be lost`,
    ),
    ...checks
      .filter(({ holds }) => !holds(result.data as never))
      .map(({ path }) => `example: must keep the check at "${path}"`),
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

/** Texts of a form that has an end. */
const FORMS_WITH_END = ["date", "uuid", "guid", "ipv4", "ipv6", "ulid"];

/** A text or a list without a greatest length: only the bounds of every payload would hold it. */
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

/** Of what checks of a length say. */
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
