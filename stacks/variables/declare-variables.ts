import { type TerraformStack, TerraformVariable, Token, VariableType } from "cdktf";
import * as z from "zod";
import { UserError } from "../../contract/user-error.ts";
import { isRecord, optionOf, unwrap, variableOf } from "../../env/field-notes.ts";
import { fieldsOf, validationOf } from "../../env/formulas.ts";
import { formulas } from "../../env/rules.ts";
import { conditionsOf, type Validation } from "./conditions.ts";

type Field = z.core.$ZodType;

/**
 * Declares the Terraform variables of fields: typed, validated, and without a default.
 * @throws UserError if two fields would be the same variable
 * @returns `references`, the data with a reference in place of each value that is a variable, and `values`, the values by
 *   variable: the content of `<stack>.auto.tfvars.json`, which workspace variables, `-var` and `-var-file` override
 */
export function declareVariables(stack: TerraformStack, fields: Field, data: unknown) {
  const values: Record<string, unknown> = {};
  const declared = new Map<string, { readonly name: string; readonly variable: TerraformVariable }>();

  const declare = (
    field: Field,
    value: unknown,
    path: string,
    labels: readonly string[],
    siblings: Readonly<Record<string, unknown>> = {},
  ): unknown => {
    const inner = unwrap(field);
    // An optional object that is empty has no variable.
    if (field instanceof z.ZodExactOptional && isRecord(value) && Object.keys(value).length === 0)
      return undefined;
    const stated = value === undefined ? undefined : variableOf(inner);
    if (stated) {
      const name = snakeCase(fillLabels(stated.name, labels));
      const [other] = [...declared].find(([, each]) => each.name === name) ?? [];
      if (other !== undefined) {
        throw new UserError(
          `${stack.node.id}: ${other} and ${path} would both be the Terraform variable ${name}: rename one of them`,
        );
      }
      const rules = stated.ruleFor?.(labels.at(-1) ?? "", siblings) ?? inner;
      const variable = new TerraformVariable(stack, name, {
        type: typeOf(inner),
        description: fillLabels(stated.description, labels),
        nullable: false,
        validation: conditionsOf(rules, `var.${name}`).map((each) => validation(name, each)),
      });
      declared.set(path, { name, variable });
      values[name] = value;
      return referenceTo(variable);
    }
    if (inner instanceof z.ZodUnion) {
      const option = optionOf(inner, value);
      return option ? declare(option, value, path, labels, siblings) : value;
    }
    if (inner instanceof z.ZodArray && Array.isArray(value)) {
      return value.map((each, index) =>
        declare(inner.element, each, `${path}.${index}`, [...labels, labelOf(each, index)]),
      );
    }
    if (!isRecord(value)) return value;
    const declareEntry = ([key, each]: [string, unknown]): [string, unknown] => {
      const at = path === "" ? key : `${path}.${key}`;
      if (inner instanceof z.ZodRecord) return [key, declare(inner.valueType, each, at, [...labels, key])];
      const own = inner instanceof z.ZodObject ? inner.shape[key] : undefined;
      return [key, own ? declare(own, each, at, labels, value) : each];
    };
    return Object.fromEntries(Object.entries(value).map(declareEntry));
  };

  const references = declare(fields, data, "", []);
  for (const formula of formulas) {
    const between = validationOf(formula, (field) => declared.get(field)?.name);
    const subject = declared.get(fieldsOf(formula)[0] ?? "");
    if (between) subject?.variable.addValidation(validation(subject.name, between));
  }
  return { references, values };
}

/** The type of a field's variable. */
export function typeOf(field: Field): string {
  if (field instanceof z.ZodBoolean) return VariableType.BOOL;
  if (field instanceof z.ZodArray) return VariableType.LIST_STRING;
  if (field instanceof z.ZodRecord) return VariableType.MAP_STRING;
  const isNumber =
    field instanceof z.ZodNumber || (field instanceof z.ZodUnion && z.safeParse(field, 1).success);
  return isNumber ? VariableType.NUMBER : VariableType.STRING;
}

function referenceTo(variable: TerraformVariable): unknown {
  switch (variable.type) {
    case VariableType.BOOL:
      return variable.booleanValue;
    case VariableType.NUMBER:
      return variable.numberValue;
    case VariableType.LIST_STRING:
      return variable.listValue;
    case VariableType.MAP_STRING:
      return Token.asStringMap(variable.value);
    default:
      return variable.stringValue;
  }
}

function validation(name: string, { condition, errorMessage }: Validation) {
  return { condition: `\${${condition}}`, errorMessage: `${name} ${errorMessage}.` };
}

/** The name of an item of a list, or its number. */
function labelOf(value: unknown, index: number): string {
  return isRecord(value) && typeof value["name"] === "string" ? value["name"] : String(index + 1);
}

function fillLabels(text: string, labels: readonly string[]): string {
  return labels.reduce((filled, label) => filled.replace("*", label), text);
}

function snakeCase(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
