import * as z from "zod";

/** The Terraform variable that carries a field's value. */
export interface Variable {
  /** Of several alike, as of each API: "*" stands for their names, or their numbers from 1 on. */
  readonly name: string;
  readonly description: string;
  /** Where the rule follows from the last of such names (of a placeholder, its kind), or from fields beside it. */
  readonly ruleFor: ((label: string, siblings: Given) => z.core.$ZodType) | undefined;
}

/** What a field is where an environment says nothing. */
interface Default {
  readonly value: (environment: Given, siblings: Given) => unknown;
  readonly reason: string;
}
type Given = Readonly<Record<string, unknown>>;

const variables = new WeakMap<z.core.$ZodType, Variable>();
const defaults = new WeakMap<z.core.$ZodType, Default>();
const conditions = new WeakMap<object, (value: string) => string>();
export const variableOf = (field: z.core.$ZodType) => variables.get(field);
export const conditionOf = (holds: object) => conditions.get(holds);

/** Makes a field a variable of Terraform, with the field's type and rules: `field.apply(variable, name, description)`. */
export function variable<T extends z.ZodType>(
  field: T,
  name: string,
  description: string,
  ruleFor?: Variable["ruleFor"],
): T {
  // The field itself may stand elsewhere too.
  const copy = field.clone();
  variables.set(copy, { name, description, ruleFor });
  return copy;
}

/** Gives a field a value for most environments, and says why it is right: `field.apply(byDefault, value, reason)`. */
export function byDefault<T extends z.ZodType>(
  field: T,
  value: z.input<T>,
  reason: string,
): z.ZodPrefault<T> {
  const optional = field.prefault(value);
  defaults.set(optional, { reason, value: () => value });
  return optional;
}

/**
 * Lets a field follow from what else an environment says: `field.apply(derived, reason, value)`. Where nothing follows, `value`
 * gives undefined, and the environment has to say it.
 */
export function derived<T extends z.ZodType>(
  field: T,
  reason: string,
  value: (environment: Given, siblings: Given) => z.input<T> | undefined,
): z.ZodPrefault<T> {
  // Nothing is refused by the field itself, in its own words.
  const optional = field.prefault(() => value({}, {}) as z.input<T>);
  defaults.set(optional, { reason, value });
  return optional;
}

/** A rule for `.refine()` that Terraform can check too: by `condition`, an expression over the value. */
export function rule<T>(holds: (value: T) => boolean, condition: (value: string) => string) {
  conditions.set(holds, condition);
  return holds;
}

/** Fields of which each has a default of its own. */
export const group = <S extends z.ZodRawShape>(shape: S) => {
  const fields = z.strictObject(shape);
  const optional = fields.prefault({} as z.input<typeof fields>);
  defaults.set(optional, { reason: "each of its fields has its own", value: () => ({}) });
  return optional;
};

/** A field without what makes it optional. */
export function unwrap(field: z.core.$ZodType): z.core.$ZodType {
  return field instanceof z.ZodPrefault || field instanceof z.ZodExactOptional
    ? unwrap(field.unwrap())
    : field;
}

/** Which of a choice's options the value takes: by its kind where they have one, and a list whatever is in it. */
export function optionOf(choice: z.ZodUnion, value: unknown): z.core.$ZodType | undefined {
  return choice.options.find((option) => {
    if (option instanceof z.ZodArray) return Array.isArray(value);
    const kind = option instanceof z.ZodObject ? option.shape["kind"] : undefined;
    return kind && isRecord(value)
      ? z.safeParse(kind, value["kind"]).success
      : z.safeParse(option, value).success;
  });
}

/**
 * Gives what an environment does not say.
 * @param onDefault told of each value that was given, by its path
 */
export function fillIn(
  fields: z.core.$ZodType,
  data: unknown,
  onDefault: (path: string, reason: string) => void = () => {},
): unknown {
  const environment = isRecord(data) ? data : {};
  const fill = (field: z.core.$ZodType, given: unknown, siblings: Given, path: string): unknown => {
    const standard = given === undefined ? defaults.get(field) : undefined;
    const value = standard ? standard.value(environment, siblings) : given;
    if (standard && value !== undefined) onDefault(path, standard.reason);
    const inner = unwrap(field);
    if (inner instanceof z.ZodUnion) {
      const option = optionOf(inner, value);
      return option ? fill(option, value, siblings, path) : value;
    }
    if (inner instanceof z.ZodArray && Array.isArray(value)) {
      return value.map((each, index) => fill(inner.element, each, {}, `${path}[${index}]`));
    }
    if (!(inner instanceof z.ZodObject) || !isRecord(value)) return value;
    const filled = Object.entries(inner.shape).flatMap(([key, each]) => {
      const result = fill(each, value[key], value, path === "" ? key : `${path}.${key}`);
      return result === undefined ? [] : [[key, result]];
    });
    return { ...value, ...Object.fromEntries(filled) };
  };
  return fill(fields, data, {}, "");
}

export function isRecord(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a path leads to; of a list by its indices. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => {
    const isInside = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    return isInside ? Object.entries(at).find(([name]) => name === String(key))?.[1] : undefined;
  }, data);
}
