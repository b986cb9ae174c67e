/** A rule that does not hold for a resource of `dev`, on purpose. */
export interface Suppression {
  readonly rule: string;
  /** Address of one resource, or a type for all of its resources. */
  readonly address: string;
  readonly reason: string;
}

const AWS_KEYS = "AWS's own keys encrypt dev; an environment that has a key uses it here too.";
const DISPOSABLE =
  "To be destroyed at any time is what dev is for; deletionProtection says otherwise elsewhere.";

export const suppressions: readonly Suppression[] = [
  { rule: "CKV_AWS_145", address: "aws_s3_bucket", reason: AWS_KEYS },
  { rule: "CKV_AWS_119", address: "aws_dynamodb_table", reason: AWS_KEYS },
  { rule: "CKV_AWS_158", address: "aws_cloudwatch_log_group", reason: AWS_KEYS },
  { rule: "PIA-S3-FORCE-DESTROY", address: "aws_s3_bucket", reason: DISPOSABLE },
  { rule: "PIA-DYNAMODB-DELETION", address: "aws_dynamodb_table", reason: DISPOSABLE },
  {
    rule: "CKV_AWS_173",
    address: "aws_lambda_function",
    reason: "The variables are names and sizes, no secrets; Lambda encrypts them with its own key.",
  },
  {
    rule: "CKV_AWS_338",
    address: "aws_cloudwatch_log_group",
    reason: "How long logs are kept is the environment's choice (logDays); dev needs no year of them.",
  },
  {
    rule: "CT.CLOUDWATCH.PR.1",
    address: "aws_cloudwatch_metric_alarm",
    reason: "Alarms are seen in CloudWatch and on the dashboard; no route to a person is set up in dev.",
  },
  {
    rule: "CT.S3.PR.2",
    address: "aws_s3_bucket",
    reason:
      "API Gateway's access log has every request of a caller; a log bucket is the account's to choose.",
  },
  {
    rule: "CKV_AWS_144",
    address: "aws_s3_bucket",
    reason: "Clients' documents stay in one region; versions protect them from being overwritten or deleted.",
  },
  {
    rule: "CKV_AWS_117",
    address: "aws_lambda_function",
    reason:
      "The functions reach S3, DynamoDB and SQS only, by their roles; nothing that they need is in a VPC.",
  },
  {
    rule: "CKV_AWS_272",
    address: "aws_lambda_function",
    reason: "Code is deployed by Terraform alone, which compares the hash of the zip that it has built.",
  },
  {
    rule: "CKV2_AWS_29",
    address: "aws_api_gateway_stage",
    reason:
      "The APIs are private: one known proxy calls them, through an endpoint that admits its network only.",
  },
  {
    rule: "CKV2_AWS_11",
    address: "aws_vpc",
    reason: "The VPC of dev holds an endpoint and nothing else; the access log names the caller's address.",
  },
];
