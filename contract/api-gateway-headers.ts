// Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html, and recordings.

/** API Gateway removes these from a request: mappings, templates and functions never see them. */
export const DROPPED_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

/**
 * If a mapping sends one of these to an AWS service, every call fails with 500. Recorded on AWS:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_integrations.py test_apigateway_header_remapping_aws
 */
export const REFUSED_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "content-length",
  "expect",
  "proxy-authenticate",
  "te",
  "transfer-encoding",
  "x-amzn-apigateway-api-id",
  "x-amzn-trace-id",
]);
