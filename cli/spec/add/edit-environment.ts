import { isDeepStrictEqual } from "node:util";
import { LARGE_API, SMALL_API } from "../../../domain/names.ts";
import { isRecord } from "../../../env/field-notes.ts";
import { editItems } from "./edit-items.ts";
import { importConstants } from "./import-constants.ts";
import { Code, renderKey, renderLiteral } from "./render-literal.ts";
import {
  applyEdits,
  constantNamed,
  type Edit,
  type Expression,
  hasComment,
  indentAt,
  type ListLiteral,
  NotEditable,
  type ObjectLiteral,
  parseSource,
  propertyNamed,
  rangeOf,
  type SourceFile,
  withoutType,
} from "./source-file.ts";

/** An entry of `apis` in an environment's file, before or after the edit. */
export type ApiEntry = Readonly<Record<string, unknown>> & { readonly name: string };

/** The change of an environment's `apis`. */
export interface ApisChange {
  readonly environment: string;
  /** As in the file; undefined if the file omits them. */
  readonly before: readonly ApiEntry[] | undefined;
  readonly entry: ApiEntry;
}

/**
 * The text of an environment's file with a new or completed entry in `apis`. Every other byte stays.
 * @throws NotEditable if the form of the file makes the edit unsafe
 */
export function editEnvironment(text: string, change: ApisChange): string {
  const isCrLf = text.includes("\r\n");
  const edited = edit(isCrLf ? text.replaceAll("\r\n", "\n") : text, change);
  return isCrLf ? edited.replaceAll("\n", "\r\n") : edited;
}

function edit(text: string, { environment, before, entry }: ApisChange): string {
  if (before === undefined) return addApis(text, environment, entry);
  const index = before.findIndex(({ name }) => name === entry.name);
  const existing = before[index];
  return existing === undefined
    ? addEntry(text, environment, entry)
    : changeEntry(text, { environment, index, count: before.length, before: existing, after: entry });
}

/** With the two default APIs: an environment that lists its APIs has only those. */
function addApis(text: string, environment: string, entry: ApiEntry): string {
  const { text: imported, names } = importConstants(text, "../domain/names.ts", ["SMALL_API", "LARGE_API"]);
  const { source, object, unit } = readEnvironment(imported, environment);
  const apis = [...names.map((name) => ({ name: new Code(name) })), entry];
  return applyEdits(imported, editItems(source, unit, addition(object, { apis }, unit)));
}

function addEntry(text: string, environment: string, entry: ApiEntry): string {
  const { source, unit, ...read } = readEnvironment(text, environment);
  const list = apisOf(read.object);
  const change = {
    literal: rangeOf(list),
    items: list.elements.flatMap((element) => (element === null ? [] : [rangeOf(element)])),
    removed: [],
    added: (indent: string) => [renderLiteral(entry, { indent, unit })],
  };
  return applyEdits(text, editItems(source, unit, change));
}

interface EntryChange {
  readonly environment: string;
  readonly index: number;
  readonly count: number;
  readonly before: ApiEntry;
  readonly after: ApiEntry;
}

/** One field after the other, each in the result of the one before. */
function changeEntry(text: string, { before, after, ...where }: EntryChange): string {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .flatMap((key) => stepsOf({ key, before: before[key], after: after[key] }))
    .filter((step) => !isDeepStrictEqual(step.before, step.after))
    .reduce((edited, step) => {
      const { source, object, unit } = readEnvironment(edited, where.environment);
      const entry = entryAt(apisOf(object), where);
      return applyEdits(edited, changeField(source, unit, entry, step));
    }, text);
}

/** Changes values in place, so that their comments stay. Then removes and adds items. */
function stepsOf({ key, before, after }: FieldChange): FieldChange[] {
  if (!isRecord(before) || !isRecord(after)) return [{ key, before, after }];
  const between = Object.fromEntries(
    Object.entries(before).map(([name, value]) => [name, Object.hasOwn(after, name) ? after[name] : value]),
  );
  return [
    { key, before, after: between },
    { key, before: between, after },
  ];
}

interface FieldChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

function changeField(
  source: SourceFile,
  unit: string,
  entry: ObjectLiteral,
  { key, before, after }: FieldChange,
) {
  if (before === undefined) return editItems(source, unit, addition(entry, { [key]: after }, unit));
  const found = propertyNamed(entry, key);
  if (found === undefined) throw new NotEditable(`has an API entry that does not write out ${key}`);
  const value = withoutType(found.value);
  if (isRecord(before) && isRecord(after)) {
    if (value.type !== "ObjectExpression")
      throw new NotEditable(`has ${key} that are not written as a plain object or list`);
    return changeObject(source, unit, value, before, after);
  }
  return [changeValue(source, unit, key, found.value, after)];
}

/** An object of strings: bindings or stage variables. */
function changeObject(
  source: SourceFile,
  unit: string,
  object: ObjectLiteral,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
) {
  const changed = Object.keys(before)
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => {
      const found = propertyNamed(object, key);
      if (found === undefined) throw new NotEditable(`has a ${key} that the entry does not write out`);
      return { key, ...found };
    });
  const isKept = ({ key }: { key: string }) => Object.hasOwn(after, key);
  const kept = changed.filter(isKept);
  if (kept.length > 0) return kept.map(({ key, value }) => changeValue(source, unit, key, value, after[key]));
  const removed = changed.map(({ property }) => property);
  const added = Object.fromEntries(Object.entries(after).filter(([key]) => !Object.hasOwn(before, key)));
  return editItems(source, unit, addition(object, added, unit, removed));
}

function changeValue(source: SourceFile, unit: string, key: string, node: Expression, after: unknown): Edit {
  const range = rangeOf(node);
  if (hasComment(source, range)) throw new NotEditable(`has a comment inside ${key}, which must change`);
  const place = { indent: indentAt(source.text, range.start), unit, before: renderKey(key) };
  return { ...range, text: renderLiteral(after, place) };
}

function addition(
  object: ObjectLiteral,
  fields: Readonly<Record<string, unknown>>,
  unit: string,
  removed: ObjectLiteral["properties"] = [],
) {
  const ranges = new Map(object.properties.map((property) => [property, rangeOf(property)]));
  return {
    literal: rangeOf(object),
    items: [...ranges.values()],
    removed: removed.flatMap((property) => ranges.get(property) ?? []),
    added: (indent: string) =>
      Object.entries(fields).map(([key, value]) => {
        const before = renderKey(key);
        return `${before}${renderLiteral(value, { indent, unit, before })}`;
      }),
  };
}

function readEnvironment(text: string, environment: string) {
  const source = parseSource(text);
  const object = constantNamed(source, environment);
  if (object.type !== "ObjectExpression")
    throw new NotEditable(`has a constant ${environment} that is not a plain object`);
  const [first] = object.properties;
  const unit = first === undefined ? "" : indentAt(text, rangeOf(first).start);
  return { source, object, unit: unit === "" ? "  " : unit };
}

function apisOf(object: ObjectLiteral): ListLiteral {
  const found = propertyNamed(object, "apis");
  const list = found && withoutType(found.value);
  if (list?.type !== "ArrayExpression") throw new NotEditable("has apis that are not a plain list");
  return list;
}

/** The entry of an API: by its index, if every element is one entry. */
function entryAt(
  { elements }: ListLiteral,
  { index, count }: { index: number; count: number },
): ObjectLiteral {
  const element = elements[index];
  const isOneEach = elements.length === count && elements.every((each) => each?.type !== "SpreadElement");
  if (!isOneEach || element?.type !== "ObjectExpression") {
    throw new NotEditable("has an entry in apis that is not written in place");
  }
  return element;
}

/** Of the domain's own two, in the order of the default. */
export const defaultApis: readonly ApiEntry[] = [{ name: SMALL_API }, { name: LARGE_API }];
