import { candidatesFor } from "./candidate-values.ts";
import { isKnownToHold, type Values, variablesIn } from "./conditions.ts";
import type { Rule, StackFacts, Variable } from "./read-stack.ts";

/** A rule of a variable, and values under which it alone is broken. */
export interface BrokenRule {
  readonly rule: Rule;
  readonly values: Values;
}

/** At most so many other variables follow a value, so that nothing else breaks. */
const MOST_REPAIRS = 3;

/** Finds values that break the rules of a stack's variables, each by itself. */
export class RuleBreaker {
  readonly #stack: StackFacts;
  readonly #variables: ReadonlyMap<string, Variable>;
  /** By variable: other ones that its rules speak of. */
  readonly #spokenOf: ReadonlyMap<string, readonly string[]>;
  /** By variable: those, and what theirs speak of. */
  readonly #needs = new Map<string, ReadonlySet<string>>();

  constructor(stack: StackFacts) {
    this.#stack = stack;
    this.#variables = new Map(stack.variables.map((variable) => [variable.name, variable]));
    this.#spokenOf = new Map(
      stack.variables.map(({ name, rules }) => {
        const all = rules.flatMap(({ condition }) => variablesIn(condition));
        return [name, [...new Set(all)].filter((other) => other !== name)];
      }),
    );
  }

  /** Values for which the rule is broken, and no other one of the stack; undefined where none are known. */
  breakAlone(rule: Rule): Values | undefined {
    const subject = this.#variables.get(nameOf(rule));
    if (subject === undefined) return undefined;
    const own = candidatesFor(subject, rule.condition, this.#stack.values);
    for (const value of own) {
      const found = this.#repaired(rule, { [subject.name]: value });
      if (found) return found;
    }
    for (const other of variablesIn(rule.condition)) {
      const variable = this.#variables.get(other);
      if (variable === undefined || variable === subject) continue;
      for (const theirs of candidatesFor(variable, rule.condition, this.#stack.values)) {
        for (const value of [subject.value, ...own]) {
          const found = this.#repaired(rule, { [subject.name]: value, [other]: theirs });
          if (found) return found;
        }
      }
    }
    return undefined;
  }

  /**
   * Whether in one run each of these rules is what its variable fails for, and nothing else fails. Terraform does not look at
   * the rules of a variable that speak of one that fails.
   */
  breakTogether(all: readonly BrokenRule[]): boolean {
    const subjects = new Set(all.map(({ rule }) => nameOf(rule)));
    const assigned = all.flatMap(({ values }) => Object.entries(values));
    const given = Object.fromEntries(assigned);
    const isOneValue = assigned.every(
      ([name, value]) => JSON.stringify(given[name]) === JSON.stringify(value),
    );
    if (subjects.size < all.length || !isOneValue) return false;
    return this.#touchedBy(given).every((variable) => {
      const expected = all.filter(({ rule }) => nameOf(rule) === variable.name).map(({ rule }) => rule);
      const isUnseen = [...this.#needsOf(variable.name)].some((name) => subjects.has(name));
      if (isUnseen) return expected.length === 0;
      const broken = this.#brokenRules(variable, given);
      return broken.length === expected.length && broken.every((rule) => expected.includes(rule));
    });
  }

  /** The values, with others changed for which they would break a rule; undefined where the rule is not broken alone. */
  #repaired(rule: Rule, values: Values, repairs = MOST_REPAIRS): Values | undefined {
    const subject = this.#variables.get(nameOf(rule));
    if (subject === undefined) return undefined;
    const own = this.#brokenRules(subject, values);
    if (own.length !== 1 || own[0] !== rule) return undefined;
    const other = this.#touchedBy(values).find(
      (each) =>
        each !== subject &&
        !this.#needsOf(each.name).has(subject.name) &&
        this.#brokenRules(each, values).length > 0,
    );
    if (other === undefined) return values;
    if (repairs === 0 || Object.hasOwn(values, other.name)) return undefined;
    for (const value of candidatesFor(other, rule.condition, this.#stack.values)) {
      const changed = { ...values, [other.name]: value };
      const isRepaired = this.#brokenRules(other, changed).length === 0;
      const found = isRepaired ? this.#repaired(rule, changed, repairs - 1) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  /** Those with a rule that speaks of one of these; all others keep theirs. */
  #touchedBy(values: Values): readonly Variable[] {
    return this.#stack.variables.filter(({ name }) =>
      [...this.#direct(name), name].some((each) => Object.hasOwn(values, each)),
    );
  }

  #brokenRules({ rules }: Variable, changed: Values): Rule[] {
    const roots = { var: { ...this.#stack.values, ...changed } };
    return rules.filter(({ condition }) => isKnownToHold(condition, roots) === false);
  }

  #needsOf(name: string): ReadonlySet<string> {
    const known = this.#needs.get(name);
    if (known) return known;
    const needs = new Set(this.#direct(name).flatMap((other) => [other, ...this.#needsOf(other)]));
    this.#needs.set(name, needs);
    return needs;
  }

  /** Other variables of which its rules speak. */
  #direct(name: string): readonly string[] {
    return this.#spokenOf.get(name) ?? [];
  }
}

const nameOf = ({ address }: Rule) => address.replace(/^var\./, "");
