import { stringAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import type { Rule } from "../rule.ts";

const policyKey = "x-amazon-apigateway-security-policy";
const modeKey = "x-amazon-apigateway-endpoint-access-mode";
const securityPolicies =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html";

export const securityPolicy: Rule = {
  id: "security-policy",
  why: "API Gateway refuses a security policy that a private API cannot have. TLS_1_0 would allow older TLS than a private API does by default.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/openapi-extensions-security-policy.html",
  check: (document) => {
    const policy = document[policyKey];
    if (policy === undefined) return [];
    const fault = faultOf(String(policy), modeKey in document);
    return fault === undefined ? [] : [{ pointer: jsonPointer(policyKey), message: fault }];
  },
};

function faultOf(policy: string, hasMode: boolean): string | undefined {
  if (policy.endsWith("_EDGE"))
    return `"${policy}" is for edge-optimized APIs, and this API is private; remove it`;
  if (policy === "TLS_1_0") return "allows TLS 1.0, which private APIs do not allow by default; remove it";
  if (policy === "TLS_1_2") return undefined;
  if (!policy.startsWith("SecurityPolicy_")) {
    return `"${policy}" is not a security policy; use TLS_1_2 or a SecurityPolicy_…`;
  }
  return hasMode
    ? undefined
    : `"${policy}" needs ${modeKey}; add it with the value BASIC, or remove the policy`;
}

export const endpointAccessMode: Rule = {
  id: "endpoint-access-mode",
  why: "API Gateway has the access modes BASIC and STRICT, and accepts one only together with an enhanced security policy.",
  link: securityPolicies,
  check: (document) => {
    const mode = document[modeKey];
    if (mode === undefined) return [];
    const pointer = jsonPointer(modeKey);
    if (mode !== "BASIC" && mode !== "STRICT") {
      return [{ pointer, message: `${JSON.stringify(mode)} is not an access mode; use BASIC or STRICT` }];
    }
    if (stringAt(document, policyKey)?.startsWith("SecurityPolicy_")) return [];
    return [
      { pointer, message: `${mode} needs a SecurityPolicy_… in ${policyKey}; add it, or remove the mode` },
    ];
  },
};

export const strictAccess: Rule = {
  id: "strict-access",
  severity: "warning",
  why: "With STRICT, API Gateway refuses calls if the TLS server name is not a name of the API. The endpoint type cannot be changed afterwards.",
  link: securityPolicies,
  check: (document) =>
    document[modeKey] === "STRICT"
      ? [
          {
            pointer: jsonPointer(modeKey),
            message:
              "test calls to the host names {api}-{vpce} before you deploy STRICT; BASIC accepts these names",
          },
        ]
      : [],
};
