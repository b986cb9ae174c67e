import type { StackPart } from "../../env/api-fields.ts";
import type { EnvironmentApi } from "../../env/schema.ts";
import { bindText, type PlaceholderValues } from "../../openapi/bind-placeholders.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { type Permission, type RoleNeeds, roleNeeds } from "../../openapi/role-needs.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { inAccount, policyDocument, type Statement } from "../constructs/policy-document.ts";
import { useKey } from "../constructs/use-key.ts";

export interface BoundRolePoliciesProps {
  readonly api: EnvironmentApi;
  readonly document: OpenApiDocument;
  /** What each placeholder stands for. */
  readonly values: PlaceholderValues;
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
  const { api, document, values } = props;
  const roles = roleNeeds(document)
    .filter(({ placeholder }) => typeof api.bindings[placeholder] === "object")
    .map((needs) => ({
      key: `${api.name}-${needs.placeholder.replace(".", "-")}`,
      statements: [
        ...statementsOf(needs.permissions, values).map((each) => inAccount(props.account.id, each)),
        ...keyStatements(needs, props),
      ],
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

/** One for each action, with everything that it is needed for. */
function statementsOf(permissions: readonly Permission[], values: PlaceholderValues): Statement[] {
  const actions = [...new Set(permissions.map(({ action }) => action))];
  return actions.map((action) => ({
    Sid: sidOf(action),
    Effect: "Allow",
    Action: action,
    Resource: [
      ...new Set(
        permissions
          .filter((each) => each.action === action)
          .map(({ resource }) => bindText(resource, values)),
      ),
    ],
  }));
}

/** `s3:PutObject` as `S3PutObject`: no other characters are allowed. */
function sidOf(action: string): string {
  const [service = "", call = ""] = action.split(":");
  return service.charAt(0).toUpperCase() + service.slice(1) + call;
}

const objectKeyActions: Readonly<Record<string, string>> = {
  "s3:GetObject": "kms:Decrypt",
  "s3:PutObject": "kms:GenerateDataKey",
};

/** The stack's own key, where objects of its own buckets are read or written. */
function keyStatements(needs: RoleNeeds, { api, account, keyArn }: BoundRolePoliciesProps): Statement[] {
  const actions = needs.permissions
    .filter(({ resource }) => isOwnBucket(boundBy(resource, api)))
    .flatMap(({ action }) => objectKeyActions[action] ?? []);
  return actions.length === 0
    ? []
    : useKey({ account, keyArn }, "UseKeyForObjects", ["s3"], [...new Set(actions)]);
}

/** Whether and by which key something else is encrypted, nothing here tells. */
function foreignKeys({ permissions }: RoleNeeds, { api }: BoundRolePoliciesProps): string[] {
  const placeholders = permissions.flatMap(({ action, resource }) => {
    const bound = boundBy(resource, api);
    return bound === undefined || isOwnBucket(bound) || action.startsWith("lambda:")
      ? []
      : [bound.placeholder];
  });
  return [...new Set(placeholders)].map(
    (placeholder) => `uses the KMS key of ${placeholder}, if one encrypts it`,
  );
}

interface Bound {
  readonly placeholder: string;
  readonly target: EnvironmentApi["bindings"][string] | undefined;
}

function boundBy(resource: string, { bindings }: EnvironmentApi): Bound | undefined {
  const placeholder = /\{\{([a-zA-Z]+\.[A-Za-z0-9]+)\}\}/.exec(resource)?.[1];
  return placeholder === undefined ? undefined : { placeholder, target: bindings[placeholder] };
}

const ownBuckets: readonly StackPart[] = ["intakeBucket", "documentsBucket"];

function isOwnBucket(bound: Bound | undefined): boolean {
  return ownBuckets.some((part) => part === bound?.target);
}
