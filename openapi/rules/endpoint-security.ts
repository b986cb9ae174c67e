import { stringAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import type { Rule } from "../rule.ts";

const policyKey = "x-amazon-apigateway-security-policy";
const modeKey = "x-amazon-apigateway-endpoint-access-mode";
const securityPolicies =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html";

export const securityPolicy: Rule = {
  id: "security-policy",
  why: "API Gateway refuses a security policy that does not fit a private API, or lowers the TLS of one.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/openapi-extensions-security-policy.html",
  check: (document) => {
    const policy = document[policyKey];
    if (policy === undefined) return [];
    const fault = faultOf(String(policy), modeKey in document);
    return fault === undefined ? [] : [{ pointer: jsonPointer(policyKey), message: fault }];
  },
};

function faultOf(policy: string, hasMode: boolean): string | undefined {
  if (policy.endsWith("_EDGE")) return `"${policy}" is for edge-optimized APIs; remove it`;
  if (policy === "TLS_1_0")
    return "lets callers in with TLS 1.0, which private APIs do not by themselves; remove it";
  if (policy === "TLS_1_2") return undefined;
  if (!policy.startsWith("SecurityPolicy_")) {
    return `"${policy}" is no security policy; use TLS_1_2 or a SecurityPolicy_…`;
  }
  return hasMode ? undefined : `"${policy}" needs ${modeKey} beside it; add BASIC, or remove both`;
}

export const endpointAccessMode: Rule = {
  id: "endpoint-access-mode",
  why: "API Gateway knows the access modes BASIC and STRICT, and takes one beside an enhanced security policy alone.",
  link: securityPolicies,
  check: (document) => {
    const mode = document[modeKey];
    if (mode === undefined) return [];
    const pointer = jsonPointer(modeKey);
    if (mode !== "BASIC" && mode !== "STRICT") {
      return [{ pointer, message: `${JSON.stringify(mode)} is no access mode; use BASIC or STRICT` }];
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
  why: "With STRICT API Gateway refuses calls whose TLS name is not the API's, and its type of endpoint can't be changed.",
  link: securityPolicies,
  check: (document) =>
    document[modeKey] === "STRICT"
      ? [
          {
            pointer: jsonPointer(modeKey),
            message: "try calls by the names {api}-{vpce} before; BASIC takes them",
          },
        ]
      : [],
};
