import { s3Document } from "../../documents.ts";
import { at, type Case, uriOf } from "./case.ts";

const policyKey = "x-amazon-apigateway-security-policy";
const modeKey = "x-amazon-apigateway-endpoint-access-mode";
const enhanced = "SecurityPolicy_TLS13_1_3_2025_09";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "security-policy",
    breaks: "has an enhanced policy without an access mode",
    change: [`/${policyKey}`, enhanced],
  },
  {
    rule: "security-policy",
    breaks: "has the policy of an edge-optimized API",
    change: ["", { ...s3Document(), [policyKey]: "SecurityPolicy_TLS13_2025_EDGE", [modeKey]: "BASIC" }],
    found: `/${policyKey}`,
  },
  {
    rule: "security-policy",
    breaks: "allows TLS 1.0",
    change: [`/${policyKey}`, "TLS_1_0"],
  },
  { rule: "security-policy", breaks: "has an unknown policy", change: [`/${policyKey}`, "TLS_1_3"] },
  {
    rule: "endpoint-access-mode",
    breaks: "has an access mode without an enhanced policy",
    change: [`/${modeKey}`, "BASIC"],
  },
  { rule: "endpoint-access-mode", breaks: "has an unknown access mode", change: [`/${modeKey}`, "OPEN"] },
  {
    rule: "strict-access",
    breaks: "has the access mode STRICT",
    change: ["", { ...s3Document(), [policyKey]: enhanced, [modeKey]: "STRICT" }],
    found: `/${modeKey}`,
  },
  {
    rule: "stage-variable",
    breaks: "reads a stage variable",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/${stageVariables.folder}/{item}")],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "security-policy",
    breaks: "has an enhanced policy and an access mode",
    change: ["", { ...s3Document(), [policyKey]: enhanced, [modeKey]: "BASIC" }],
  },
  {
    rule: "security-policy",
    breaks: "names the policy of private APIs",
    change: [`/${policyKey}`, "TLS_1_2"],
  },
  {
    rule: "endpoint-access-mode",
    breaks: "has an enhanced policy and an access mode",
    change: ["", { ...s3Document(), [policyKey]: enhanced, [modeKey]: "BASIC" }],
  },
  {
    rule: "strict-access",
    breaks: "has the access mode BASIC",
    change: ["", { ...s3Document(), [policyKey]: enhanced, [modeKey]: "BASIC" }],
  },
  {
    rule: "stage-variable",
    breaks: "describes a stage variable",
    change: ["/info/description", "reads ${stageVariables.folder}"],
  },
];
