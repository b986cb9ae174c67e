import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrokenRule, RuleBreaker } from "./breaking-values.ts";
import { isKnownToHold, type Values } from "./conditions.ts";
import { answersTo, type Place } from "./looked-up-values.ts";
import { type LookUp, type Rule, readStack, type StackFacts } from "./read-stack.ts";

/** A run of `terraform test`: a plan, and whose conditions must fail. */
interface Run {
  readonly command: "plan";
  readonly variables?: Values;
  readonly override_data?: readonly Override[];
  readonly expect_failures?: readonly string[];
}
interface Override {
  readonly target: string;
  readonly values: Values;
}

/** What a test proves, for those who read its results: Terraform ignores what stands under "//". */
export interface Proof {
  readonly rules: number;
  readonly postconditions: number;
  /** By run and by address: the message of the condition that must fail. */
  readonly broken: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Conditions that no run breaks. */
  readonly unproven: readonly string[];
}

export interface PlanTest {
  readonly "//": Proof;
  readonly mock_provider: Readonly<Record<string, { readonly override_data: readonly Override[] }>>;
  readonly run: Readonly<Record<string, Run>>;
}

/** Where a stack's directory has its test, as `terraform test` finds it. */
export const planTestFile = (stack: string) => join("tests", `${stack}.tftest.json`);

/** Providers of which it is known what they answer. */
const MOCKED = ["hashicorp/aws"];

/** Writes a test of its plan beside a synthesized stack, unless one of its providers answers nobody knows what. */
export function writePlanTest(directory: string): void {
  const stack = readStack(directory);
  if (!stack.providers.every((each) => MOCKED.includes(each))) return;
  mkdirSync(join(directory, "tests"), { recursive: true });
  const text = JSON.stringify(planTestOf(stack), null, 2);
  writeFileSync(join(directory, planTestFile(stack.name)), `${text}\n`);
}

/**
 * A test that plans a stack as it is, and then with what breaks each of its conditions alone, as many in a run as do not meet.
 * @param others rules that the tests of other stacks break, as `ruleKey` gives them
 */
export function planTestOf(stack: StackFacts, others: ReadonlySet<string> = new Set()): PlanTest {
  const place = { accountId: String(stack.values["account_id"]), region: String(stack.values["region"]) };
  const rules = brokenRules(stack, others);
  const postconditions = brokenPostconditions(stack, place);
  const numbered = [
    ...rules.runs.map((run, index) => [`rules_${index + 1}`, run] as const),
    ...postconditions.runs.map((run, index) => [`postconditions_${index + 1}`, run] as const),
  ];
  return {
    "//": {
      rules: rules.runs.flatMap(({ broken }) => broken).length,
      postconditions: postconditions.runs.flatMap(({ broken }) => broken).length,
      broken: Object.fromEntries(
        numbered.map(([name, { broken }]) => [
          name,
          Object.fromEntries(broken.map(({ address, message }) => [address, message])),
        ]),
      ),
      unproven: [...rules.unproven, ...postconditions.unproven, ...stack.others],
    },
    mock_provider: {
      aws: {
        override_data: stack.lookUps.flatMap((lookUp) => {
          const values = answersTo(lookUp, place)?.right;
          return values ? [{ target: lookUp.address, values }] : [];
        }),
      },
    },
    run: {
      plan: { command: "plan" },
      ...Object.fromEntries(numbered.map(([name, { run }]) => [name, run])),
    },
  };
}

/** The same without what is broken: the plan of a stack as it is. */
export function planOf(stack: StackFacts): PlanTest {
  const others = new Set(stack.variables.flatMap(({ rules }) => rules).map(ruleKey));
  const lookUps = stack.lookUps.map((lookUp) => ({ ...lookUp, postconditions: [] }));
  return planTestOf({ ...stack, lookUps, others: [] }, others);
}

interface BreakingRuns {
  readonly runs: readonly { readonly run: Run; readonly broken: readonly Rule[] }[];
  readonly unproven: readonly string[];
}

/** The same for two stacks where Terraform checks the same of the same variable. */
export const ruleKey = ({ address, condition }: Rule) => `${address} ${condition}`;

function brokenRules(stack: StackFacts, others: ReadonlySet<string>): BreakingRuns {
  const breaker = new RuleBreaker(stack);
  const found = stack.variables
    .flatMap(({ rules }) => rules)
    .filter((rule) => !others.has(ruleKey(rule)))
    .map((rule) => ({ rule, values: breaker.breakAlone(rule) }));
  const groups = groupTogether(
    found.flatMap(({ rule, values }): BrokenRule[] => (values ? [{ rule, values }] : [])),
    (group) => breaker.breakTogether(group),
  );
  return {
    runs: groups.map((group) => ({
      run: {
        command: "plan",
        variables: Object.assign({}, ...group.map(({ values }) => values)),
        expect_failures: group.map(({ rule }) => rule.address),
      },
      broken: group.map(({ rule }) => rule),
    })),
    unproven: found.filter(({ values }) => values === undefined).map(({ rule }) => rule.message),
  };
}

function brokenPostconditions(stack: StackFacts, place: Place): BreakingRuns {
  const found = stack.lookUps.flatMap((lookUp) =>
    lookUp.postconditions.map((rule) => ({
      lookUp,
      rule,
      values: answerThatBreaks(rule, lookUp, stack, place),
    })),
  );
  const groups = groupTogether(
    found.flatMap(({ values, ...each }) => (values ? [{ ...each, values }] : [])),
    (group) => areApart(group.map(({ lookUp }) => lookUp)),
  );
  return {
    runs: groups.map((group) => ({
      run: {
        command: "plan",
        override_data: group.map(({ rule, values }) => ({ target: rule.address, values })),
        expect_failures: group.map(({ rule }) => rule.address),
      },
      broken: group.map(({ rule }) => rule),
    })),
    unproven: found
      .filter(({ values }) => values === undefined)
      .map(({ rule }) => `${rule.address}: ${rule.message}`),
  };
}

/** An answer of AWS for which of the conditions of a data source that one alone is broken. */
function answerThatBreaks(rule: Rule, lookUp: LookUp, stack: StackFacts, place: Place): Values | undefined {
  const { right = {}, wrong = [] } = answersTo(lookUp, place) ?? {};
  return wrong
    .map((values) => ({ ...right, ...values }))
    .find((self) =>
      lookUp.postconditions.every(
        (each) => isKnownToHold(each.condition, { self, var: stack.values }) === (each !== rule),
      ),
    );
}

/** Terraform does not ask for what refers to something that fails. */
function areApart(lookUps: readonly LookUp[]): boolean {
  const addresses = lookUps.map(({ address }) => address);
  return (
    new Set(addresses).size === addresses.length &&
    lookUps.every(({ needs }) => !needs.some((address) => addresses.includes(address)))
  );
}

/** As few groups as come of putting each item into the first one that takes it. */
function groupTogether<Item>(items: readonly Item[], isGroup: (items: readonly Item[]) => boolean): Item[][] {
  const groups: Item[][] = [];
  for (const item of items) {
    const group = groups.find((each) => isGroup([...each, item]));
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups;
}
