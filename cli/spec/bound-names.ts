import { resourceNames } from "../../contract/resource-names.ts";
import type { StackPart } from "../../env/api-fields.ts";
import type { Environment, EnvironmentApi } from "../../env/schema.ts";
import type { GivenNames } from "../../openapi/import/name-literals.ts";

/** The names of the stack's parts that a placeholder can be bound to. Ids that AWS assigns are not known. */
export function partNames({
  roles,
  buckets,
  namePrefix,
  vpcEndpoint,
}: Environment): Readonly<Record<StackPart, string | undefined>> {
  return {
    gatewayWriterRole: roles.gatewayWriter.name,
    documentReaderRole: roles.documentReader.name,
    intakeBucket: buckets.intake.name,
    documentsBucket: buckets.documents.name,
    apiFunction: resourceNames(namePrefix).apiFunction,
    vpcEndpoint: vpcEndpoint.kind === "existing" ? vpcEndpoint.id : undefined,
  };
}

/** The names that the environment's bindings give to deployed resources. */
export function boundNames(environment: Environment, { bindings }: EnvironmentApi): GivenNames {
  const parts = partNames(environment);
  const names: Record<string, Record<string, string>> = {};
  for (const [placeholder, target] of Object.entries(bindings)) {
    const [kind = "", name = ""] = placeholder.split(".");
    const bound = typeof target === "string" ? parts[target] : boundTo(target);
    if (bound !== undefined) names[kind] = { [bound]: name, ...names[kind] };
  }
  return names;
}

/** By its name, or by its ARN where it lies in another account or region. */
function boundTo(target: object): string | undefined {
  if ("arn" in target) return String(target.arn);
  return "name" in target ? String(target.name) : undefined;
}
