import type { Construct } from "constructs";
import type { StackPart } from "../../env/api-fields.ts";
import type { Binding, EnvironmentApi } from "../../env/schema.ts";
import type { PlaceholderValues } from "../../openapi/bind-placeholders.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { listPlaceholders } from "../../openapi/placeholders.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { ExistingBinding } from "../constructs/existing-binding.ts";
import { ExternalBinding } from "../constructs/external-binding.ts";
import { ownParts, type PlaceholderParts } from "../constructs/placeholder-parts.ts";

/** A part of the stack, as documents name it: a role or function by its ARN, everything else by its name or id. */
export interface StackPartValue {
  readonly value: string;
  readonly name: string;
}

export interface PlaceholderValuesProps {
  readonly apiName: string;
  /** As the environment says them: what decides the shape of the configuration is no variable. */
  readonly stated: EnvironmentApi["bindings"];
  /** The same with references to variables. */
  readonly bindings: EnvironmentApi["bindings"];
  readonly document: OpenApiDocument;
  readonly account: AwsAccount;
  readonly stackParts: Readonly<Record<StackPart, StackPartValue>>;
}

interface Bound {
  readonly value: string | undefined;
  readonly parts: PlaceholderParts;
}

/** What each placeholder of an API stands for, with those of its parts that the document names, and always its ARN. */
export function placeholderValues(scope: Construct, props: PlaceholderValuesProps): PlaceholderValues {
  const used = new Set(listPlaceholders(props.document).keys());
  const values: Record<string, string> = {};
  for (const placeholder of Object.keys(props.bindings)) {
    const { value, parts } = bind(scope, placeholder, props);
    if (value !== undefined) values[placeholder] = value;
    for (const [part, read] of Object.entries(parts)) {
      const name = `${placeholder}.${part}`;
      if (part === "arn" || used.has(name)) values[name] = read();
    }
  }
  return values;
}

function bind(scope: Construct, placeholder: string, props: PlaceholderValuesProps): Bound {
  const { apiName, account, stated, stackParts } = props;
  const binding = props.bindings[placeholder];
  if (binding === undefined) throw new Error(`${placeholder} has no binding`);
  const id = `${apiName}-${placeholder.replace(".", "-")}`;
  if (typeof binding === "string") {
    const { value, name } = stackParts[binding];
    return { value, parts: ownParts({ placeholder, account, name, value, isAlias: false }) };
  }
  if (binding.kind === "external") return new ExternalBinding(scope, id, { placeholder, arn: binding.arn });
  const { name } = binding;
  const { value } = new ExistingBinding(scope, id, { placeholder, name, region: account.region });
  const isAlias = placeholder.startsWith("key.") && !isKeyId(stated[placeholder]);
  return { value, parts: ownParts({ placeholder, account, name, value, isAlias }) };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/concepts-key-id.html; any other name is one of an alias. */
function isKeyId(binding: Binding | undefined): boolean {
  const name = typeof binding === "object" && binding.kind === "existing" ? binding.name : "";
  return /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/.test(name);
}
