import * as z from "zod";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { defaultOf, optionOf, unwrap, variableOf } from "../../env/field-notes.ts";
import { bucketName } from "../../env/field-types.ts";
import { code } from "./reference-page.ts";

type Field = z.core.$ZodType;

/** A setting of an environment, as pages show it. */
export interface Setting {
  /** With `[]` for the items of a list, and `*` for keys that an environment chooses. */
  readonly path: string;
  /** The kinds of the choice around it that have it; empty if all have it. */
  readonly kinds: readonly string[];
  /** How many kinds that choice has. */
  readonly of: number;
  readonly description: string | undefined;
  readonly values: string;
  readonly default: string;
  /** The field that is a Terraform variable, if it is one. */
  readonly variable: Field | undefined;
}

/** What stands for the names in a variable's name and description, by the path of the list or the keys. */
const LABELS: Readonly<Record<string, string>> = {
  "apis[]": "<api>",
  "alerts.emails[]": "<number>",
  "apis[].bindings.*": "<placeholder>",
};

/** Every setting of the schema, whatever an environment chooses. */
export function settingsOf(fields: Field): Setting[] {
  return merge(walk(fields, "", NO_CHOICE));
}

/** What a setting sets, by its Terraform variable or its schema. */
export function descriptionOf(field: Field): string | undefined {
  const inner = unwrap(field);
  return variableOf(inner)?.description ?? z.globalRegistry.get(inner)?.description;
}

/** The name or description of a variable, with words for the names that it depends on. */
export function fillLabels(text: string, path: string): string {
  const labels = Object.entries(LABELS).filter(([list]) => path.startsWith(list) || `${path}[]` === list);
  return labels
    .toSorted(([one], [other]) => one.length - other.length)
    .reduce((filled, [, label]) => filled.replace("*", label), text);
}

/** Text for a page: names, patterns and commands are code, guides are links, and nothing is emphasized by chance. */
export function prose(text: string): string {
  return text.replace(MARKED, (part, guide: string | undefined) => {
    if (guide !== undefined) return `[${guide}.md](../${guide}.md)`;
    return /^[*_]$/.test(part) ? `\\${part}` : code(part);
  });
}
const MARKED = new RegExp(
  [
    "docs/([\\w-]+)[.]md",
    "\\^\\S+\\$",
    "npm run [a-z]+",
    "\\b(?:env|specs|tls)/(?:[\\w-]|[.](?=\\w))*",
    "\\b(?:throttling|delivery)[.]\\w+",
    "[^\\s(]*<\\w+>(?:[^\\s,;:).]|[.](?=\\S))*",
    "\\*",
    "(?<![A-Za-z0-9])_(?![A-Za-z0-9])",
  ].join("|"),
  "g",
);

interface Choice {
  readonly kinds: readonly string[];
  readonly of: number;
}
const NO_CHOICE: Choice = { kinds: [], of: 0 };

function walk(field: Field, path: string, choice: Choice): Setting[] {
  const inner = unwrap(field);
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  const own = (values: string, place = path): Setting => ({
    path: place,
    ...choice,
    description: describe(field, path),
    values,
    default: defaultText(field),
    variable: variableIn(inner),
  });
  if (inner instanceof z.ZodObject) {
    const optional = field instanceof z.ZodExactOptional ? [own("a group of settings")] : [];
    const entries = Object.entries(inner.shape).filter(([key]) => key !== "kind");
    return [...optional, ...entries.flatMap(([key, each]) => walk(each, at(key), choice))];
  }
  if (inner instanceof z.ZodUnion) {
    const options = inner.options.flatMap((option) => {
      const kind = kindOf(option);
      if (kind !== undefined) return walk(option, path, { kinds: [kind], of: inner.options.length });
      return isListOfObjects(option) ? walk(option.element, `${path}[]`, NO_CHOICE) : [];
    });
    const isChoice = inner.options.every((option) => kindOf(option) !== undefined);
    return [isChoice ? own(kindsText(inner), at("kind")) : own(valuesText(inner)), ...options];
  }
  if (isListOfObjects(inner)) return [own("a list"), ...walk(inner.element, `${path}[]`, NO_CHOICE)];
  if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodUnion) {
    return [
      own(`an object; each key ${valuesText(inner.keyType)}`),
      ...walk(inner.valueType, at("*"), NO_CHOICE),
    ];
  }
  return [own(valuesText(inner))];
}

/** One row for settings that several kinds have. */
function merge(settings: readonly Setting[]): Setting[] {
  const paths = [...new Set(settings.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const [first, ...others] = settings.filter((each) => each.path === path);
    if (first === undefined || others.length === 0) return first ?? [];
    const all = [first, ...others];
    const kinds = all.flatMap((each) => each.kinds);
    const byKind = (read: (setting: Setting) => string) =>
      new Set(all.map(read)).size === 1
        ? read(first)
        : all.map((each) => `${each.kinds.map(code).join(", ")}: ${read(each)}`).join("\n");
    return {
      ...first,
      kinds: kinds.length === first.of ? [] : kinds,
      description: byKind(({ description = "" }) => description),
      values: byKind(({ values }) => values),
      default: byKind((each) => each.default),
    };
  });
}

function describe(field: Field, path: string): string | undefined {
  const inner = unwrap(field);
  const inside = inner instanceof z.ZodArray ? descriptionOf(inner.element) : undefined;
  const description = descriptionOf(inner) ?? inside;
  return description === undefined ? undefined : prose(fillLabels(description, path));
}

/** The field itself, an item of it or a list that it may be. */
function variableIn(field: Field): Field | undefined {
  const inside = [
    ...(field instanceof z.ZodArray ? [field.element] : []),
    ...(field instanceof z.ZodUnion ? field.options : []),
  ];
  return [field, ...inside].find((each) => variableOf(each) !== undefined);
}

function kindOf(option: Field): string | undefined {
  const kind = option instanceof z.ZodObject ? option.shape["kind"] : undefined;
  return kind instanceof z.ZodLiteral ? String(kind.value) : undefined;
}

function isListOfObjects(field: Field): field is z.ZodArray {
  return (
    field instanceof z.ZodArray && !(unwrap(field.element) instanceof z.ZodString || isWord(field.element))
  );
}

const isWord = (field: Field) => field instanceof z.ZodEnum || field instanceof z.ZodStringFormat;

function kindsText(choice: z.ZodUnion): string {
  const options = choice.options.map((option) => {
    const description = descriptionOf(option);
    return `${code(JSON.stringify(kindOf(option)))}${description === undefined ? "" : `: ${prose(description)}`}`;
  });
  return options.join(options.some((text) => text.includes(": ")) ? "\n" : " or ");
}

/** What a field takes, by the messages of its rules. */
export function valuesText(field: Field): string {
  const [first = "", ...others] = messagesOf(field);
  const bucket = messagesOf(bucketName);
  const texts =
    first === bucket[0] && field !== bucketName
      ? ["an [S3 bucket name](#bucket-names)", ...others.filter((other) => !bucket.includes(other))]
      : [
          first.replace(/^must (be|look like) /, (_, verb) => (verb === "be" ? "" : "an id such as ")),
          ...others,
        ];
  return prose(texts.join("; ")).replace(
    /from (\d+) to (\d+)/,
    (_, ...range) =>
      `from ${range
        .slice(0, 2)
        .map((each) => grouped(String(each), ","))
        .join(" to ")}`,
  );
}

function messagesOf(field: Field): string[] {
  const own = messageOf(field._zod.def.error);
  const checks = (field._zod.def.checks ?? []).map((check) => messageOf(check._zod.def.error));
  if (field instanceof z.ZodArray)
    return unique([own || "a list", ...messagesOf(field.element).map(each("each")), ...checks]);
  if (!(field instanceof z.ZodRecord)) return unique([own, ...checks]);
  const inside = [
    ...messagesOf(field.keyType).map(each("each key")),
    ...messagesOf(field.valueType).map(each("each value")),
  ];
  return unique([own || "an object", ...inside, ...checks]);
}

const unique = (messages: readonly string[]) => [...new Set(messages)].filter((message) => message !== "");
const each = (who: string) => (message: string) => message.replace(/^must /, `${who} must `);

function messageOf(error: z.core.$ZodErrorMap<never> | undefined): string {
  const message = error?.({} as never);
  return (typeof message === "object" ? message?.message : message) ?? "";
}

function defaultText(field: Field): string {
  if (field instanceof z.ZodExactOptional) return "none";
  const standard = defaultOf(field);
  if (standard === undefined) return "required";
  if (standard.isDerived) return prose(standard.reason);
  const value = standard.value({}, {});
  const inner = unwrap(field);
  const kind = inner instanceof z.ZodUnion ? optionOf(inner, value) : undefined;
  return `${code(literal(kind === undefined ? value : (kindOf(kind) ?? value)))}: ${prose(standard.reason)}`;
}

/** As it is written in env/<name>.ts. */
function literal(value: unknown): string {
  if (typeof value === "number") return String(value).replace(/^\d{5,}$/, (digits) => grouped(digits, "_"));
  return JSON.stringify(value)
    .replaceAll(/"(\w+)":/g, "$1: ")
    .replaceAll(",", ", ")
    .replaceAll(`"${SMALL_API}"`, '"<collection>"')
    .replaceAll(`"${LARGE_API}"`, '"<collection>-large"');
}

const grouped = (digits: string, sign: string) =>
  Number(digits).toLocaleString("en-US").replaceAll(",", sign);
