import { walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** A stage variable that a document reads. */
export interface StageVariableUse {
  readonly name: string;
  /** Of the texts that read it. */
  readonly pointers: readonly string[];
  /** Whether one of them leads nowhere without a value: a URI, credentials, a connection, an identity source. */
  readonly required: boolean;
}

type Segments = readonly (string | number)[];

/**
 * Every stage variable that API Gateway reads for a document, in order of appearance.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
export function stageVariableUses(document: OpenApiDocument): StageVariableUse[] {
  const uses = new Map<string, { pointers: string[]; required: boolean }>();
  for (const { pointer, segments, value } of walk(document)) {
    if (typeof value !== "string" || !isRead(segments)) continue;
    const form = formAt(segments);
    for (const name of new Set([...value.matchAll(form.pattern)].map(nameIn))) {
      const use = uses.get(name) ?? { pointers: [], required: false };
      uses.set(name, { pointers: [...use.pointers, pointer], required: use.required || form.required });
    }
  }
  return [...uses].map(([name, use]) => ({ name, ...use }));
}

/** Extensions alone are read, and of them the documentation is only kept. */
function isRead(segments: Segments): boolean {
  const extension = segments.find((segment) => String(segment).startsWith("x-amazon-apigateway-"));
  return extension !== undefined && extension !== "x-amazon-apigateway-documentation";
}

const NAME = "([A-Za-z0-9_]+)";
const forms = {
  /** `$stageVariables.x`, `${stageVariables.x}`, `$stageVariables['x']`, `$stageVariables.get('x')` */
  template: {
    pattern: new RegExp(
      `\\$!?\\{?stageVariables(?:\\.get\\(\\s*["']${NAME}["']|\\[\\s*["']${NAME}["']|\\.(?!get\\()${NAME})`,
      "g",
    ),
    required: false,
  },
  mapping: { pattern: new RegExp(`^stageVariables\\.${NAME}$`, "g"), required: false },
  identitySource: { pattern: new RegExp(`(?:^|[\\s,])stageVariables\\.${NAME}`, "g"), required: true },
  text: { pattern: new RegExp(`\\$\\{stageVariables\\.${NAME}\\}`, "g"), required: true },
} as const;

function formAt(segments: Segments): (typeof forms)[keyof typeof forms] {
  const holders = segments.map(String);
  if (holders.some((holder) => /^(request|response)Templates$/.test(holder))) return forms.template;
  if (holders.some((holder) => /^(request|response)Parameters$/.test(holder))) return forms.mapping;
  return holders.at(-1) === "identitySource" ? forms.identitySource : forms.text;
}

function nameIn([, ...names]: RegExpExecArray): string {
  return names.find((name) => name !== undefined) ?? "";
}
