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
  why: "API Gateway cannot apply a security scheme that is not declared. The method is then open to everybody, or is not created.",
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
  why: "If API Gateway ignores a security scheme, its methods are open to everybody. If the scheme has no authorizer, its methods are not created.",
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
  why: "API Gateway ignores `security` at the root of the document. A method without its own `security` is open to everybody.",
  link: "https://github.com/amazon-archives/aws-apigateway-importer/issues/204",
  check: (document) => {
    if (requirementsOf(document, "").length === 0) return [];
    const open = operationsOf(document).filter(leavesSecurityToRoot);
    if (open.length === 0) return [];
    const [first] = open;
    const others = open.length > 1 ? ` and ${open.length - 1} more` : "";
    const message = `${first?.pointer}${others} has no security of its own, so it is open to everybody; add security there, or [] if the method is meant to be open`;
    return [{ pointer: jsonPointer("security"), message }];
  },
};

export const oneAuthorizer: Rule = {
  id: "one-authorizer",
  why: "A method has at most one authorizer, in addition to an API key. API Gateway does not apply the others.",
  link: "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html",
  check: (document) =>
    operationsOf(document).flatMap(({ pointer, value }): Finding[] => {
      const names = guardsOf(document, value).filter(({ guard }) => guard !== "apiKey");
      const different = [...new Set(names.map(({ scheme }) => scheme))];
      if (different.length < 2) return [];
      const message = `${different.join(", ")} are required, but a method has one authorizer; keep one of them`;
      return [{ pointer: `${pointer}/security`, message }];
    }),
};

/** As API Gateway exports "invoke with caller credentials". */
const callerCredentials = /^arn:[^:]*:iam::\*:user\/\*$/;

export const identityForwarding: Rule = {
  id: "identity-forwarding",
  why: "API Gateway can call a service with the caller's credentials only if the caller signs requests.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ value, integration }): Finding[] => {
      const isForwarded = callerCredentials.test(String(integration.value["credentials"]));
      if (!isForwarded || isSigned(document, value)) return [];
      const message =
        "the integration uses the caller's credentials, but the method does not require signed requests; require a scheme with x-amazon-apigateway-authtype awsSigv4, or name a role";
      return [{ pointer: `${integration.pointer}/credentials`, message }];
    }),
};

function allRequirements(document: OpenApiDocument): Requirement[] {
  return operationsOf(document).flatMap(({ pointer, value }) => requirementsOf(value, pointer));
}
