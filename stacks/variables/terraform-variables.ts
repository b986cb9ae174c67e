import { type IResolvable, type TerraformStack, TerraformVariable, Token, VariableType } from "cdktf";

/** A condition over a reference such as `var.region`, and what to tell whoever breaks it. */
export interface Validation {
  readonly condition: (reference: string) => string;
  readonly errorMessage: string;
}

/**
 * Declares Terraform variables (typed, validated, without default) and collects this environment's values,
 * which become `<stack>.auto.tfvars.json`: workspace variables, `-var` and `-var-file` override them.
 */
export class TerraformVariables {
  readonly values: Record<string, unknown> = {};
  readonly #stack: TerraformStack;

  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  string(name: string, value: string, description: string, ...validations: Validation[]): string {
    return this.#declare(name, VariableType.STRING, value, description, validations).stringValue;
  }

  number(name: string, value: number, description: string, ...validations: Validation[]): number {
    return this.#declare(name, VariableType.NUMBER, value, description, validations).numberValue;
  }

  boolean(name: string, value: boolean, description: string): IResolvable {
    const onlyTwo: Validation = {
      condition: (reference) => `contains([true, false], ${reference})`,
      errorMessage: "must be true or false.",
    };
    return this.#declare(name, VariableType.BOOL, value, description, [onlyTwo]).booleanValue;
  }

  strings(
    name: string,
    value: readonly string[],
    description: string,
    ...validations: Validation[]
  ): string[] {
    return this.#declare(name, VariableType.LIST_STRING, value, description, validations).listValue;
  }

  stringMap(
    name: string,
    value: Readonly<Record<string, string>>,
    description: string,
    ...validations: Validation[]
  ): Record<string, string> {
    const variable = this.#declare(name, VariableType.MAP_STRING, value, description, validations);
    return Token.asStringMap(variable.value);
  }

  #declare(
    name: string,
    type: string,
    value: unknown,
    description: string,
    validations: readonly Validation[],
  ): TerraformVariable {
    this.values[name] = value;
    return new TerraformVariable(this.#stack, name, {
      type,
      description,
      nullable: false,
      validation: validations.map(({ condition, errorMessage }) => ({
        condition: `\${${condition(`var.${name}`)}}`,
        errorMessage: `${name} ${errorMessage}`,
      })),
    });
  }
}

/** `pattern` is an RE2 expression without double quotes, since it lands in an HCL string. */
export function matches(pattern: string, errorMessage: string): Validation {
  return { condition: (reference) => isMatch(pattern, reference), errorMessage };
}

/** A condition, such as `can(regex("^[a-z]+$", var.region))`. */
export function isMatch(pattern: string, reference: string): string {
  return `can(regex("${pattern.replaceAll("\\", "\\\\")}", ${reference}))`;
}

/** Every element matches, and there is at least one. */
export function eachMatches(pattern: string, errorMessage: string): Validation {
  return {
    condition: (reference) =>
      `length(${reference}) > 0 && alltrue([for each in ${reference} : ${isMatch(pattern, "each")}])`,
    errorMessage,
  };
}

export function wholeNumberBetween(min: number, max: number): Validation {
  return {
    condition: (reference) =>
      `${reference} == floor(${reference}) && ${reference} >= ${min} && ${reference} <= ${max}`,
    errorMessage: `must be a whole number from ${min} to ${max}.`,
  };
}

/** A rule that may name other variables. */
export function rule(condition: (reference: string) => string, errorMessage: string): Validation {
  return { condition, errorMessage };
}
