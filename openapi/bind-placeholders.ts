import { escapeTerraform } from "./escape-terraform.ts";
import { isJsonObject, type Json } from "./json.ts";
import type { OpenApiDocument, Problem } from "./openapi-document.ts";
import { OpenApiError } from "./openapi-error.ts";
import { bindingOf } from "./placeholder-parts.ts";
import { listPlaceholders, placeholderProblems, splitPlaceholders } from "./placeholders.ts";

/** By placeholder. A binding may also have values for its parts, such as `queue.orders.account`, of which a document may use any. */
export type PlaceholderValues = Readonly<Record<string, string>>;

/** Every stack supplies these; a document need not use them. */
const optionalNames: ReadonlySet<string> = new Set(["account", "region", "partition"]);

/**
 * The document with values for its placeholders. Its own text is escaped for Terraform, the values, which are
 * tokens or Terraform expressions, are inserted as they are.
 * @throws OpenApiError with all unknown, unused and malformed placeholders
 */
export function bindPlaceholders(document: OpenApiDocument, values: PlaceholderValues): OpenApiDocument {
  const problems = bindingProblems(document, values);
  if (problems.length > 0)
    throw new OpenApiError("the placeholders of the document cannot be bound", problems);

  return bindJson(document, values);
}

/** The possible bindings of a placeholder that has no value, as an instruction. */
export type BindingAdvice = (placeholder: string) => string;

/** Everything that keeps these values from being bound. */
export function bindingProblems(
  document: OpenApiDocument,
  values: PlaceholderValues,
  advise: BindingAdvice = () => "bind it",
): Problem[] {
  const placeholders = listPlaceholders(document);
  const bindings = bindingsOf(Object.keys(values));
  const used = bindingsOf([...placeholders.keys()]);
  return [
    ...placeholderProblems(document),
    ...unknownProblems(placeholders, values, advise),
    ...bindings.flatMap((name) => unusedProblem(name, used)),
    ...Object.entries(values).flatMap(([name, value]) => valueProblem(name, value)),
  ];
}

function bindingsOf(placeholders: string[]): string[] {
  return [...new Set(placeholders.map((placeholder) => bindingOf(placeholder).binding))];
}

function unknownProblems(
  placeholders: Map<string, string[]>,
  values: PlaceholderValues,
  advise: BindingAdvice,
): Problem[] {
  const known = bindingsOf(Object.keys(values));
  return [...placeholders].flatMap(([name, pointers]) => {
    if (Object.hasOwn(values, name)) return [];
    const places = pointers.length > 1 ? ` (also at ${pointers.slice(1).join(", ")})` : "";
    const remedy = known.includes(name)
      ? `${name} is bound to something in another account, which has only parts such as {{${name}.arn}}: import the document with --foreign keep, or bind ${name} to something in this account`
      : `${advise(name)}, or correct its name; bound names: ${list(known)}`;
    const message = `no value for {{${name}}}${places}; ${remedy}`;
    return [{ rule: "placeholder-unknown", pointer: pointers[0] ?? "", message }];
  });
}

function unusedProblem(name: string, used: string[]): Problem[] {
  if (used.includes(name) || optionalNames.has(name)) return [];
  const message = `the document has no placeholder for "${name}"; remove the binding, or correct its name; placeholders of the document: ${list(used)}`;
  return [{ rule: "placeholder-unused", pointer: "", message }];
}

/** The body is JSON text: a character that JSON escapes would corrupt the Terraform expression it stands in. */
function valueProblem(name: string, value: string): Problem[] {
  const fault = faultOf(value);
  if (fault === undefined) return [];
  return [{ rule: "placeholder-value", pointer: "", message: `the value of "${name}" ${fault}` }];
}

/** Why a value can't stand in the body as it is, or undefined. */
export function faultOf(value: string): string | undefined {
  if (value === "") return "is empty";
  if (JSON.stringify(value) !== `"${value}"`) {
    return `contains a quote, backslash or control character, got ${JSON.stringify(value)}; put the text into a Terraform local, and use a reference to it`;
  }
  if (/[$%]$/.test(value))
    return `ends with "${value.at(-1)}", which Terraform may read together with the next character; remove it`;
  return undefined;
}

/** One text of a document, bound as all of it would be. */
export function bindText(text: string, values: PlaceholderValues): string {
  return splitPlaceholders(text)
    .map((part) => ("name" in part ? values[part.name] : escapeTerraform(part.literal)))
    .join("");
}

function bindJson<T extends Json>(value: T, values: PlaceholderValues): T;
function bindJson(value: Json, values: PlaceholderValues): Json {
  if (typeof value === "string") return bindText(value, values);
  if (Array.isArray(value)) return value.map((entry) => bindJson(entry, values));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [escapeTerraform(key), bindJson(entry, values)]),
  );
}

function list(names: string[]): string {
  return names.length === 0 ? "none" : names.toSorted().join(", ");
}
