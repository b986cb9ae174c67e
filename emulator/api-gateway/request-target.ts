/** What a request names: its path in the stage, and its query, both as they were sent. */
export interface RequestTarget {
  /** Percent-encoded, as it was sent: what `$context.path` has behind the stage. */
  readonly rawPath: string;
  /** Percent-encoded, with one slash where several stand before the first segment. */
  readonly path: string;
  /** Decoded, in the order of the query. */
  readonly query: URLSearchParams;
}

/**
 * Parts a target at its first question mark; any further one belongs to the query (RFC 3986, 3.4). Slashes within the path stay as
 * many as they are. Recorded on AWS:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.py test_lambda_aws_proxy_integration
 */
export function parseTarget(target: string): RequestTarget {
  const mark = target.indexOf("?");
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  return {
    rawPath,
    path: rawPath.replace(/^\/{2,}/, "/"),
    // Not of the text behind the mark as it is: a second mark at its beginning would be dropped.
    query: new URLSearchParams(mark < 0 ? "" : `?${target.slice(mark + 1)}`),
  };
}

/** A part of a path without its percent-encoding; as it is where that is malformed. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
