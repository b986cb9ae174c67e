import { DataAwsIamRole } from "@cdktf/provider-aws/lib/data-aws-iam-role/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { listingPolicyDocument, policyDocument, type Statement } from "./policy-document.ts";

export interface ServiceRoleProps {
  readonly kind: "existing" | "managed";
  readonly name: string;
  /** Service principal that assumes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** The only resource for which the service may assume a managed role. */
  readonly sourceArn?: string;
  /** Whether what it may do holds lists that are variables. */
  readonly hasLists?: boolean;
}

/** A role that an AWS service assumes: looked up and checked, or created with exactly the given statements. */
export class ServiceRole extends Construct {
  readonly kind: ServiceRoleProps["kind"];
  readonly arn: string;
  readonly name: string;
  /** What a managed role may do must be attached before a service is told to use it. */
  readonly attachments: ITerraformDependable[] = [];
  readonly #document: (statements: readonly Statement[]) => string;
  #statements: readonly Statement[] = [];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    this.kind = props.kind;
    this.#document = props.hasLists ? listingPolicyDocument : policyDocument;
    const role = props.kind === "existing" ? this.#lookUp(props) : this.#create(props);
    this.arn = role.arn;
    this.name = role.name;
  }

  /** Attaches the statements to a managed role; the owner of an existing role attaches them there. */
  permit(statements: readonly Statement[]): void {
    this.#statements = statements;
    if (this.kind === "managed") {
      const policy = new IamRolePolicy(this, "policy", {
        name: "permissions",
        role: this.name,
        policy: this.#document(statements),
      });
      this.attachments.push(policy);
    }
  }

  /** What the owner of an existing role has to attach there, as JSON under this name; nothing of a managed one. */
  requiredPolicy(name: string): Record<string, string> {
    return this.kind === "existing" ? { [name]: this.#document(this.#statements) } : {};
  }

  #create({ name, service, sourceArn }: ServiceRoleProps) {
    const condition = sourceArn && { Condition: { ArnEquals: { "aws:SourceArn": sourceArn } } };
    return new IamRole(this, "role", {
      name,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", ...condition },
        ],
      }),
    });
  }

  #lookUp({ name, service }: ServiceRoleProps) {
    const trustsService =
      "anytrue([for statement in flatten([jsondecode(self.assume_role_policy).Statement]) : " +
      'statement.Effect == "Allow" && ' +
      'length(setintersection(flatten([try(statement.Action, [])]), ["sts:AssumeRole", "sts:*", "*"])) > 0 && ' +
      `contains(flatten([try(statement.Principal.Service, [])]), "${service}")])`;
    return new DataAwsIamRole(this, "role", {
      name,
      lifecycle: {
        postcondition: [
          {
            condition: `\${${trustsService}}`,
            errorMessage: `The role \${self.name} must trust ${service}: ask its owner to allow sts:AssumeRole to that service in the role's trust policy.`,
          },
        ],
      },
    });
  }
}
