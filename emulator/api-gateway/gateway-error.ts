import type { ApiResponse } from "./messages.ts";
import type { AuthorizerContext } from "./request-context.ts";

interface GatewayErrorType {
  readonly status: number;
  /** Null where AWS tells nothing: `{"message":null}`. */
  readonly message: string | null;
  readonly errorType: string;
}

/**
 * The answers that API Gateway gives by itself, with status, message and `x-amzn-ErrorType`, unless a document
 * customizes them: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const gatewayErrorTypes = {
  ACCESS_DENIED: { status: 403, message: "Forbidden", errorType: "AccessDeniedException" },
  API_CONFIGURATION_ERROR: {
    status: 500,
    message: "Internal server error",
    errorType: "InternalServerErrorException",
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    message: null,
    errorType: "AuthorizerConfigurationException",
  },
  BAD_REQUEST_BODY: { status: 400, message: "Invalid request body", errorType: "BadRequestException" },
  BAD_REQUEST_PARAMETERS: {
    status: 400,
    message: "Missing required request parameters",
    errorType: "BadRequestException",
  },
  DEFAULT_4XX: { status: 400, message: "Bad Request", errorType: "BadRequestException" },
  DEFAULT_5XX: { status: 500, message: "Internal server error", errorType: "InternalServerErrorException" },
  INTEGRATION_FAILURE: {
    status: 504,
    message: "Network error communicating with endpoint",
    errorType: "InternalServerErrorException",
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: "Endpoint request timed out",
    errorType: "InternalServerErrorException",
  },
  INVALID_API_KEY: { status: 403, message: "Forbidden", errorType: "ForbiddenException" },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: "Missing Authentication Token",
    errorType: "MissingAuthenticationTokenException",
  },
  REQUEST_TOO_LARGE: { status: 413, message: "Request Too Long", errorType: "BadRequestException" },
  UNAUTHORIZED: { status: 401, message: "Unauthorized", errorType: "UnauthorizedException" },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "Unsupported Media Type",
    errorType: "BadRequestException",
  },
} as const satisfies Record<string, GatewayErrorType>;

export type GatewayErrorName = keyof typeof gatewayErrorTypes;

interface GatewayErrorOptions {
  /** Given as it is, in place of a gateway response: nothing in a document customizes it. */
  readonly answer?: ApiResponse;
  /** What the client is told in place of the type's usual message. */
  readonly message?: string;
  /** In place of the type's usual status. */
  readonly status?: number;
  /** What happened, for whoever runs the gateway; clients never see it. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** What the authorizer said of the caller that it denies, for a gateway response that names it. */
  readonly authorizer?: AuthorizerContext;
}

/** Ends the handling of a request with a gateway response. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly type: GatewayErrorName;
  readonly status: number;
  readonly detail: string;
  readonly answer: ApiResponse | undefined;
  readonly clientMessage: string | null;
  readonly authorizer: AuthorizerContext | undefined;

  constructor(type: GatewayErrorName, options: GatewayErrorOptions = {}) {
    const clientMessage = options.message ?? gatewayErrorTypes[type].message;
    super(clientMessage ?? type, { cause: options.cause });
    this.clientMessage = clientMessage;
    this.authorizer = options.authorizer;
    this.type = type;
    this.answer = options.answer;
    this.status = options.answer?.status ?? options.status ?? gatewayErrorTypes[type].status;
    this.detail = options.detail ?? this.message;
  }
}
