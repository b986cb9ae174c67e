import { isJsonObject, type JsonObject, objectAt, stringAt } from "./json.ts";
import { jsonPointer } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";
import type { Operation } from "./operations.ts";

const authtypeKey = "x-amazon-apigateway-authtype";
const authorizerKey = "x-amazon-apigateway-authorizer";
const importerIssue = "amazon-archives/aws-apigateway-importer#187";

/** How API Gateway applies a security scheme: as a guard in front of methods, or not at all. */
export type SchemeMeaning =
  | { readonly guard: "apiKey" | "iam" | "authorizer" }
  | { readonly guard: "none"; readonly fault: string }
  /** Methods that require it are not created. */
  | { readonly guard: "refused"; readonly fault: string };

/**
 * API Gateway takes schemes of type apiKey alone: "Unsupported security definition type … Ignoring" is its answer to
 * others, and what it ignores leaves the method open.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function meaningOf(scheme: JsonObject): SchemeMeaning {
  const type = stringAt(scheme, "type") ?? "";
  const authtype = stringAt(scheme, authtypeKey)?.toLowerCase();
  if (type !== "apiKey") {
    const fault = `API Gateway ignores type "${type}", so its methods are open to everybody; write apiKey with ${authorizerKey}`;
    return { guard: "none", fault };
  }
  if (authtype === "awssigv4") return { guard: "iam" };
  return authtype === undefined ? withoutAuthtype(scheme) : withAuthtype(scheme, authtype);
}

function withoutAuthtype(scheme: JsonObject): SchemeMeaning {
  if (authorizerKey in scheme) {
    const fault = `API Gateway ignores the authorizer without ${authtypeKey}, so its methods are open to everybody; add it with custom or cognito_user_pools`;
    return { guard: "none", fault };
  }
  const isKey = stringAt(scheme, "name")?.toLowerCase() === "x-api-key" && scheme["in"] === "header";
  if (isKey) return { guard: "apiKey" };
  const fault = `API Gateway ignores "${scheme["name"]}" in ${scheme["in"]}, so its methods are open to everybody; write x-api-key in header, or add an authorizer`;
  return { guard: "none", fault };
}

/** API Gateway ignores every value except awsSigv4: the authorizer has its own type. */
function withAuthtype(scheme: JsonObject, authtype: string): SchemeMeaning {
  if (isJsonObject(scheme[authorizerKey])) return { guard: "authorizer" };
  const fault = `${authtypeKey} "${authtype}" needs ${authorizerKey}; add it, or API Gateway does not create the methods that require the scheme (${importerIssue})`;
  return { guard: "refused", fault };
}

export interface SecurityScheme {
  readonly pointer: string;
  readonly value: JsonObject;
}

/** The security scheme of a name, or undefined where the document declares none. */
export function schemeOf(document: OpenApiDocument, name: string): SecurityScheme | undefined {
  const schemes = objectAt(objectAt(document, "components"), "securitySchemes");
  const value = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  if (!isJsonObject(value)) return undefined;
  return { pointer: jsonPointer("components", "securitySchemes", name), value };
}

export interface Requirement {
  readonly scheme: string;
  readonly scopes: readonly unknown[];
  readonly pointer: string;
}

/**
 * The requirements of an operation. API Gateway applies every scheme that it names, in one requirement or in several, and
 * ignores `security` of the document.
 */
export function requirementsOf(operation: JsonObject, pointer: string): Requirement[] {
  const security = operation["security"];
  if (!Array.isArray(security)) return [];
  return security.flatMap((entry, index) =>
    Object.entries(isJsonObject(entry) ? entry : {}).map(([scheme, scopes]) => ({
      scheme,
      scopes: Array.isArray(scopes) ? scopes : [],
      pointer: `${pointer}${jsonPointer("security", index, scheme)}`,
    })),
  );
}

/** Whether an operation has nothing but the document's security, which API Gateway ignores. Browsers send no credentials with a preflight. */
export function leavesSecurityToRoot({ method, value, integration }: Operation): boolean {
  const isPreflight = method === "options" && integration?.type === "mock";
  return !("security" in value || "x-amazon-apigateway-auth" in value) && !isPreflight;
}

/** Whether callers must sign, by a scheme or by the extension of an operation. */
export function isSigned(document: OpenApiDocument, operation: JsonObject): boolean {
  const extension = stringAt(objectAt(operation, "x-amazon-apigateway-auth"), "type");
  if (extension?.toUpperCase() === "AWS_IAM") return true;
  return guardsOf(document, operation).some(({ guard }) => guard === "iam");
}

/** The requirements of an operation that API Gateway applies, or refuses to create the method for. */
export function guardsOf(
  document: OpenApiDocument,
  operation: JsonObject,
): (Requirement & { readonly guard: SchemeMeaning["guard"] })[] {
  return requirementsOf(operation, "").flatMap((requirement) => {
    const scheme = schemeOf(document, requirement.scheme);
    const guard = scheme === undefined ? "none" : meaningOf(scheme.value).guard;
    return guard === "none" ? [] : [{ ...requirement, guard }];
  });
}
