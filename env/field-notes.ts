import * as z from "zod";

/** The Terraform variable that carries a field's value. */
export interface Variable {
  /** Of each item of a list: "*" is replaced by its name, or by its number from 1. */
  readonly name: string;
  readonly description: string;
  /** If the rule depends on the last of these names (for example on the kind of a placeholder), or on sibling fields. */
  readonly ruleFor: ((label: string, siblings: Given) => z.core.$ZodType) | undefined;
}

/** The value of a field that an environment does not set. */
interface Default {
  readonly value: (environment: Given, siblings: Given) => unknown;
  /** Of a derived default: from what it follows. */
  readonly reason: string;
  readonly isDerived: boolean;
}
type Given = Readonly<Record<string, unknown>>;

const variables = new WeakMap<z.core.$ZodType, Variable>();
const defaults = new WeakMap<z.core.$ZodType, Default>();
const conditions = new WeakMap<object, (value: string) => string>();
export const variableOf = (field: z.core.$ZodType) => variables.get(field);
export const defaultOf = (field: z.core.$ZodType) => defaults.get(field);
export const conditionOf = (holds: object) => conditions.get(holds);

/**
 * Makes a field a Terraform variable, with the field's type and rules: `field.apply(variable, name, description)`. Any other
 * setting has its description by zod: `field.describe(…)`, before its default.
 */
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

/** Gives a field a value that suits most environments, with the reason: `field.apply(byDefault, value, reason)`. */
export function byDefault<T extends z.ZodType>(
  field: T,
  value: z.input<T>,
  reason: string,
): z.ZodPrefault<T> {
  const optional = field.prefault(value);
  defaults.set(optional, { reason, value: () => value, isDerived: false });
  return optional;
}

/**
 * Derives the default of a field from other settings: `field.apply(derived, reason, value)`. If `value` gives undefined, the
 * environment has to set the field.
 */
export function derived<T extends z.ZodType>(
  field: T,
  reason: string,
  value: (environment: Given, siblings: Given) => z.input<T> | undefined,
): z.ZodPrefault<T> {
  // Nothing is refused by the field itself, in its own words.
  const optional = field.prefault(() => value({}, {}) as z.input<T>);
  defaults.set(optional, { reason, value, isDerived: true });
  return optional;
}

/** A rule for `.refine()` that Terraform can check too: by `condition`, an expression over the value. */
export function rule<T>(holds: (value: T) => boolean, condition: (value: string) => string) {
  conditions.set(holds, condition);
  return holds;
}

/** Fields of which each has its own default. */
export const group = <S extends z.ZodRawShape>(shape: S, description = "") => {
  const fields = z.strictObject(shape).describe(description);
  const optional = fields.prefault({} as z.input<typeof fields>);
  defaults.set(optional, {
    reason: "each setting of the group has its own default",
    value: () => ({}),
    isDerived: false,
  });
  return optional;
};

/** The field inside of an optional one. */
export function unwrap(field: z.core.$ZodType): z.core.$ZodType {
  return field instanceof z.ZodPrefault || field instanceof z.ZodExactOptional
    ? unwrap(field.unwrap())
    : field;
}

/** The option of a choice that a value takes: by its kind if the options have one. A list takes the option that is a list. */
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
 * Fills in the defaults of an environment.
 * @param onDefault is called for each default, with its path
 */
export function fillIn(
  fields: z.core.$ZodType,
  data: unknown,
  onDefault: (path: string, reason: string) => void = () => {},
): unknown {
  const environment = isRecord(data) ? data : {};
  const fill = (field: z.core.$ZodType, given: unknown, siblings: Given, path: string): unknown => {
    const standard = given === undefined ? defaultOf(field) : undefined;
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

/** The value at a path, in which numbers are indices of lists. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => {
    const isInside = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    return isInside ? Object.entries(at).find(([name]) => name === String(key))?.[1] : undefined;
  }, data);
}
