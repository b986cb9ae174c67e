import { expect } from "vitest";
import { bindPlaceholders } from "../../../openapi/bind-placeholders.ts";
import type { GivenNames } from "../../../openapi/import/name-literals.ts";
import { isJsonObject, type Json } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import { account, region } from "./exports.ts";

/** What stands for a placeholder in some account, by its kind; `name` tells those of a kind apart. */
const literalOf: Readonly<Record<string, (name: string) => string>> = {
  account: () => account,
  bucket: (name) => `acme-${name.toLowerCase()}-${account}`,
  deliveryStream: (name) => `delivery-${name}`,
  eventBus: (name) => `bus-${name}`,
  function: (name) => `arn:aws:lambda:${region}:${account}:function:acme-${name}`,
  partition: () => "aws",
  loadBalancer: (name) =>
    `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/acme-${name}/50dc6c495c0c9188`,
  queue: (name) => `acme-${name}`,
  region: () => region,
  role: (name) => `arn:aws:iam::${account}:role/service-role/${name}`,
  stateMachine: (name) => `flow-${name}`,
  stream: (name) => `stream-${name}`,
  table: (name) => `table.${name}`,
  topic: (name) => `topic-${name}`,
  userPool: (name) => `${region}_${name}`,
  vpcLink: (name) => `link${name.toLowerCase()}`,
};

const otherAccount = "112233445566";
const otherRegion = "eu-west-1";

/** ARNs of what lies in another account or region, by the kind of its placeholder. */
const foreignArnOf: Readonly<Record<string, (name: string) => string>> = {
  function: (name) => `arn:aws:lambda:${otherRegion}:${otherAccount}:function:acme-${name}`,
  queue: (name) => `arn:aws:sqs:${region}:${otherAccount}:acme-${name}`,
  topic: (name) => `arn:aws:sns:${otherRegion}:${account}:topic-${name}`,
  userPool: (name) => `arn:aws:cognito-idp:${otherRegion}:${otherAccount}:userpool/${otherRegion}_${name}`,
};

/** What stands for a part of a placeholder, or for a function that no part of which is named. */
function foreignLiteral(kind: string, name: string, part: string | undefined): string {
  const arn = foreignArnOf[kind]?.(name) ?? expect.fail(`nothing stands for ${kind}.${name}`);
  const [, , , itsRegion = "", itsAccount = "", resource = ""] = arn.split(":");
  const parts: Readonly<Record<string, string>> = {
    account: itsAccount,
    region: itsRegion,
    name: resource.replace("userpool/", ""),
  };
  return parts[part ?? ""] ?? arn;
}

const isForeign = (name: string, part: string | undefined) => part !== undefined || name.startsWith("far");

/** The document as one account would export it, and the names of what is in it. */
export function exportOf(document: OpenApiDocument): { text: string; names: GivenNames } {
  const names: Record<string, Record<string, string>> = {};
  const values: Record<string, string> = {};
  for (const placeholder of listPlaceholders(document).keys()) {
    const [kind = "", name = "", part] = placeholder.split(".");
    if (isForeign(name, part)) {
      values[placeholder] = foreignLiteral(kind, name, part);
      names[kind] = { ...names[kind], [foreignLiteral(kind, name, "arn")]: name };
      continue;
    }
    const literal = literalOf[kind]?.(name) ?? expect.fail(`nothing stands for ${placeholder}`);
    values[placeholder] = literal;
    if (name !== "") names[kind] = { ...names[kind], [literal]: name };
  }
  return { text: JSON.stringify(terraformReads(bindPlaceholders(document, values))), names };
}

/** What Terraform makes of a body: its escapes undone, in texts and keys. */
function terraformReads(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$${", () => "${").replaceAll("%%{", "%{");
  if (Array.isArray(value)) return value.map(terraformReads);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [String(terraformReads(key)), terraformReads(entry)]),
  );
}
