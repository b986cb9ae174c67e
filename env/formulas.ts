import { valueAt } from "./field-notes.ts";

/**
 * A rule between fields, written once for the schema and for Terraform, in which other values may override those of an
 * environment: `field > sum of products`, or with a condition that makes it needless, `other <= 1 || field > 2`. A problem
 * is reported for the last field before a relation.
 */
export interface Formula {
  readonly formula: string;
  readonly because: string;
}

interface Relation {
  readonly words: string;
  readonly holds: (left: unknown, right: unknown) => boolean;
  readonly condition: (left: string, right: string) => string;
}
interface Comparison {
  readonly field: string;
  readonly relation: Relation;
  readonly term: string;
}

const infix = (sign: string) => (left: string, right: string) => `${left} ${sign} ${right}`;
const relations: Readonly<Record<string, Relation>> = {
  "<": { words: "be below", holds: (a, b) => Number(a) < Number(b), condition: infix("<") },
  "<=": { words: "be at most", holds: (a, b) => Number(a) <= Number(b), condition: infix("<=") },
  ">": { words: "be above", holds: (a, b) => Number(a) > Number(b), condition: infix(">") },
  ">=": { words: "be at least", holds: (a, b) => Number(a) >= Number(b), condition: infix(">=") },
  "is none of": {
    words: "differ from",
    holds: (value, others) => ![others].flat().includes(value),
    condition: (value, others) => `!contains([${others}], ${value})`,
  },
  "is another role than": {
    words: "differ from",
    // IAM knows no difference of upper and lower case between names.
    holds: (name, others) => ![others].flat().some((other) => isSameText(name, other)),
    condition: (name, others) => `!contains([${others.replace(/[^, ]+/g, "lower($&)")}], lower(${name}))`,
  },
  "is a key of": {
    words: "be a key of",
    holds: (arn, region) => String(arn).split(":")[3] === region,
    condition: (arn, region) => `try(split(":", ${arn})[3] == ${region}, false)`,
  },
};
const isSameText = (one: unknown, other: unknown) =>
  String(one).toLowerCase() === String(other).toLowerCase();
/** The region is the one field outside of a group. */
const PATHS = /[a-z]\w*(?:\.\w+)+|\bregion$/gi;

function comparisonsOf({ formula }: Formula): readonly [subject: Comparison, ...others: Comparison[]] {
  const all = formula.split(" || ").map((text) => {
    const [, field = "", sign = "", term = ""] =
      /^(\S+) ([<>]=?|is none of|is another role than|is a key of) (.+)$/.exec(text) ?? [];
    const relation = relations[sign];
    if (relation === undefined) throw new Error(`"${text}" is no comparison`);
    return { field, relation, term };
  });
  const [subject, ...others] = all.toReversed();
  if (subject === undefined) throw new Error("a formula is empty");
  return [subject, ...others];
}

/** The fields of a formula, the one with the problem first. */
export function fieldsOf(formula: Formula): string[] {
  const [subject, ...others] = comparisonsOf(formula);
  return [subject, ...others].flatMap(({ field, term }) => [field, ...(term.match(PATHS) ?? [])]);
}

/** A formula and its reason, as Markdown. */
export function statementOf({ formula, because }: Formula): string {
  const isCalculated = /[<>]/.test(formula);
  const text = formula.replaceAll(PATHS, "`$&`").replace("is none of", "differs from");
  return `${isCalculated ? `\`${formula}\`` : text}: ${because}.`;
}

/** What is wrong in an environment: nothing if it does not have the fields of the formula. */
export function problemOf(formula: Formula, environment: unknown): string | undefined {
  const read = (path: string) => valueAt(environment, path.split("."));
  const [subject, ...others] = comparisonsOf(formula);
  const value = read(subject.field);
  const speaksOf = fieldsOf(formula).filter((field) => read(field) !== undefined);
  if (value === undefined || speaksOf.length < 2) return undefined;
  const holds = ({ field, relation, term }: Comparison) => relation.holds(read(field), calculate(term, read));
  if ([subject, ...others].some(holds)) return undefined;
  return describe(formula, (term) => {
    const list = term.split(", ");
    if (list.length > 1) return list.filter((path) => isSameText(read(path), value)).join(", ");
    return term.includes(" ") ? `${Math.floor(Number(calculate(term, read)))} (${term})` : term;
  });
}

/**
 * A formula as Terraform's.
 * @param variable names the variable of a field, if the stack has one
 */
export function validationOf(formula: Formula, variable: (field: string) => string | undefined) {
  const [subject, ...others] = comparisonsOf(formula);
  const write = (term: string, prefix: string) => {
    const declared = term.split(", ").filter((each) => (each.match(PATHS) ?? []).every(variable));
    return declared.join(", ").replace(PATHS, (path) => `${prefix}${variable(path)}`);
  };
  const all = [...others, subject];
  if (all.some(({ field, term }) => write(field, "") === "" || write(term, "") === "")) return undefined;
  return {
    condition: all
      .map(({ field, relation, term }) => relation.condition(write(field, "var."), write(term, "var.")))
      .join(" || "),
    errorMessage: describe(formula, (term) => write(term, "")),
  };
}

function describe(formula: Formula, show: (term: string) => string): string {
  const [subject, ...others] = comparisonsOf(formula);
  const must = ({ relation, term }: Comparison) => `must ${relation.words} ${show(term)}`;
  const either = others.map((other) => `, or ${show(other.field)} ${must(other)}`).join("");
  return `${must(subject)}${either}: ${formula.because}`;
}

function calculate(term: string, read: (path: string) => unknown): unknown {
  if (term.includes(", ")) return term.split(", ").map(read);
  const number = (part: string) => Number(calculate(part, read));
  const sum = term.split(" + ");
  if (sum.length > 1) return sum.reduce((total, part) => total + number(part), 0);
  const rounded = /^ceil\((.*)\)$/.exec(term)?.[1];
  if (rounded !== undefined) return Math.ceil(number(rounded));
  const [first = "", ...steps] = term.split(" ");
  if (steps.length === 0) return /^\d+$/.test(first) ? Number(first) : read(first);
  return steps.reduce((total, step, index) => {
    if (index % 2 === 0) return total;
    return steps[index - 1] === "*" ? total * number(step) : total / number(step);
  }, number(first));
}
