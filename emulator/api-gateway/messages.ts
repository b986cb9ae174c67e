/** Name and value of each header line, in the order and spelling of the sender. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** A request as it arrives at the API, in its stage. */
export interface ApiRequest {
  readonly method: string;
  /** Behind the stage, as sent on the wire: percent-encoded and with its query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The caller's own, in its VPC where the request came through an endpoint. */
  readonly sourceIp: string;
  /** The VPC endpoint that the request came through; undefined if it came through none. */
  readonly sourceVpcEndpoint?: string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** A call to an AWS service by its HTTP interface: `/bucket/key` for Amazon S3. */
export interface ServiceRequest {
  readonly method: string;
  /** Percent-encoded, with its query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export type ServiceResponse = ApiResponse;

/** A call to an HTTP endpoint. */
export interface HttpRequest extends Omit<ServiceRequest, "target"> {
  /** Absolute, percent-encoded, with its query. */
  readonly url: string;
}

/** What came of an invocation: the JSON text that the function returned, or the error that ended it. */
export type FunctionResult =
  | { readonly kind: "returned"; readonly payload: string }
  | { readonly kind: "failed"; readonly errorType: string; readonly errorMessage: string };

/** What stands behind the integrations. A rejected promise means that the backend could not be reached. */
export interface Backends {
  s3(request: ServiceRequest, signal: AbortSignal): Promise<ServiceResponse>;
  /** Invokes the function of that ARN with an event, given as JSON text. */
  lambda(functionArn: string, event: string, signal: AbortSignal): Promise<FunctionResult>;
  /** An endpoint of an HTTP integration. */
  http(request: HttpRequest, signal: AbortSignal): Promise<ApiResponse>;
}

/** The last value of a header, whatever the case of its name: API Gateway's single-value maps hold the last. */
export function headerOf(headers: Headers, name: string): string | undefined {
  return headers.findLast(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];
}
