import type { IntegratedOperation, IntegrationResponse } from "../../../openapi/operations.ts";
import { selectedStatuses } from "../../../openapi/response-selection.ts";
import type { StateResource } from "../deployment.ts";
import { isRead, s3ObjectOf, s3Operations, s3Writes, sentHeaders } from "./openapi-document.ts";
import type { PolicyRule, State } from "./rule.ts";
import { find, managed } from "./state.ts";
import { allowed } from "./statements.ts";

const reading = {
  resource: "aws_api_gateway_rest_api",
  applies: (api: StateResource) => s3Operations(api).length > 0,
} as const;
const writing = {
  resource: "aws_api_gateway_rest_api",
  applies: (api: StateResource) => s3Writes(api).length > 0,
} as const;

/** An API whose backend is S3: no code stands between the caller and the bucket. */
export const s3IntegrationRules: readonly PolicyRule[] = [
  {
    id: "PIA-S3API-PUT",
    sources: [],
    ...writing,
    sentence: "What is written is PUT: S3 answers a POST with an error inside a 200.",
    holds: (api) => s3Writes(api).every(({ integration }) => integration.value["httpMethod"] === "PUT"),
  },
  {
    id: "PIA-S3API-NO-OVERWRITE",
    sources: [],
    ...writing,
    sentence: "S3 refuses to overwrite an object.",
    holds: (api) => s3Writes(api).every((operation) => sentHeaders(operation).get("if-none-match") === "'*'"),
  },
  {
    id: "PIA-S3API-KEY",
    sources: [],
    ...writing,
    sentence: "The key ends in an id that no caller can choose.",
    holds: (api) => s3Writes(api).every(endsInRequestId),
  },
  {
    id: "PIA-S3API-BUCKET",
    sources: [],
    ...reading,
    sentence: "The bucket is one of the stack's, whatever the caller sends.",
    holds: (api, state) =>
      s3Operations(api).every((operation) =>
        find(state, "aws_s3_bucket", "bucket", s3ObjectOf(operation)?.bucket),
      ),
  },
  {
    id: "PIA-S3API-OWNER",
    sources: [],
    ...reading,
    sentence: "S3 refuses a bucket that does not belong to the API's own account any more.",
    holds: (api) => {
      const account = String(api.values["execution_arn"]).split(":")[4];
      return s3Operations(api).every(
        (operation) => sentHeaders(operation).get("x-amz-expected-bucket-owner") === `'${account}'`,
      );
    },
  },
  {
    id: "PIA-S3API-HEADERS",
    sources: [],
    ...reading,
    sentence: "No caller sets an ACL, a grant or the encryption of an object.",
    holds: (api) =>
      s3Operations(api)
        .flatMap((operation) => [...sentHeaders(operation).keys()])
        .every((name) => !/^x-amz-(acl|grant-|server-side-encryption|tagging|website)/.test(name)),
  },
  {
    id: "PIA-S3API-CREDENTIALS",
    sources: [],
    ...reading,
    sentence: "API Gateway calls S3 as a role that is made for it.",
    holds: (api, state) =>
      s3Operations(api).every((operation) =>
        allowed(roleOf(operation, state)?.values["assume_role_policy"]).some(({ principals }) =>
          principals.includes("Service:apigateway.amazonaws.com"),
        ),
      ),
  },
  {
    id: "PIA-S3API-LEAST-RIGHTS",
    sources: [],
    ...reading,
    sentence: "That role may do what its operation does, in its bucket, and nothing else.",
    holds: (api, state) => s3Operations(api).every((operation) => hasOnlyItsRights(operation, state)),
  },
  {
    id: "PIA-S3API-DEFAULT",
    sources: [],
    ...reading,
    sentence: "An answer of S3 that nobody thought of is an error.",
    holds: (api) =>
      s3Operations(api).every(({ integration }) => Number(defaultOf(integration.responses)?.status) >= 500),
  },
  {
    id: "PIA-S3API-ERRORS",
    sources: [],
    ...reading,
    sentence: "No error of S3 is answered as a success.",
    holds: (api) =>
      s3Operations(api)
        .flatMap(({ integration }) => integration.responses)
        .filter(selectsErrors)
        .every(({ pattern, status }) => pattern === "default" || Number(status) >= 400),
  },
  {
    id: "PIA-S3API-ERROR-TEXT",
    sources: [],
    ...reading,
    sentence: "S3's error documents, with bucket and key in them, are never passed on.",
    holds: (api) =>
      s3Operations(api)
        // To HEAD, S3 answers without a body.
        .filter(({ integration }) => integration.value["httpMethod"] !== "HEAD")
        .flatMap(({ integration }) => integration.responses)
        .filter(selectsErrors)
        .every(
          ({ templates }) =>
            templates.length > 0 && templates.every(({ source }) => !source.includes("$input")),
        ),
  },
];

function defaultOf(responses: readonly IntegrationResponse[]): IntegrationResponse | undefined {
  return responses.find(({ pattern }) => pattern === "default");
}

function selectsErrors({ pattern }: IntegrationResponse): boolean {
  return pattern === "default" || (selectedStatuses(pattern) ?? []).some((status) => status >= 300);
}

function endsInRequestId(operation: IntegratedOperation): boolean {
  const [, parameter] = /\{([^{}]+)\}$/.exec(s3ObjectOf(operation)?.key ?? "") ?? [];
  const mapping = operation.integration.requestParameters.find(
    ({ name }) => name === `integration.request.path.${parameter}`,
  );
  return mapping?.source === "context.extendedRequestId";
}

function roleOf({ integration }: IntegratedOperation, state: State): StateResource | undefined {
  return find(state, "aws_iam_role", "arn", integration.value["credentials"]);
}

/** Only for roles that the stack manages: the owners of others keep their rights. */
function hasOnlyItsRights(operation: IntegratedOperation, state: State): boolean {
  const role = roleOf(operation, state);
  const bucket = find(state, "aws_s3_bucket", "bucket", s3ObjectOf(operation)?.bucket)?.values["arn"];
  const policies = managed(state, "aws_iam_role_policy").filter(
    ({ values }) => values["role"] === role?.values["name"],
  );
  if (role?.mode !== "managed") return true;
  const reads = isRead(operation);
  const rights = reads ? ["s3:GetObject", "s3:ListBucket"] : ["s3:PutObject"];
  const grants = policies.flatMap(({ values }) => allowed(values["policy"]));
  return (
    grants.length > 0 &&
    grants.every(({ actions, resources }) =>
      actions.every((action) => action.startsWith("kms:"))
        ? actions.every((action) => action === (reads ? "kms:Decrypt" : "kms:GenerateDataKey"))
        : actions.every((action) => rights.includes(action)) &&
          resources.every((arn) => arn === bucket || arn.startsWith(`${bucket}/`)),
    )
  );
}
