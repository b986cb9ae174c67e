import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { type Operation, operationsOf } from "../../../openapi/operations.ts";
import { guardsOf, isSigned, meaningOf, requirementsOf, schemeOf } from "../../../openapi/security.ts";
import { routeKeyOf } from "../routes.ts";

/** A method that looks as if it asked for an authorization, and lets everybody in: on AWS, and so here. */
export interface OpenMethod {
  /** Such as `GET /items/{id}`. */
  readonly route: string;
  readonly pointer: string;
  readonly faults: readonly string[];
}

/** For whoever starts the API: what API Gateway ignores of a document's security leaves these methods open. */
export function findOpenMethods(document: OpenApiDocument): readonly OpenMethod[] {
  return operationsOf(document).flatMap((operation): OpenMethod[] => {
    const { value, pointer } = operation;
    if (guardsOf(document, value).length > 0 || isSigned(document, value)) return [];
    const faults = [...schemeFaults(document, operation), ...rootFaults(document, operation)];
    return faults.length === 0 ? [] : [{ route: routeKeyOf(operation), pointer, faults }];
  });
}

function schemeFaults(document: OpenApiDocument, { value }: Operation): string[] {
  return requirementsOf(value, "").flatMap(({ scheme }) => {
    const meaning = meaningOf(schemeOf(document, scheme)?.value ?? {});
    return meaning.guard === "none" ? [`security scheme "${scheme}": ${meaning.fault}`] : [];
  });
}

/** A preflight is answered without credentials, so that it is meant to be open. */
function rootFaults(document: OpenApiDocument, { value, method, integration }: Operation): string[] {
  const isMeant = "security" in value || "x-amazon-apigateway-auth" in value;
  const isPreflight = method === "options" && integration?.type === "mock";
  if (isMeant || isPreflight || requirementsOf(document, "").length === 0) return [];
  return ["security of the document is ignored; write it at the method"];
}
