/** Something of AWS that this project relies on and that no machine but an AWS account shows. */
export interface OpenFact {
  readonly id: FactId;
  readonly assumed: string;
  /** What goes wrong where it is otherwise. */
  readonly matters: string;
  /** How a verification observes it; undefined where nobody outside can. */
  readonly observed?: string;
  /** How a person looks. */
  readonly byHand?: string;
}

export type ObservedFactId =
  | "encoded-slash"
  | "doubled-slash"
  | "response-override"
  | "submission-id"
  | "checksum"
  | "source-address"
  | "retry-after";

type FactId =
  | ObservedFactId
  | "if-none-match"
  | "bucket-owner"
  | "endpoint-policy"
  | "peered-address"
  | "sweep-speed";

/** Puts the same object twice, and shows what API Gateway sends to S3: docs/verify.md has the command. */
const TEST_INVOKE = "call the large API's POST twice by `aws apigateway test-invoke-method`, as below";

/** docs/verify.md has them as a table. */
export const OPEN_FACTS: readonly OpenFact[] = [
  {
    id: "encoded-slash",
    assumed: "`%2F` and `%3D` in a path parameter stay one segment, and the function finds the submission",
    matters: "senders that encode a submission id instead of using `statusUrl` get 403 or 404",
    observed: "reads the large payload's submission by its encoded id, and one with `%2F` that is not there",
  },
  {
    id: "doubled-slash",
    assumed: "a doubled slash after the stage finds the same resource",
    matters: "the local API Gateway and access logs show other paths than AWS; the proxy refuses such paths",
    observed: "calls an API directly, if its URL can be reached",
    byHand:
      "from the proxy's subnets: `curl -H 'x-caller-id: verify' <api url>//<collection>/none` gives the 404 of a record",
  },
  {
    id: "if-none-match",
    assumed:
      "API Gateway passes `If-None-Match: *` on to S3, which refuses a second object under one key with 412, and the answer is 409",
    matters: "a repeated request id could overwrite a waiting payload",
    byHand: TEST_INVOKE,
  },
  {
    id: "response-override",
    assumed: "`$context.responseOverride` sets `Location` on the answer to S3's 200",
    matters: "senders that use `Location` instead of `statusUrl` do not find the outcome",
    observed: "compares both in the 202 for the large payload",
  },
  {
    id: "submission-id",
    assumed: "extended request ids are base64 text of at most 256 characters, padded with `=`",
    matters:
      "a submission whose id has other characters is not found; one without padding may be mistaken for an alias",
    observed: "checks the id of the large payload",
  },
  {
    id: "checksum",
    assumed: "API Gateway passes `x-amz-checksum-sha256` on to S3, which refuses different bytes with 400",
    matters: "a payload that was changed on the way would be stored",
    observed: "sends a third payload, with a wrong checksum, to the large API",
  },
  {
    id: "source-address",
    assumed:
      "`aws:VpcSourceIp` is the address of the client, and the APIs refuse (403) addresses that are not in `proxy.addresses`",
    matters: "any client that reaches the endpoint could claim to be any caller",
    observed: "calls an API directly, if its URL can be reached",
    byHand:
      "from a machine of the VPC outside the proxy's subnets: `curl -H 'x-caller-id: verify' <api url>/<collection>/none` gives 403",
  },
  {
    id: "retry-after",
    assumed: "`Retry-After` of an integration's answer reaches the caller as `Retry-After`",
    matters: "senders wait too short or too long before a retry",
    observed: "checks each 429 and 5xx that it gets; it causes none",
    byHand: "`curl -i` of the second call of `if-none-match`: its 409 has the header",
  },
  {
    id: "bucket-owner",
    assumed: "API Gateway passes `x-amz-expected-bucket-owner` on to S3",
    matters: "a bucket of that name in another account would receive payloads",
    byHand: `${TEST_INVOKE}, and look for the header in the log that it prints`,
  },
  {
    id: "endpoint-policy",
    assumed: "the policy of the VPC endpoint sees `aws:VpcSourceIp` as the API's does",
    matters: "the endpoint would refuse every request, or none; the API's policy applies in any case",
    byHand: "put a Deny with `aws:VpcSourceIp` for one address into the endpoint's policy, and call from it",
  },
  {
    id: "peered-address",
    assumed: "a request from a peered network shows the address of its sender",
    matters: "`proxy.addresses` would need other addresses",
    byHand: "the `sourceIp` of such a request in the API's access log",
  },
  {
    id: "sweep-speed",
    assumed: "one run of the sweep removes about 60,000 versions (docs/retention.md)",
    matters: "an erasure takes longer than documented",
    byHand: "the sweep's log after a large deletion",
  },
];
