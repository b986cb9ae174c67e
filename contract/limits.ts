/** API Gateway refuses larger requests with 413 before any integration runs; the quota is not adjustable. */
export const GATEWAY_MAX_REQUEST_BYTES = 10_485_760;
/**
 * The limit of all headers of a request to a private API together; 10,240 for other APIs. Also the source of the next limit:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export const GATEWAY_MAX_HEADER_BYTES = 8000;
/** The limit of a method's ARN, which contains the path of the request. Above it, API Gateway answers 414. */
export const GATEWAY_MAX_METHOD_ARN_BYTES = 1600;
/**
 * Lambda's synchronous limit of 6,291,456 bytes applies to the serialized event. 128 KiB are for what API Gateway adds to the
 * body. The body itself is longer there than it was sent.
 */
export const SYNCHRONOUS_MAX_ESCAPED_BYTES = 6_291_456 - 128 * 1024;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** The memory of the Node.js runtime and the loaded bundle before the first payload, in MB. */
export const RUNTIME_MEMORY_MB = 128;
/** Peak bytes a payload needs while it is read, parsed and stored, per byte of payload (measured: below 5). */
export const MEMORY_PER_PAYLOAD_BYTE = 6;
export const MEBIBYTE = 1024 * 1024;

/** The limit of a plain file's name in `x-file-name`: UTF-8, percent-encoded, because metadata is US-ASCII. */
export const MAX_ENCODED_FILE_NAME_LENGTH = 1024;
/** The limit of API Gateway's extended request ids, which have 16 characters today. */
export const MAX_SUBMISSION_ID_LENGTH = 256;

/** The value of Retry-After in every answer after which a client should send the request again. */
export const RETRY_AFTER_SECONDS = 10;
