import type { Json, JsonObject } from "../../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../../openapi/openapi-document.ts";
import { operationPointer, s3Document, s3DocumentWith } from "../../documents.ts";
import { at, type Case, uriOf } from "./case.ts";

const schemePointer = "/components/securitySchemes/caller";
const requirement = `${operationPointer}/security/0/caller`;
const authorizer: JsonObject = {
  type: "token",
  authorizerUri: uriOf("lambda:path/2015-03-31/functions/{{function.auth}}/invocations"),
};
const tokenScheme: JsonObject = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authtype": "custom",
  "x-amazon-apigateway-authorizer": authorizer,
};
const keyScheme: JsonObject = { type: "apiKey", name: "x-api-key", in: "header" };
const signedScheme: JsonObject = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authtype": "awsSigv4",
};

/** The sound document whose operation requires schemes that it declares. */
function guarded(schemes: JsonObject, security: Json = [{ caller: [] }]): OpenApiDocument {
  const document = s3DocumentWith(`${operationPointer}/security`, security);
  return {
    ...document,
    components: { ...(s3Document()["components"] as JsonObject), securitySchemes: schemes },
  };
}

const byScheme = (scheme: JsonObject): Case["change"] => ["", guarded({ caller: scheme })];
const byAuthorizer = (changes: JsonObject, scheme: JsonObject = {}): Case["change"] =>
  byScheme({
    ...tokenScheme,
    ...scheme,
    "x-amazon-apigateway-authorizer": { ...authorizer, ...changes },
  });
const authorizerPointer = `${schemePointer}/x-amazon-apigateway-authorizer`;
const { "x-amazon-apigateway-authorizer": _, ...withoutAuthorizer } = tokenScheme;
const { "x-amazon-apigateway-authtype": __, ...withoutAuthtype } = tokenScheme;

function forwardedTo(schemes: JsonObject, extension?: Json): OpenApiDocument {
  const document = guarded(
    schemes,
    Object.keys(schemes).map((name) => ({ [name]: [] })),
  );
  const operation = (document.paths["/files/{item}"] as { put: JsonObject }).put;
  const integration = operation["x-amazon-apigateway-integration"] as JsonObject;
  integration["credentials"] = "arn:{{partition}}:iam::*:user/*";
  if (extension !== undefined) operation["x-amazon-apigateway-auth"] = extension;
  return document;
}

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "undeclared-scheme",
    breaks: "requires a scheme that it does not declare",
    change: [`${operationPointer}/security`, [{ caller: [] }]],
    found: requirement,
  },
  {
    rule: "security-scheme",
    breaks: "requires a scheme whose authorizer is missing",
    change: byScheme(withoutAuthorizer),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "has an authorizer without x-amazon-apigateway-authtype",
    change: byScheme(withoutAuthtype),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "requires a bearer token, which API Gateway does not check",
    change: byScheme({ type: "http", scheme: "bearer" }),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "requires a password",
    change: byScheme({ type: "http", scheme: "basic" }),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "requires OAuth",
    change: byScheme({ type: "oauth2", flows: {} }),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "requires OpenID Connect",
    change: byScheme({ type: "openIdConnect", openIdConnectUrl: "https://a.example" }),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "requires a key under another name",
    change: byScheme({ ...keyScheme, name: "X-Token" }),
    found: schemePointer,
  },
  {
    rule: "security-scheme",
    breaks: "requires a key in the query",
    change: byScheme({ ...keyScheme, in: "query" }),
    found: schemePointer,
  },
  {
    rule: "root-security",
    breaks: "requires a scheme at its root alone",
    change: ["/security", [{ caller: [] }]],
    found: "/security",
  },
  {
    rule: "one-authorizer",
    breaks: "requires one of two authorizers",
    change: ["", guarded({ caller: tokenScheme, other: tokenScheme }, [{ caller: [] }, { other: [] }])],
    found: `${operationPointer}/security`,
  },
  {
    rule: "one-authorizer",
    breaks: "requires a signature and a token",
    change: ["", guarded({ caller: tokenScheme, other: signedScheme }, [{ caller: [], other: [] }])],
    found: `${operationPointer}/security`,
  },
  {
    rule: "identity-forwarding",
    breaks: "passes on the credentials of callers who need none",
    change: ["", forwardedTo({})],
    found: `${at}/credentials`,
  },
  {
    rule: "identity-forwarding",
    breaks: "passes on the credentials of callers who bring a key",
    change: ["", forwardedTo({ caller: keyScheme })],
    found: `${at}/credentials`,
  },
  {
    rule: "authorizer-form",
    breaks: "has an authorizer of an unknown type",
    change: byAuthorizer({ type: "jwt" }),
    found: `${authorizerPointer}/type`,
  },
  {
    rule: "authorizer-form",
    breaks: "has an authorizer without a function",
    change: byAuthorizer({ authorizerUri: "" }),
    found: `${authorizerPointer}/authorizerUri`,
  },
  {
    rule: "authorizer-form",
    breaks: "has an authorizer without a user pool",
    change: byAuthorizer({ type: "cognito_user_pools" }),
    found: `${authorizerPointer}/providerARNs`,
  },
  {
    rule: "authorizer-identity",
    breaks: "caches an authorizer's results without an identity source",
    change: byAuthorizer({ type: "request", authorizerResultTtlInSeconds: 60 }),
    found: `${authorizerPointer}/identitySource`,
  },
  {
    rule: "authorizer-identity",
    breaks: "caches an authorizer's results by default, without an identity source",
    change: byAuthorizer({ type: "request" }),
    found: `${authorizerPointer}/identitySource`,
  },
  {
    rule: "authorizer-identity",
    breaks: "takes a token from the query",
    change: byAuthorizer({}, { in: "query" }),
    found: `${authorizerPointer}/identitySource`,
  },
  {
    rule: "authorizer-ttl",
    breaks: "caches an authorizer's results for two hours",
    change: byAuthorizer({ authorizerResultTtlInSeconds: 7200 }),
    found: `${authorizerPointer}/authorizerResultTtlInSeconds`,
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "undeclared-scheme",
    breaks: "requires a scheme that it declares",
    change: byScheme(keyScheme),
  },
  { rule: "security-scheme", breaks: "has a Lambda authorizer", change: byScheme(tokenScheme) },
  {
    rule: "security-scheme",
    breaks: "has a Lambda authorizer whose authtype has another name",
    change: byScheme({ ...tokenScheme, "x-amazon-apigateway-authtype": "oauth2" }),
  },
  { rule: "security-scheme", breaks: "requires a key of API Gateway", change: byScheme(keyScheme) },
  {
    rule: "security-scheme",
    breaks: "requires a key whose header is written in capitals",
    change: byScheme({ ...keyScheme, name: "X-API-Key" }),
  },
  { rule: "security-scheme", breaks: "requires a signature", change: byScheme(signedScheme) },
  {
    rule: "security-scheme",
    breaks: "declares a scheme that nothing requires",
    change: ["", guarded({ caller: { type: "http", scheme: "bearer" } }, [])],
  },
  { rule: "root-security", breaks: "requires nothing at its root", change: ["/security", []] },
  {
    rule: "root-security",
    breaks: "has security in each operation",
    change: ["", { ...guarded({ caller: keyScheme }), security: [{ caller: [] }] }],
  },
  {
    rule: "root-security",
    breaks: "has an open preflight operation, which carries no credentials",
    change: [
      "",
      {
        ...guarded({ caller: keyScheme }),
        security: [{ caller: [] }],
        paths: {
          ...guarded({ caller: keyScheme }).paths,
          "/cors": { options: { responses: {}, "x-amazon-apigateway-integration": { type: "mock" } } },
        },
      },
    ],
  },
  {
    rule: "root-security",
    breaks: "opens an operation on purpose",
    change: ["", { ...guarded({ caller: keyScheme }, []), security: [{ caller: [] }] }],
  },
  {
    rule: "one-authorizer",
    breaks: "requires a key and a token, as API Gateway exports both",
    change: ["", guarded({ caller: tokenScheme, key: keyScheme }, [{ caller: [] }, { key: [] }])],
  },
  {
    rule: "identity-forwarding",
    breaks: "passes on the credentials of callers who sign",
    change: ["", forwardedTo({ caller: signedScheme })],
  },
  {
    rule: "identity-forwarding",
    breaks: "passes on the credentials of callers who sign, by the extension of an operation",
    change: ["", forwardedTo({}, { type: "AWS_IAM" })],
  },
  {
    rule: "authorizer-form",
    breaks: "has a user pool",
    change: byAuthorizer({ type: "cognito_user_pools", providerARNs: ["{{userPool.callers}}"] }),
  },
  { rule: "authorizer-form", breaks: "has a type in upper case", change: byAuthorizer({ type: "TOKEN" }) },
  {
    rule: "authorizer-identity",
    breaks: "caches no results",
    change: byAuthorizer({ type: "request", authorizerResultTtlInSeconds: 0 }),
  },
  {
    rule: "authorizer-identity",
    breaks: "caches results by a header",
    change: byAuthorizer({ type: "request", identitySource: "method.request.header.Authorization" }),
  },
  { rule: "authorizer-identity", breaks: "takes a token from the scheme's header", change: byAuthorizer({}) },
  {
    rule: "authorizer-ttl",
    breaks: "caches an authorizer's results for an hour",
    change: byAuthorizer({ authorizerResultTtlInSeconds: 3600 }),
  },
];
