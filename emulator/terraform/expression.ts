/** Terraform's expressions, as far as stacks have them. */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "template"; readonly parts: readonly Expression[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Expression, Expression])[] }
  /** `[for name in of : each]` */
  | { readonly kind: "for"; readonly name: string; readonly of: Expression; readonly each: Expression }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "access"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "operation"; readonly operator: string; readonly operands: readonly Expression[] };

/**
 * Parses a string of a configuration: text with interpolations `${…}`, and `$${` and `%%{` for the characters
 * themselves. A string that is one interpolation is its expression, so that it keeps its type.
 * @throws SyntaxError where it is no expression of the kinds above
 */
export function parseTemplate(text: string): Expression {
  const parser = new Parser(text);
  const template = parser.template();
  parser.expectEnd();
  return template;
}

/** From the loosest to the tightest: https://developer.hashicorp.com/terraform/language/expressions/operators */
const binaryOperators = [["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"]];

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

class Parser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end of the text, or up to a quote that ends it. */
  template(end?: '"'): Expression {
    const parts: Expression[] = [];
    let literal = "";
    const flush = () => {
      if (literal !== "") parts.push({ kind: "literal", value: literal });
      literal = "";
    };
    while (this.#position < this.#text.length && this.#text[this.#position] !== end) {
      if (this.#take("$${")) literal += "${";
      else if (this.#take("%%{")) literal += "%{";
      else if (this.#take("%{")) throw this.#error("template directives are not resolved here");
      else if (this.#take("${")) {
        flush();
        parts.push(this.#expression());
        this.#expect("}");
      } else literal += end === undefined ? this.#character() : this.#escapedCharacter();
    }
    flush();
    const [only] = parts;
    if (parts.length === 0) return { kind: "literal", value: "" };
    return parts.length === 1 && only !== undefined ? only : { kind: "template", parts };
  }

  expectEnd(): void {
    if (this.#position < this.#text.length)
      throw this.#error(`"${this.#text[this.#position]}" is not expected`);
  }

  #expression(): Expression {
    const condition = this.#binary(0);
    if (!this.#takeToken("?")) return condition;
    const whenTrue = this.#expression();
    this.#expect(":");
    return { kind: "operation", operator: "?", operands: [condition, whenTrue, this.#expression()] };
  }

  #binary(level: number): Expression {
    const operators = binaryOperators[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.#takeToken(candidate));
      if (operator === undefined) return left;
      left = { kind: "operation", operator, operands: [left, this.#binary(level + 1)] };
    }
  }

  #unary(): Expression {
    const operator = ["!", "-"].find((candidate) => this.#takeToken(candidate));
    return operator === undefined
      ? this.#accesses(this.#primary())
      : { kind: "operation", operator, operands: [this.#unary()] };
  }

  #accesses(start: Expression): Expression {
    let expression = start;
    for (;;) {
      if (this.#takeToken("[")) {
        expression = { kind: "access", of: expression, key: this.#expression() };
        this.#expect("]");
      } else if (this.#takeToken(".")) {
        expression = { kind: "access", of: expression, key: { kind: "literal", value: this.#key() } };
      } else return expression;
    }
  }

  #primary(): Expression {
    if (this.#takeToken("(")) {
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    if (this.#takeToken("[")) {
      const isFor = this.#match(/for(?=\s)/y) !== undefined;
      return isFor ? this.#for() : { kind: "list", items: this.#sequence("]", () => this.#expression()) };
    }
    if (this.#takeToken("{")) return { kind: "object", entries: this.#sequence("}", () => this.#entry()) };
    if (this.#takeToken('"')) {
      const text = this.template('"');
      this.#expect('"');
      return text;
    }
    const number = this.#match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    return this.#named(this.#identifier());
  }

  #named(name: string): Expression {
    if (name === "for") throw this.#error("only [for … in … : …] is resolved here");
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    if (name === "null") return { kind: "literal", value: null };
    if (!this.#takeToken("(")) return { kind: "name", name };
    return { kind: "call", name, args: this.#sequence(")", () => this.#expression()) };
  }

  #for(): Expression {
    const name = this.#identifier();
    this.#expect("in");
    const of = this.#expression();
    this.#expect(":");
    const each = this.#expression();
    this.#expect("]");
    return { kind: "for", name, of, each };
  }

  #entry(): readonly [Expression, Expression] {
    // A bare name is a key by itself; any other key is in quotes or parentheses.
    const name = this.#match(/[A-Za-z_][\w-]*(?=\s*[=:])/y);
    const key: Expression = name === undefined ? this.#primary() : { kind: "literal", value: name };
    if (!this.#takeToken("=") && !this.#takeToken(":")) throw this.#error('"=" is missing behind a key');
    return [key, this.#expression()];
  }

  #sequence<Item>(end: string, item: () => Item): Item[] {
    const items: Item[] = [];
    while (!this.#takeToken(end)) {
      items.push(item());
      if (!this.#takeToken(",")) {
        this.#expect(end);
        return items;
      }
    }
    return items;
  }

  #key(): string {
    return this.#match(/\d+/y) ?? this.#identifier();
  }

  #identifier(): string {
    const name = this.#match(/[A-Za-z_][\w-]*/y);
    if (name === undefined) throw this.#error("a value is missing");
    return name;
  }

  #character(): string {
    return this.#text[this.#position++] ?? "";
  }

  #escapedCharacter(): string {
    const character = this.#character();
    if (character !== "\\") return character;
    const letter = this.#character();
    if (letter === "u") return String.fromCharCode(Number.parseInt(this.#match(/[0-9a-fA-F]{4}/y) ?? "", 16));
    const plain = escapes[letter];
    if (plain === undefined) throw this.#error(`"\\${letter}" is no escape`);
    return plain;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  /** White space before it does not count. */
  #takeToken(text: string): boolean {
    const space = /\s*/y;
    space.lastIndex = this.#position;
    const start = this.#position + (space.exec(this.#text)?.[0].length ?? 0);
    if (!this.#text.startsWith(text, start)) return false;
    this.#position = start + text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takeToken(text)) throw this.#error(`"${text}" is missing`);
  }

  #match(pattern: RegExp): string | undefined {
    const space = /\s*/y;
    space.lastIndex = this.#position;
    const start = this.#position + (space.exec(this.#text)?.[0].length ?? 0);
    pattern.lastIndex = start;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#position = start + found.length;
    return found;
  }

  #error(message: string): SyntaxError {
    return new SyntaxError(`${message} at character ${this.#position + 1}`);
  }
}
