import { UserError } from "../../contract/user-error.ts";

/** A metric without data is undefined, and so is what is computed of it, unless FILL says what stands for it. */
type Value = number | undefined;

const tokenForm = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z][A-Za-z0-9_]*)|(>=|<=|==|!=|[-+*/()<>,]))/y;

/**
 * The value of an expression for one period: arithmetic, comparisons, IF and FILL of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws {UserError} where it is something else
 */
export function evaluateMetricMath(expression: string, metrics: ReadonlyMap<string, Value>): Value {
  const parser = new Parser(tokenize(expression), metrics);
  const value = parser.comparison();
  parser.end();
  return value;
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  tokenForm.lastIndex = 0;
  const text = expression.trimEnd();
  while (tokenForm.lastIndex < text.length) {
    const at = tokenForm.lastIndex;
    const match = tokenForm.exec(text);
    if (match === null) throw new UserError(`"${text.slice(at)}" cannot be read`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return tokens;
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

const arithmetic: Readonly<Record<string, (a: number, b: number) => Value>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0 ? undefined : a / b),
};

class Parser {
  readonly #tokens: string[];
  readonly #metrics: ReadonlyMap<string, Value>;

  constructor(tokens: string[], metrics: ReadonlyMap<string, Value>) {
    this.#tokens = tokens;
    this.#metrics = metrics;
  }

  end(): void {
    if (this.#tokens.length > 0) throw new UserError(`"${this.#tokens[0]}" is not expected`);
  }

  comparison(): Value {
    const left = this.#sum();
    const compare = comparisons[this.#tokens[0] ?? ""];
    if (compare === undefined) return left;
    this.#tokens.shift();
    const right = this.#sum();
    return left === undefined || right === undefined ? undefined : Number(compare(left, right));
  }

  #sum(): Value {
    return this.#chain(["+", "-"], () => this.#product());
  }

  #product(): Value {
    return this.#chain(["*", "/"], () => this.#operand());
  }

  #chain(operators: readonly string[], operand: () => Value): Value {
    let left = operand();
    while (operators.includes(this.#tokens[0] ?? "")) {
      const apply = arithmetic[this.#tokens.shift() ?? ""];
      const right = operand();
      left = left === undefined || right === undefined ? undefined : apply?.(left, right);
    }
    return left;
  }

  #operand(): Value {
    const token = this.#tokens.shift() ?? "";
    if (token === "(") {
      const value = this.comparison();
      this.#expect(")");
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (this.#tokens[0] === "(") return this.#call(token);
    if (!this.#metrics.has(token)) throw new UserError(`there is no metric "${token}"`);
    return this.#metrics.get(token);
  }

  #call(name: string): Value {
    this.#expect("(");
    const values = [this.comparison()];
    while (this.#tokens[0] === ",") {
      this.#tokens.shift();
      values.push(this.comparison());
    }
    this.#expect(")");
    const [first, second, third] = values;
    if (name === "FILL" && values.length === 2) return first ?? second;
    if (name === "IF" && values.length === 3) {
      if (first === undefined) return undefined;
      return first === 0 ? third : second;
    }
    throw new UserError(`${name} with ${values.length} arguments is not executed here`);
  }

  #expect(token: string): void {
    const next = this.#tokens.shift();
    if (next !== token) throw new UserError(`"${token}" is expected, not "${next ?? "the end"}"`);
  }
}
