import type { StackPart } from "../../env/api-fields.ts";
import type { Binding, EnvironmentApi } from "../../env/schema.ts";
import { bindText, type PlaceholderValues } from "../../openapi/bind-placeholders.ts";
import type { Permission, RoleNeeds } from "../../openapi/role-needs.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { inAccount, policyDocument, type Statement } from "../constructs/policy-document.ts";
import { useKey } from "../constructs/use-key.ts";
import { boundBy, isExternal } from "./external-permissions.ts";
import { type StageVariables, stageVariable, withStageVariables } from "./stage-variable-text.ts";
import { statementId } from "./statement-id.ts";

export interface BoundRolePoliciesProps {
  readonly api: EnvironmentApi;
  /** Of every role that the document names. */
  readonly needs: readonly RoleNeeds[];
  /** What each placeholder stands for. */
  readonly values: PlaceholderValues;
  readonly stageVariables: StageVariables;
  readonly account: AwsAccount;
  /** Of the stack's own buckets. */
  readonly keyArn: string | undefined;
}

/** What the owners of existing roles have to allow them, by `<api>-role-<name>`. */
export interface BoundRolePolicies {
  /** As JSON. */
  readonly policies: Readonly<Record<string, string>>;
  /** In words, where the document does not tell which permissions it takes. */
  readonly undetermined: Readonly<Record<string, readonly string[]>>;
}

/** The roles that exist already and that an API's document uses, with what it does as each of them. */
export function boundRolePolicies(props: BoundRolePoliciesProps): BoundRolePolicies {
  const { api, values } = props;
  const roles = props.needs
    // The stack knows the needs of its own roles. One that stage variables name exists as well.
    .filter(({ placeholder }) => typeof api.bindings[placeholder] !== "string")
    .map((needs) => ({
      key: `${api.name}-${keyOf(needs)}`,
      statements: [...statementsOf(needs.permissions, props), ...keyStatements(needs, props)],
      undetermined: [
        ...needs.undetermined.map((text) => bindText(text, values)),
        ...foreignKeys(needs, props),
      ],
    }));
  return {
    policies: Object.fromEntries(
      roles
        .filter(({ statements }) => statements.length > 0)
        .map(({ key, statements }) => [key, policyDocument(statements)]),
    ),
    undetermined: Object.fromEntries(
      roles
        .filter(({ undetermined }) => undetermined.length > 0)
        .map(({ key, undetermined }) => [key, undetermined]),
    ),
  };
}

/** `role-<name>`, the stage variables of a name by their own. */
function keyOf({ placeholder }: RoleNeeds): string {
  const name = placeholder.replace(/^role\.|^arn:.*:role\//, "").replace(stageVariable, "$1");
  return `role-${name}`;
}

/** One for each action, with everything that it is needed for; apart, what belongs to another account. */
function statementsOf(permissions: readonly Permission[], props: BoundRolePoliciesProps): Statement[] {
  const { api, account } = props;
  const own = permissions.filter((each) => !isExternal(each, api.bindings));
  const external = permissions.filter((each) => isExternal(each, api.bindings));
  return [
    ...byAction(own, props).map((each) => inAccount(account.id, each)),
    // A bucket's ARN does not tell its account, and every other one says it itself.
    ...byAction(external, props).map((each) => ({ ...each, Sid: `${each.Sid}Elsewhere` })),
  ];
}

function byAction(
  permissions: readonly Permission[],
  { values, stageVariables }: BoundRolePoliciesProps,
): Statement[] {
  const actions = [...new Set(permissions.map(({ action }) => action))];
  return actions.map((action) => ({
    Sid: statementId(action),
    Effect: "Allow",
    Action: action,
    Resource: [
      ...new Set(
        permissions
          .filter((each) => each.action === action)
          .map(({ resource }) =>
            withStageVariables(resource, stageVariables, (text) => bindText(text, values)),
          ),
      ),
    ],
  }));
}

const objectKeyActions: Readonly<Record<string, string>> = {
  "s3:GetObject": "kms:Decrypt",
  "s3:PutObject": "kms:GenerateDataKey",
};

/** The stack's own key, where objects of its own buckets are read or written. */
function keyStatements(needs: RoleNeeds, { api, account, keyArn }: BoundRolePoliciesProps): Statement[] {
  const actions = needs.permissions
    .filter((permission) => isOwnBucket(boundBy(permission, api.bindings)?.target))
    .flatMap(({ action }) => objectKeyActions[action] ?? []);
  return actions.length === 0
    ? []
    : useKey({ account, keyArn }, "UseKeyForObjects", ["s3"], [...new Set(actions)]);
}

/** Whether and by which key something else is encrypted, nothing here tells. */
function foreignKeys({ permissions }: RoleNeeds, { api }: BoundRolePoliciesProps): string[] {
  const placeholders = permissions.flatMap((permission) => {
    const bound = boundBy(permission, api.bindings);
    return bound === undefined || isOwnBucket(bound.target) || permission.action.startsWith("lambda:")
      ? []
      : [bound.placeholder];
  });
  return [...new Set(placeholders)].map(
    (placeholder) => `uses the KMS key of ${placeholder}, if one encrypts it`,
  );
}

const ownBuckets: readonly StackPart[] = ["intakeBucket", "documentsBucket"];

function isOwnBucket(target: Binding | undefined): boolean {
  return ownBuckets.some((part) => part === target);
}
