import * as z from "zod";
import { conditionOf } from "../../env/field-notes.ts";

/** A condition of Terraform over a reference such as `var.region`, and the message for a value that breaks it. */
export interface Validation {
  readonly condition: string;
  readonly errorMessage: string;
}

/**
 * The rules of a field as Terraform's.
 * @throws Error if Terraform cannot check a rule
 */
export function conditionsOf(field: z.core.$ZodType, reference: string): Validation[] {
  return [...typeConditions(field, reference), ...checkConditions(field, reference)];
}

function typeConditions(field: z.core.$ZodType, reference: string): Validation[] {
  const oneOf = (values: readonly unknown[]) => [
    {
      condition: `contains(${JSON.stringify(values)}, ${reference})`,
      errorMessage: messageOf(field._zod.def.error),
    },
  ];
  if (field instanceof z.ZodEnum) return oneOf(field.options);
  if (field instanceof z.ZodUnion) {
    return oneOf(
      field.options.flatMap((option) => (option instanceof z.ZodLiteral ? [...option.values] : [])),
    );
  }
  if (field instanceof z.ZodNumber && field.isInt) {
    const [min, max] = [field.minValue, field.maxValue];
    if (!Number.isFinite(min) || !Number.isFinite(max)) {
      throw new Error(`${reference}: set a minimum and a maximum in env/`);
    }
    return [
      {
        condition: `${reference} == floor(${reference}) && ${reference} >= ${min} && ${reference} <= ${max}`,
        errorMessage: `must be a whole number from ${min} to ${max}`,
      },
    ];
  }
  if (field instanceof z.ZodArray) return conditionsOfEach(field.element, reference, "each");
  if (field instanceof z.ZodRecord) {
    return [
      ...conditionsOfEach(field.keyType, `keys(${reference})`, "each key"),
      ...conditionsOfEach(field.valueType, `values(${reference})`, "each value"),
    ];
  }
  return [];
}

function conditionsOfEach(field: z.core.$ZodType, list: string, who: string): Validation[] {
  return conditionsOf(field, "each").map(({ condition, errorMessage }) => ({
    condition: `alltrue([for each in ${list} : ${condition}])`,
    errorMessage: `${errorMessage} (${who})`,
  }));
}

function checkConditions(field: z.core.$ZodType, reference: string): Validation[] {
  // The format of a string such as a CIDR block is the field itself.
  const own = field instanceof z.ZodStringFormat ? [field] : [];
  const isInteger = field instanceof z.ZodNumber && field.isInt;
  const checks = [...own, ...(field._zod.def.checks ?? [])].filter(
    (check) => !(isInteger && isStatedByRange(check._zod.def)),
  );
  return checks.map((check) => ({
    condition: checkCondition(check._zod.def, reference),
    errorMessage: messageOf(check._zod.def.error),
  }));
}

/** Whether the condition of a whole number covers it already. */
function isStatedByRange(check: z.core.$ZodCheckDef): boolean {
  return check.check === "number_format" || ("inclusive" in check && check.inclusive === true);
}

function checkCondition(check: z.core.$ZodCheckDef, reference: string): string {
  const value: Readonly<Record<string, unknown>> = { ...check };
  const { pattern, fn, inclusive } = value;
  if (pattern instanceof RegExp) return matches(pattern, reference);
  if (check.check === "greater_than") return `${reference} ${inclusive ? ">=" : ">"} ${value["value"]}`;
  if (check.check === "less_than") return `${reference} ${inclusive ? "<=" : "<"} ${value["value"]}`;
  if (check.check === "min_length") return `length(${reference}) >= ${value["minimum"]}`;
  if (check.check === "max_length") return `length(${reference}) <= ${value["maximum"]}`;
  const condition = typeof fn === "function" ? conditionOf(fn) : undefined;
  if (condition === undefined) {
    throw new Error(`${reference}: Terraform can't check "${check.check}": declare it with rule(…) in env/`);
  }
  return condition(reference);
}

function messageOf(error: z.core.$ZodErrorMap<never> | undefined): string {
  const message = error?.({} as never);
  return (typeof message === "object" ? message?.message : message) ?? "is not valid";
}

/** A look ahead at the beginning of a pattern, which Terraform's regular expressions (RE2) do not have. */
const LOOKAHEAD = /^\^\(\?([=!])((?:[^()\\]|\\.|\[[^\]]*\]|\((?:[^()\\]|\\.)*\))*)\)/;

function matches(pattern: RegExp, reference: string): string {
  const ahead = LOOKAHEAD.exec(pattern.source);
  if (ahead === null) {
    if (UNKNOWN_TO_RE2.test(pattern.source) || !["", "u"].includes(pattern.flags)) {
      throw new Error(
        `${reference}: Terraform can't match ${pattern}: remove flags, backreferences, lookbehinds, and lookaheads that are not at the beginning`,
      );
    }
    return `can(regex(${quote(pattern.source)}, ${reference}))`;
  }
  const [all, sign, what] = ahead;
  if (hasAlternatives(pattern.source)) {
    throw new Error(
      `${reference}: Terraform can't match ${pattern}: put the alternatives after a lookahead into a group`,
    );
  }
  const condition = `can(regex(${quote(hasAlternatives(what ?? "") ? `^(?:${what})` : `^${what}`)}, ${reference}))`;
  const rest = matches(new RegExp(`^${pattern.source.slice(all.length)}`, pattern.flags), reference);
  return `${sign === "!" ? "!" : ""}${condition} && ${rest}`;
}

const UNKNOWN_TO_RE2 = /\(\?[=!<]|\\[1-9]/;

/** Whether a pattern has alternatives outside of its groups and sets of characters. */
function hasAlternatives(source: string): boolean {
  let rest = source.replace(/\\.|\[[^\]]*\]/g, "");
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\([^()]*\)/g, "");
  }
  return rest.includes("|");
}

/** A text of Terraform's language, in which `${` and `%{` begin a template. */
function quote(text: string): string {
  return JSON.stringify(text.replaceAll("\\/", "/")).replace(/[$%](?=\{)/g, "$&$&");
}
