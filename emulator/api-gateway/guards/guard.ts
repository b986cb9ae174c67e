import { isJsonObject, type JsonObject, objectAt, stringAt } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import type { IntegratedOperation } from "../../../openapi/operations.ts";
import { guardsOf, isSigned, meaningOf, requirementsOf, schemeOf } from "../../../openapi/security.ts";
import type { Exchange } from "../exchange.ts";
import type { Backends } from "../messages.ts";
import { NotExecutedError } from "../not-executed.ts";
import type { Deployment } from "../request-context.ts";
import { type ApiKey, createApiKeyCheck } from "./api-key.ts";
import { readAuthorizer } from "./authorizer-settings.ts";
import { type Authorize, createLambdaAuthorizer } from "./lambda-authorizer.ts";

/**
 * Lets a request in, with what it learned of its caller in the exchange's context.
 * @throws GatewayError where it does not
 */
export type Guard = (exchange: Exchange, backends: Backends) => Promise<Exchange>;

export interface GuardOptions {
  readonly document: OpenApiDocument;
  readonly deployment: Deployment;
  readonly partition?: string;
  readonly apiKeys: readonly ApiKey[];
  readonly now: () => Date;
}

/**
 * Makes the guards of an API's operations. Those with the same authorizer share the answers that it keeps.
 * @returns a function that throws a NotExecutedError where an operation asks for an authorization that is not executed here
 */
export function createGuards(options: GuardOptions): (operation: IntegratedOperation) => Guard {
  const { document, apiKeys } = options;
  const authorizerOf = createAuthorizers(options);
  return ({ path, value }) => {
    refuseUnread(value);
    refuseOutside(document, path, value);
    refuseUnknown(document, value);
    if (isSigned(document, value)) {
      throw new NotExecutedError("IAM authorization", "use an API key or a Lambda authorizer");
    }
    const guards = guardsOf(document, value);
    const authorize = authorizerOf(
      guards.filter(({ guard }) => guard === "authorizer").map(({ scheme }) => scheme),
    );
    const needsKey = guards.some(({ guard }) => guard === "apiKey");
    const checkKey = needsKey ? createApiKeyCheck(document, apiKeys) : undefined;
    // The authorizer goes first: it may be the one that names the key.
    return async (exchange, backends) => {
      const authorized = await authorize?.(exchange, backends);
      const known = authorized?.exchange ?? exchange;
      return checkKey === undefined ? known : checkKey(known, authorized?.usageIdentifierKey);
    };
  };
}

function createAuthorizers({ document, deployment, partition = "aws", now }: GuardOptions) {
  const authorizers = new Map<string, Authorize>();
  return (schemes: readonly string[]): Authorize | undefined => {
    const [scheme, ...others] = new Set(schemes);
    if (scheme === undefined) return undefined;
    if (others.length > 0) {
      const names = [scheme, ...others].map((name) => `"${name}"`).join(", ");
      throw new NotExecutedError(`a method with several authorizers (${names})`, "keep one of them");
    }
    const settings = readAuthorizer(scheme, schemeOf(document, scheme)?.value ?? {}, deployment);
    const authorize = authorizers.get(scheme) ?? createLambdaAuthorizer(settings, { partition, now });
    authorizers.set(scheme, authorize);
    return authorize;
  };
}

const authKey = "x-amazon-apigateway-auth";

/** What stands in the place of an authorization and is not read as one must not count as none. */
function refuseUnread(operation: JsonObject): void {
  const { security = [], [authKey]: extension = { type: "NONE" } } = operation;
  if (!Array.isArray(security) || !security.every(isJsonObject)) {
    throw new NotExecutedError("a security that is not a list of requirements", "write [{ <scheme>: [] }]");
  }
  const type = isJsonObject(extension) ? stringAt(extension, "type")?.toUpperCase() : undefined;
  if (type === "NONE" || type === "AWS_IAM") return;
  throw new NotExecutedError(
    `${authKey} ${JSON.stringify(extension)}`,
    'write a type of "NONE" or "AWS_IAM", or require a security scheme',
  );
}

/** AWS documents neither for a path, nor the extension for a document: nobody is let in by a guess. */
function refuseOutside(document: OpenApiDocument, path: string, operation: JsonObject): void {
  const item = objectAt(objectAt(document, "paths"), path);
  const isOutside =
    (!("security" in operation) && "security" in item) ||
    (!(authKey in operation) && (authKey in item || authKey in document));
  if (!isOutside) return;
  throw new NotExecutedError(
    `an authorization outside a method (security of a path, or ${authKey})`,
    "write it in the method",
  );
}

/** https://spec.openapis.org/oas/v3.0.3#security-scheme-object */
const schemeTypes: ReadonlySet<string> = new Set(["apiKey", "http", "oauth2", "openIdConnect"]);

function refuseUnknown(document: OpenApiDocument, operation: JsonObject): void {
  for (const { scheme } of requirementsOf(operation, "")) {
    const declared = schemeOf(document, scheme);
    if (declared === undefined) {
      const reason = `the undeclared security scheme "${scheme}"`;
      throw new NotExecutedError(reason, "add it to components.securitySchemes");
    }
    const type = stringAt(declared.value, "type");
    if (type === undefined || !schemeTypes.has(type)) {
      throw new NotExecutedError(
        `the security scheme "${scheme}" without a valid type`,
        `set type at ${declared.pointer} to one of ${[...schemeTypes].join(", ")}, without $ref`,
      );
    }
    const meaning = meaningOf(declared.value);
    if (meaning.guard === "refused") {
      throw new NotExecutedError(`the security scheme "${scheme}"`, meaning.fault);
    }
    // AWS would let everybody in; what has an authorizer was hardly meant so.
    if (meaning.guard === "none" && "x-amazon-apigateway-authorizer" in declared.value) {
      throw new NotExecutedError(
        `the authorizer of the security scheme "${scheme}"`,
        `on AWS, ${meaning.fault}`,
      );
    }
  }
}
