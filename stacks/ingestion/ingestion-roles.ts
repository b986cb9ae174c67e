import { Construct } from "constructs";
import type { Environment } from "../../env/schema.ts";
import { entriesOf } from "../constructs/object-entries.ts";
import { grantTo, policyDocument, type Statement } from "../constructs/policy-document.ts";
import { ServiceRole } from "../constructs/service-role.ts";
import {
  type PermissionTargets,
  type PermittedRole,
  rolePermissions,
  roleStatements,
} from "./role-permissions.ts";

const SERVICES = {
  gatewayWriter: "apigateway.amazonaws.com",
  documentReader: "apigateway.amazonaws.com",
  apiFunction: "lambda.amazonaws.com",
  queueFunction: "lambda.amazonaws.com",
  sweepFunction: "lambda.amazonaws.com",
} as const satisfies Record<PermittedRole, string>;

export interface IngestionRolesProps {
  readonly kinds: Pick<Environment["roles"], PermittedRole>;
  readonly names: Readonly<Record<PermittedRole, string>>;
}

/** Roles of other owners alone, or all of them, where another owner keeps what they are granted. */
type Grantees = "existing" | "all";

/** The roles of the ingestion, each with the rights of its own task. */
export class IngestionRoles extends Construct {
  readonly byTask: Readonly<Record<PermittedRole, ServiceRole>>;

  constructor(scope: Construct, id: string, { kinds, names }: IngestionRolesProps) {
    super(scope, id);
    const role = (task: PermittedRole, roleId: string) =>
      new ServiceRole(this, roleId, { kind: kinds[task].kind, name: names[task], service: SERVICES[task] });
    this.byTask = {
      gatewayWriter: role("gatewayWriter", "gateway-writer"),
      documentReader: role("documentReader", "document-reader"),
      apiFunction: role("apiFunction", "api-function"),
      queueFunction: role("queueFunction", "queue-function"),
      sweepFunction: role("sweepFunction", "sweep-function"),
    };
  }

  /** Attaches to each managed role what it needs. */
  permit(targets: PermissionTargets): void {
    for (const [task, role] of entriesOf(this.byTask)) {
      role.permit(roleStatements(task, targets));
    }
  }

  /** What roles may do with a bucket, as statements of the bucket's own policy. */
  bucketGrants(grantees: Grantees, targets: PermissionTargets, bucketArn: string): Statement[] {
    return this.#grants(grantees, targets, ({ Resource }) =>
      [Resource].flat().every((arn) => arn === bucketArn || arn.startsWith(`${bucketArn}/`)),
    );
  }

  /** What roles may do with the key, as statements of the key's own policy. */
  keyGrants(grantees: Grantees, targets: PermissionTargets): Statement[] {
    const ownPolicy = { ...targets, keyArn: "*" };
    return this.#grants(grantees, ownPolicy, ({ Action }) =>
      [Action].flat().every((action) => action.startsWith("kms:")),
    );
  }

  /** The policy that the owner of each existing role has to attach, by the role's task. */
  requiredPolicies(targets: PermissionTargets): Record<string, string> {
    const existing = entriesOf(this.byTask).filter(([, role]) => role.kind === "existing");
    return Object.fromEntries(
      existing.map(([task, role]) => [`${role.node.id}-role`, policyDocument(roleStatements(task, targets))]),
    );
  }

  #grants(
    grantees: Grantees,
    targets: PermissionTargets,
    concerns: (statement: Statement) => boolean,
  ): Statement[] {
    return entriesOf(this.byTask)
      .filter(([, role]) => grantees === "all" || role.kind === "existing")
      .flatMap(([task, role]) =>
        rolePermissions[task](targets)
          .filter(concerns)
          .map((statement) => grantTo(role.arn, capitalize(task), statement)),
      );
  }
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
