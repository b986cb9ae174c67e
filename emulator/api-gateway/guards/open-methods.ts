import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { type Operation, operationsOf } from "../../../openapi/operations.ts";
import {
  guardsOf,
  isSigned,
  leavesSecurityToRoot,
  meaningOf,
  requirementsOf,
  schemeOf,
} from "../../../openapi/security.ts";
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

function rootFaults(document: OpenApiDocument, operation: Operation): string[] {
  if (!leavesSecurityToRoot(operation) || requirementsOf(document, "").length === 0) return [];
  return ["security of the document is ignored; write it at the method"];
}
