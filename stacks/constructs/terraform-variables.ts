import { type TerraformStack, TerraformVariable, Token, VariableType } from "cdktf";

/** A condition over a reference such as `var.region`, and what to tell whoever breaks it. */
export interface Validation {
  readonly condition: (reference: string) => string;
  readonly errorMessage: string;
}

interface VariableProps<Value> {
  readonly description: string;
  readonly value: Value;
  readonly validations: readonly Validation[];
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

  string(name: string, props: VariableProps<string>): string {
    return this.#declare(name, VariableType.STRING, props).stringValue;
  }

  number(name: string, props: VariableProps<number>): number {
    return this.#declare(name, VariableType.NUMBER, props).numberValue;
  }

  boolean(name: string, props: VariableProps<boolean>) {
    return this.#declare(name, VariableType.BOOL, props).booleanValue;
  }

  strings(name: string, props: VariableProps<readonly string[]>): string[] {
    return this.#declare(name, VariableType.LIST_STRING, props).listValue;
  }

  stringMap(name: string, props: VariableProps<Readonly<Record<string, string>>>): Record<string, string> {
    return Token.asStringMap(this.#declare(name, VariableType.MAP_STRING, props).value);
  }

  #declare(name: string, type: string, props: VariableProps<unknown>): TerraformVariable {
    this.values[name] = props.value;
    return new TerraformVariable(this.#stack, name, {
      type,
      description: props.description,
      nullable: false,
      validation: props.validations.map(({ condition, errorMessage }) => ({
        condition: `\${${condition(`var.${name}`)}}`,
        errorMessage: `${name} ${errorMessage}`,
      })),
    });
  }
}

/** `pattern` is an RE2 expression without backslashes and double quotes, since it lands in an HCL string. */
export function matches(pattern: string, errorMessage: string): Validation {
  return { condition: (reference) => `can(regex("${pattern}", ${reference}))`, errorMessage };
}

export function eachMatches(pattern: string, errorMessage: string): Validation {
  return {
    condition: (reference) =>
      `length(${reference}) > 0 && alltrue([for each in ${reference} : can(regex("${pattern}", each))])`,
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
