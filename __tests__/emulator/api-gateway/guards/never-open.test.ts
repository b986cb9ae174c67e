import fc from "fast-check";
import { describe, expect } from "vitest";
import { UserError } from "../../../../contract/user-error.ts";
import type { Headers } from "../../../../emulator/api-gateway/messages.ts";
import { anApi, proxies } from "../../../support/api-gateway.ts";
import { apiArn, authorizerScheme, functions, policyFor, schemes } from "../../../support/authorizers.ts";
import { itHolds } from "../../../support/property.ts";

const validToken = "valid-token";
const validKey = { id: "key1", value: "valid-api-key" };

const token = authorizerScheme();
const pattern = authorizerScheme({
  identityValidationExpression: "[a-z-]*",
  authorizerResultTtlInSeconds: 0,
});
const request = authorizerScheme({ type: "request", identitySource: "method.request.header.Authorization" });
const always = authorizerScheme({ type: "request", authorizerResultTtlInSeconds: 0 });
const authorizerOf = ({ "x-amazon-apigateway-authorizer": authorizer }: typeof token) => ({
  "x-amazon-apigateway-authorizer": authorizer,
});
const securitySchemes = {
  key: { type: "apiKey", name: "x-api-key", in: "header" },
  token,
  pattern,
  request,
  always,
  iam: { ...token, "x-amazon-apigateway-authtype": "awsSigv4" },
  cognito: authorizerScheme({ type: "cognito_user_pools", providerARNs: ["arn:aws:cognito-idp"] }),
  broken: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "custom" },
  untyped: { type: "apiKey", name: "Authorization", in: "header", ...authorizerOf(token) },
  // API Gateway ignores it: it must take nothing from what stands beside it.
  bearer: { type: "http", scheme: "bearer" },
};

const guardNames = [
  "key",
  "token",
  "pattern",
  "request",
  "always",
  "iam",
  "cognito",
  "broken",
  "untyped",
  "undeclared",
];

/** At least one scheme that guards, in one requirement or in several, beside what says nothing. */
const security = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...guardNames), { minLength: 1, maxLength: 2 }),
    fc.subarray(["bearer"]),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([guards, ignored, together, optional]) => {
    const requirements = [...ignored, ...guards].map((name) => ({ [name]: [] }));
    return [...(optional ? [{}] : []), ...(together ? [Object.assign({}, ...requirements)] : requirements)];
  });

/** None of which allows a caller without the valid token. */
const answers = fc.oneof(
  fc.anything({ maxDepth: 2 }).filter((value) => typeof value !== "function"),
  fc.constantFrom<unknown>(
    { policyDocument: policyFor("Deny") },
    { principalId: "caller", policyDocument: { Statement: [] } },
    { principalId: "caller", policyDocument: policyFor("Allow", `${apiArn}/GET/others`) },
    { policyDocument: policyFor("Allow"), context: { groups: [] } },
    { isAuthorized: true },
    { kind: "failed", errorType: "Error", errorMessage: "Unauthorized" },
    { kind: "failed", errorType: "Error", errorMessage: "failed" },
    { kind: "returned", payload: "" },
  ),
);

const invalidText = fc.oneof(
  fc.constantFrom("", validKey.id, `${validToken} `, `Bearer ${validToken}`, validKey.value.toUpperCase()),
  fc.string({ unit: "grapheme-ascii" }),
);

const headers: fc.Arbitrary<Headers> = fc.array(
  fc.tuple(
    fc.constantFrom("Authorization", "authorization", "x-api-key", "X-Api-Key", "Cookie"),
    invalidText,
  ),
  { maxLength: 4 },
);

interface Case {
  readonly security: readonly object[];
  readonly extension: boolean;
  readonly source: "HEADER" | "AUTHORIZER";
  readonly answer: unknown;
  readonly requests: readonly { readonly headers: Headers; readonly target: string }[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  security,
  extension: fc.boolean(),
  source: fc.constantFrom("HEADER", "AUTHORIZER"),
  answer: answers,
  requests: fc.array(
    fc.record({
      headers,
      target: fc.constantFrom("/orders", "/orders/", "/orders?a=b", "//orders", "/%6Frders"),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** An API whose one method is guarded; undefined where it does not start. */
function start({ security, extension, source, answer }: Case) {
  const operation = {
    ...proxies,
    security,
    ...(extension && { "x-amazon-apigateway-auth": { type: "NONE" } }),
  };
  const { backends, called } = functions(answer);
  try {
    const { send } = anApi({
      paths: { "/orders": { get: operation } },
      rest: { ...schemes(securitySchemes), "x-amazon-apigateway-api-key-source": source },
      apiKeys: [validKey],
      backends,
    });
    return { send, called };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

describe("a guarded method", () => {
  const seen = { refused: 0, statuses: new Set<number>() };

  itHolds(
    "is never reached without valid credentials, whatever guards it and whatever is sent",
    fc.asyncProperty(cases, async (example) => {
      const api = start(example);
      if (api === undefined) {
        seen.refused += 1;
        return;
      }
      for (const { target, headers: sent } of example.requests) {
        const { status } = await api.send("GET", target, { headers: sent });
        expect(status).toBeGreaterThanOrEqual(401);
        seen.statuses.add(status);
      }
      expect(api.called).toEqual([]);
    }),
    {
      numRuns: 300,
      afterwards: () => {
        expect(seen.refused).toBeGreaterThan(0);
        expect([...seen.statuses]).toEqual(expect.arrayContaining([401, 403, 500]));
      },
    },
  );

  itHolds(
    "is reached with valid credentials, so that the above is no matter of an API that answers nobody",
    fc.asyncProperty(fc.constantFrom("token", "pattern", "request", "always", "key"), async (name) => {
      const allowsToken = (event: { authorizationToken?: string; headers?: Record<string, string> }) =>
        (event.authorizationToken ?? event.headers?.["Authorization"]) === validToken
          ? { principalId: "caller", policyDocument: policyFor("Allow") }
          : { policyDocument: policyFor("Deny") };
      const api = start({
        security: [{ [name]: [] }],
        extension: false,
        source: "HEADER",
        answer: allowsToken,
        requests: [],
      });

      const sent: Headers = [
        ["Authorization", validToken],
        ["x-api-key", validKey.value],
      ];
      expect(await api?.send("GET", "/orders", { headers: sent })).toMatchObject({ status: 200 });
      expect(await api?.send("GET", "/orders", { headers: [["Authorization", "other"]] })).toMatchObject({
        status: 403,
      });
    }),
    { numRuns: 15 },
  );
});
