/** What a template is made of. Offsets are those of the template's text. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | PrintNode
  | { readonly kind: "set"; readonly target: Reference; readonly value: Expression }
  | {
      readonly kind: "if";
      readonly branches: readonly Branch[];
      readonly otherwise: readonly TemplateNode[];
    }
  | {
      readonly kind: "foreach";
      readonly variable: string;
      readonly items: Expression;
      readonly body: readonly TemplateNode[];
    }
  | { readonly kind: "define"; readonly variable: string; readonly body: readonly TemplateNode[] }
  | { readonly kind: "macro"; readonly name: string; readonly macro: Macro }
  | MacroCallNode
  | { readonly kind: "break" | "stop" };

export interface PrintNode {
  readonly kind: "print";
  readonly reference: Reference;
  /** Backslashes before it: an odd number of them keeps the reference as it is written. */
  readonly backslashes: number;
  readonly source: string;
}

export interface Branch {
  readonly condition: Expression;
  readonly body: readonly TemplateNode[];
}

export interface Macro {
  readonly parameters: readonly string[];
  readonly body: readonly TemplateNode[];
}

/** `#name(…)`, which is plain text where the template has no macro of that name. */
export interface MacroCallNode {
  readonly kind: "macro-call";
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly source: string;
}

export interface Reference {
  readonly kind: "reference";
  readonly name: string;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly kind: "property"; readonly name: string; readonly offset: number }
  | { readonly kind: "index"; readonly index: Expression; readonly offset: number }
  | MethodStep;

export interface MethodStep {
  readonly kind: "method";
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly offset: number;
}

export type Expression =
  | Reference
  | { readonly kind: "literal"; readonly value: string | bigint | number | boolean }
  /** A text in double quotes with references or directives in it. */
  | { readonly kind: "interpolated"; readonly body: readonly TemplateNode[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "range"; readonly from: Expression; readonly to: Expression }
  | { readonly kind: "map"; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | BinaryExpression;

export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

export type Operator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";
