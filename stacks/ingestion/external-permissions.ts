import type { EnvironmentApi } from "../../env/schema.ts";
import { bindText, type PlaceholderValues } from "../../openapi/bind-placeholders.ts";
import { bindingOf } from "../../openapi/placeholder-parts.ts";
import type { Permission, RoleNeeds } from "../../openapi/role-needs.ts";
import { policyDocument, type Statement } from "../constructs/policy-document.ts";
import type { Invocation } from "./invocations.ts";
import { type StageVariables, withStageVariables } from "./stage-variable-text.ts";

/** The binding that a permission's resource names, and what it is bound to. */
export function boundBy({ resource }: Permission, bindings: EnvironmentApi["bindings"]) {
  const named = /\{\{([a-zA-Z]+\.[A-Za-z0-9]+(?:\.[a-z]+)?)\}\}/.exec(resource)?.[1];
  if (named === undefined) return undefined;
  const { binding } = bindingOf(named);
  return { placeholder: binding, target: bindings[binding] };
}

export function isExternal(permission: Permission, bindings: EnvironmentApi["bindings"]): boolean {
  const target = boundBy(permission, bindings)?.target;
  return typeof target === "object" && target.kind === "external";
}

interface Resources {
  readonly api: EnvironmentApi;
  readonly needs: readonly RoleNeeds[];
  readonly values: PlaceholderValues;
  readonly stageVariables: StageVariables;
}

/** What the policies of resources in other accounts have to allow the roles of an API, as JSON by `<api>-<kind>-<name>`. */
export function externalResourcePolicies({
  api,
  needs,
  values,
  stageVariables,
}: Resources): Record<string, string> {
  const statements = new Map<string, Omit<Statement, "Sid">[]>();
  for (const { placeholder: role, permissions } of needs) {
    const bind = (text: string) => withStageVariables(text, stageVariables, (part) => bindText(part, values));
    const roleArn = role.startsWith("arn:") ? bind(role) : values[role];
    for (const permission of permissions) {
      const bound = boundBy(permission, api.bindings);
      if (bound === undefined || roleArn === undefined || !isExternal(permission, api.bindings)) continue;
      const of = statements.get(bound.placeholder) ?? [];
      statements.set(bound.placeholder, [...of, grant(permission, roleArn, bind)]);
    }
  }
  return Object.fromEntries(
    [...statements].map(([placeholder, all]) => [
      `${api.name}-${placeholder.replace(".", "-")}`,
      policyDocument(
        all.map((each, index) => ({ Sid: `Allow${api.name.replaceAll("-", "")}${index + 1}`, ...each })),
      ),
    ]),
  );
}

function grant(
  { action, resource }: Permission,
  roleArn: string,
  bind: (text: string) => string,
): Omit<Statement, "Sid"> {
  return {
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: action,
    Resource: bind(resource),
  };
}

/** What `aws lambda add-permission --cli-input-json` takes, in the account of a function. */
export function addPermissionInput(
  { id, functionName, qualifier }: Invocation,
  apiName: string,
  sourceArn: string,
): string {
  return JSON.stringify({
    FunctionName: functionName,
    ...(qualifier !== undefined && { Qualifier: qualifier }),
    StatementId: `${apiName}-${id.replace(/[^A-Za-z0-9_-]/g, "")}`,
    Action: "lambda:InvokeFunction",
    Principal: "apigateway.amazonaws.com",
    SourceArn: sourceArn,
  });
}
