import { jsonPointer } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { integratedOperations, operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";
import {
  guardsOf,
  isSigned,
  leavesSecurityToRoot,
  meaningOf,
  type Requirement,
  requirementsOf,
  schemeOf,
} from "../security.ts";

export const undeclaredScheme: Rule = {
  id: "undeclared-scheme",
  why: "API Gateway can't apply a security scheme that is not declared: the method is open, or missing.",
  link: "https://spec.openapis.org/oas/v3.0.3.html#security-requirement-object",
  check: (document) =>
    allRequirements(document)
      .filter(({ scheme }) => schemeOf(document, scheme) === undefined)
      .map(({ scheme, pointer }) => {
        const message = `"${scheme}" is not declared; add it to components.securitySchemes`;
        return { pointer, message };
      }),
};

export const securityScheme: Rule = {
  id: "security-scheme",
  why: "A security scheme that API Gateway ignores leaves methods open, and one without its authorizer leaves them out.",
  link: "https://github.com/amazon-archives/aws-apigateway-importer/issues/187",
  check: (document) =>
    [...new Set(allRequirements(document).map(({ scheme }) => scheme))].flatMap((name): Finding[] => {
      const scheme = schemeOf(document, name);
      const meaning = scheme && meaningOf(scheme.value);
      return meaning && "fault" in meaning ? [{ pointer: scheme.pointer, message: meaning.fault }] : [];
    }),
};

export const rootSecurity: Rule = {
  id: "root-security",
  why: "API Gateway ignores security at the root of the document: a method without its own is open.",
  link: "https://github.com/amazon-archives/aws-apigateway-importer/issues/204",
  check: (document) => {
    if (requirementsOf(document, "").length === 0) return [];
    const open = operationsOf(document).filter(leavesSecurityToRoot);
    if (open.length === 0) return [];
    const [first] = open;
    const others = open.length > 1 ? ` and ${open.length - 1} more` : "";
    const message = `${first?.pointer}${others} has no security of its own and is open; write it there, or [] where that is wanted`;
    return [{ pointer: jsonPointer("security"), message }];
  },
};

export const oneAuthorizer: Rule = {
  id: "one-authorizer",
  why: "A method has one authorizer at most, beside an API key: API Gateway does not apply the others.",
  link: "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html",
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, value }): Finding[] => {
      const names = guardsOf(document, value).filter(({ guard }) => guard !== "apiKey");
      const different = [...new Set(names.map(({ scheme }) => scheme))];
      if (different.length < 2) return [];
      const message = `${different.join(", ")} are required, but a method has one authorizer; leave one`;
      return [{ pointer: `${pointer}/security`, message }];
    }),
};

/** As API Gateway exports "invoke with caller credentials". */
const callerCredentials = /^arn:[^:]*:iam::\*:user\/\*$/;

export const identityForwarding: Rule = {
  id: "identity-forwarding",
  why: "API Gateway refuses to call a service with the caller's credentials where the caller does not sign.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ value, integration }): Finding[] => {
      const isForwarded = callerCredentials.test(String(integration.value["credentials"]));
      if (!isForwarded || isSigned(document, value)) return [];
      const message =
        "the caller's credentials need a scheme with x-amazon-apigateway-authtype awsSigv4; require one, or name a role";
      return [{ pointer: `${integration.pointer}/credentials`, message }];
    }),
};

function allRequirements(document: OpenApiDocument): Requirement[] {
  return operationsOf(document).flatMap(({ pointer, value }) => requirementsOf(value, pointer));
}
