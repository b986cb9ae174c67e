import { App, TerraformStack } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { holds } from "../../../cli/plan-tests/conditions.ts";
import { UserError } from "../../../contract/user-error.ts";
import { environmentSchema } from "../../../env/environment-schema.ts";
import { variable } from "../../../env/field-notes.ts";
import { fieldsOf } from "../../../env/formulas.ts";
import { formulas } from "../../../env/rules.ts";
import type { Environment } from "../../../env/schema.ts";
import { declareVariables } from "../../../stacks/variables/declare-variables.ts";
import { declareDeliveryVariables } from "../../../stacks/variables/delivery-variables.ts";
import { declareEnvironmentVariables } from "../../../stacks/variables/environment-variables.ts";
import { loadEnvironment, loadEnvironments } from "../../support/environments.ts";
import { itHolds } from "../../support/property.ts";
import { verifiedDelivery } from "../../support/verified-delivery.ts";

interface Declared {
  readonly references: unknown;
  readonly values: Readonly<Record<string, unknown>>;
  readonly blocks: Readonly<
    Record<string, { readonly validation: readonly { condition: string; error_message: string }[] }>
  >;
}

function declareIn(declare: (stack: TerraformStack) => { readonly values: Declared["values"] }): Declared {
  const stack = new TerraformStack(new App({ skipValidation: true }), "stack");
  const { values, ...references } = declare(stack);
  return { references, values, blocks: stack.toTerraform().variable ?? {} };
}

const ofIngestion = (environment: Environment) =>
  declareIn((stack) => declareEnvironmentVariables(stack, environment));
const ofDelivery = (environment: Environment) =>
  declareIn((stack) => {
    if (environment.delivery.kind === "none") throw new Error("nothing is built");
    return declareDeliveryVariables(stack, environment, environment.delivery);
  });

type Path = readonly string[];

/** Where the data holds what a reference took the place of. */
function variablePaths(data: unknown, references: unknown, path: Path = []): Path[] {
  const isVariable = typeof data !== typeof references || JSON.stringify(data) !== JSON.stringify(references);
  if (!isVariable || data === undefined) return [];
  const isInside =
    typeof data === "object" && data !== null && typeof references === "object" && references !== null;
  const keys = isInside ? Object.keys(data) : [];
  if (keys.length === 0 || keys.some((key) => !(key in Object(references))) || isListToken(references))
    return [path];
  return keys.flatMap((key) => variablePaths(Object(data)[key], Object(references)[key], [...path, key]));
}

/** CDKTF's for a whole list, which is no reference to each of its items. */
const isListToken = (value: unknown) => Array.isArray(value) && String(value[0]).startsWith("#{");

function replaceAt(data: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(data) ? [...data] : { ...Object(data) };
  Object.assign(copy, { [key]: replaceAt(Object(data)[key], rest, value) });
  return copy;
}

const valueAt = (data: unknown, path: Path) => path.reduce<unknown>((at, key) => Object(at)[key], data);

/** prod has no API of somebody else's, to which something outside of the stack is bound. */
const bound: Environment["apis"][number] = {
  name: "branches",
  document: "branches.openapi.json",
  stage: "v1",
  throttling: { rateLimit: 1, burstLimit: 1 },
  bindings: {
    "queue.advice": { kind: "existing", name: "advice" },
    "userPool.people": { kind: "existing", name: "eu-central-1_AbCd12345" },
  },
};
const prod = loadEnvironment("prod");
const environments: readonly { environment: Environment; declare: (environment: Environment) => Declared }[] =
  [
    { environment: loadEnvironment("dev"), declare: ofIngestion },
    // Terraform sees the roles of one stack alone.
    { environment: { ...loadEnvironment("test"), delivery: { kind: "none" } }, declare: ofIngestion },
    { environment: { ...prod, apis: [...prod.apis, bound] }, declare: ofIngestion },
    { environment: loadEnvironment("test"), declare: ofDelivery },
    { environment: verifiedDelivery(), declare: ofDelivery },
  ];

const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."aB3-_./:@ =+,'\"<#"), maxLength: 12 }),
  fc.constantFrom(
    ...["", "a", "ab", "abc", "sg-abc", "xn--bucket", "a..b", "aws:x", "AB", "x@example.com", "us", "ap"],
    ...["10.0.0.0/24", "10.0.0.5/24", "10.0.0.0/8", "10.0.0.0/28", "999.1.1.1/24", "010.0.0.0/24", "::/0"],
    ...["vpc-0a1b2c3d", "vpce-0a1b2c3d", "subnet-0a1b2c3d", "subnet-0A1B2C3D", "12", "123456789012"],
    ...["arn:aws:kms:us-east-1:444444444444:key/1a", "arn:aws:iam::111111111111:role/x", "us-east-1", "x/y"],
    ...[
      "x".repeat(64),
      "x".repeat(65),
      "x".repeat(256),
      "x".repeat(257),
      "https://a.example/b",
      "https://a.b/#c",
    ],
  ),
);
const numbers = fc.oneof(
  fc.integer({ min: -1, max: 40 }),
  fc.constantFrom(
    ...[0.5, 1.3, 6, 6.5, 128, 157, 156, 365, 500, 512, 728, 900, 901, 1_000, 1_001, 1_440, 3_650, 3_651],
    ...[5_133_653, 5_133_654, 6_160_384, 10_240, 10_241, 10_485_760, 10_485_761],
  ),
);

/** Something else of the same type, in part from elsewhere in the environment: such as the name of another role. */
function other(value: unknown, alike: readonly string[]): fc.Arbitrary<unknown> {
  const text = fc.oneof(texts, fc.constantFrom(...alike));
  if (typeof value === "number") return fc.oneof(numbers, fc.constantFrom(value - 1, value + 1));
  if (typeof value === "boolean") return fc.boolean();
  if (typeof value === "string")
    return fc.oneof(
      text,
      text.map((end) => `${value}${end.slice(0, 2)}`),
    );
  if (Array.isArray(value)) {
    const some = fc.subarray([...value, ...value], { minLength: 0 });
    return fc.oneof(some, fc.array(text, { maxLength: 3 }), fc.constant(Array(51).fill(value[0])));
  }
  return fc.oneof(
    fc.dictionary(texts, texts, { maxKeys: 3 }),
    fc
      .constantFrom(50, 51)
      .map((count) => Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, ""]))),
  );
}

/** At the edges of rules that a generated value hits too seldom. */
function specialValues(value: unknown, roles: readonly string[]): unknown[] {
  if (typeof value === "number") return [value - 1, value + 1];
  if (typeof value === "string") {
    const shape = /bucket|intake|documents/.test(value) ? ["abc-s3alias", "192.168.5.4", "xn--abc"] : [];
    return [...shape, ...roles.flatMap((each) => [each, each.toUpperCase()])];
  }
  if (Array.isArray(value)) {
    const [first = ""] = value.map(String);
    const many = Array.from({ length: 60 }, (_, index) =>
      first.startsWith("subnet-") ? `subnet-${String(index).padStart(8, "0")}` : first,
    );
    return [[], [first, first], ["0.0.0.0/0"], ["10.0.0.0/7"], many.slice(0, 7), many.slice(0, 21), many];
  }
  if (typeof value !== "object" || value === null) return [];
  return [{ "aws:x": "x" }, { "a#": "x" }, { a: "#" }, { "": "x" }, { ["k".repeat(129)]: "x" }];
}

const edited = fc.oneof(
  ...environments.map(({ environment, declare }) => {
    const { references } = declare(environment);
    const paths = variablePaths(environment, { ...environment, ...Object(references) });
    const alike = paths.map((path) => valueAt(environment, path)).filter((each) => typeof each === "string");
    const edit = fc
      .constantFrom(...paths)
      .chain((path) => other(valueAt(environment, path), alike).map((value) => ({ path, value })));
    return fc.array(edit, { minLength: 1, maxLength: 2 }).map((edits) => ({
      edits,
      declare,
      data: edits.reduce<unknown>((data, { path, value }) => replaceAt(data, path, value), environment),
    }));
  }),
);

/** Of two networks, which Terraform's language does not compare: such an environment is refused when it is synthesized. */
const SCHEMA_ALONE =
  /^must not contain addresses of \S+, which the stack uses for the VPC endpoint's subnets/;

describe(declareVariables, () => {
  const outcomes = { taken: 0, refused: 0 };

  itHolds(
    "refuses by Terraform's conditions exactly what the schema refuses",
    fc.property(edited, ({ declare, data }) => {
      const problems = environmentSchema.safeParse(data).error?.issues ?? [];
      const isRight = problems.every(({ message }) => SCHEMA_ALONE.test(message));
      const { values, blocks } = declare(data as Environment);

      const broken = Object.values(blocks)
        .flatMap(({ validation }) => validation)
        .filter(({ condition }) => !holds(condition, { var: values }));

      expect(broken.length === 0, broken.map((each) => each.error_message).join("\n")).toBe(isRight);
      outcomes[isRight ? "taken" : "refused"] += 1;
    }),
    {
      numRuns: 150,
      afterwards() {
        expect(outcomes.taken).toBeGreaterThan(15);
        expect(outcomes.refused).toBeGreaterThan(15);
      },
    },
  );

  it.each(environments)(
    "refuses every special value as the schema does: $environment.name",
    ({ environment, declare }) => {
      const { references, values, blocks } = declare(environment);
      const paths = variablePaths(environment, { ...environment, ...Object(references) });
      const isRole = (path: Path) => path.some((key) => /^roles?$/.test(key));
      const roles = paths.filter(isRole).map((path) => String(valueAt(environment, path)));

      for (const path of paths) {
        const before = valueAt(environment, path);
        for (const value of specialValues(before, isRole(path) ? roles : [])) {
          const data = replaceAt(environment, path, value);
          const isRight = environmentSchema.safeParse(data).success;
          const changed = declare(data as Environment);
          const broken = Object.values(changed.blocks)
            .flatMap(({ validation }) => validation)
            .filter(({ condition }) => !holds(condition, { var: changed.values }));

          expect({ path, value, isRight: broken.length === 0 }).toEqual({ path, value, isRight });
        }
      }
      expect(Object.keys(blocks).toSorted()).toEqual(Object.keys(values).toSorted());
    },
    120_000,
  );

  it("speaks of fields that exist: of each formula's in some environment", () => {
    const all = [...loadEnvironments(), verifiedDelivery()];
    const missing = formulas.flatMap(fieldsOf).filter((field) => {
      const path = field.split(".");
      // Only who lets Terraform Enterprise be managed has it.
      return path[1] !== "managed" && all.every((environment) => valueAt(environment, path) === undefined);
    });

    expect(missing).toEqual([]);
  });

  it("gives each formula's subject the condition, but for what is no variable", () => {
    const conditions = environments
      .flatMap(({ environment, declare }) => Object.values(declare(environment).blocks))
      .flatMap(({ validation }) => validation.map(({ error_message }) => error_message))
      .join("\n");

    const without = formulas.filter(({ because }) => !conditions.includes(because));

    expect(without.map(({ formula }) => formula)).toEqual([
      "proxy.limits.connections > proxy.limits.connectionsPerSource * 20",
    ]);
  });

  it.each([
    ["bucket.fooBar", "bucket.fooBAR", "branches_bucket_foo_bar_name"],
    ["bucket.stage", "bucket.Stage", "branches_bucket_stage_name"],
  ])("names two fields that would be one variable: %s and %s", (one, two, name) => {
    const existing = { kind: "existing" as const, name: "abc" };
    const api = { ...bound, bindings: { [one]: existing, [two]: existing } };
    const at = `apis.${prod.apis.length}.bindings`;

    expect(() => ofIngestion({ ...prod, apis: [...prod.apis, api] })).toThrow(
      new UserError(
        `stack: ${at}.${one}.name and ${at}.${two}.name would both be the Terraform variable ${name}: rename one of them`,
      ),
    );
  });

  it("tells a bound that is included from one that is not", () => {
    const field = z.number().gt(1).lt(5);
    const fields = z.strictObject({ a: variable(field, "a", "A.") });

    const { blocks } = declareIn((stack) => declareVariables(stack, fields, { a: 2 }));

    expect(blocks["a"]?.validation.map(({ condition }) => condition)).toEqual([
      "${var.a > 1}",
      "${var.a < 5}",
    ]);
  });

  it("takes the alternatives of a look ahead together", () => {
    const fields = z.strictObject({ a: variable(z.string().regex(/^(?!a|b)c/, "must be"), "a", "A.") });

    const { blocks } = declareIn((stack) => declareVariables(stack, fields, { a: "c" }));

    expect(blocks["a"]?.validation[0]?.condition).toBe(
      '${!can(regex("^(?:a|b)", var.a)) && can(regex("^c", var.a))}',
    );
  });

  it.each<[z.ZodType, string]>([
    [
      z.string().regex(/a(?=b)/, "must be"),
      "can't match /a(?=b)/: remove flags, backreferences, lookbehinds",
    ],
    [z.string().regex(/(?<=a)b/, "must be"), "can't match /(?<=a)b/"],
    [z.string().regex(/(a)\1/, "must be"), "can't match /(a)\\1/"],
    [z.string().regex(/^(?!a)b|c/, "must be"), "put the alternatives after a lookahead into a group"],
    [z.number().multipleOf(2), "set a minimum and a maximum in env/"],
    [z.int().min(1).max(9).multipleOf(3), 'can\'t check "multiple_of"'],
    [
      z
        .int()
        .min(1)
        .max(9)
        .refine((number) => number !== 5),
      'can\'t check "custom"',
    ],
    [z.string().regex(/a/i, "must be"), "can't match /a/i"],
    [z.string().refine((text) => text !== "x", "must be"), 'can\'t check "custom": declare it with rule(…)'],
  ])("refuses a rule that Terraform could not check", (field, message) => {
    const fields = z.strictObject({ a: variable<z.ZodType>(field, "a", "A.") });

    expect(() => declareIn((stack) => declareVariables(stack, fields, { a: "ab" }))).toThrow(message);
  });
});
