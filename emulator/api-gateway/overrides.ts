/**
 * What templates set by `$context.requestOverride` and `$context.responseOverride`, of a request template and of the response
 * template after it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
export interface Overrides {
  readonly request: {
    readonly path: Record<string, unknown>;
    readonly header: Record<string, unknown>;
    readonly querystring: Record<string, unknown>;
  };
  readonly response: { readonly header: Record<string, unknown>; status?: unknown };
}

export function createOverrides(): Overrides {
  return { request: { path: {}, header: {}, querystring: {} }, response: { header: {} } };
}
