import { GatewayError } from "./gateway-error.ts";

/** A body on its way through the gateway; which of both it is decides what templates and conversions do. */
export type Payload =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Buffer };

/** `CONVERT_TO_TEXT`, `CONVERT_TO_BINARY`, or undefined where an integration does not say. */
export type ContentHandling = string | undefined;

export function contentHandlingOf(value: Readonly<Record<string, unknown>>): ContentHandling {
  const handling = value["contentHandling"];
  return typeof handling === "string" ? handling : undefined;
}

export function bytesOf(payload: Payload): Buffer {
  return payload.kind === "binary" ? payload.bytes : Buffer.from(payload.text);
}

/** A body as the gateway takes it in: text is decoded as UTF-8, and what is malformed becomes U+FFFD. */
export function payloadOf(body: Buffer, binary: boolean): Payload {
  return binary ? { kind: "binary", bytes: body } : { kind: "text", text: body.toString("utf8") };
}

/**
 * The media type of a Content-Type or the first one of an Accept header, without parameters and whatever their `q`:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
export function mediaTypeOf(header: string | undefined): string | undefined {
  return header?.split(",")[0]?.split(";")[0]?.trim().toLowerCase();
}

/**
 * Whether the API's binary media types hold that type: literally, by a wildcard for its subtypes such as `image/*`, or by
 * the one for all types, which holds where no type is named too. Recorded on AWS:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.py test_aws_proxy_binary_response
 */
export function isBinary(binaryMediaTypes: readonly string[], mediaType: string | undefined): boolean {
  return binaryMediaTypes.some((entry) => {
    const type = mediaTypeOf(entry) ?? "";
    if (type === "*/*") return true;
    return type.endsWith("/*") ? mediaType?.startsWith(type.slice(0, -1)) === true : type === mediaType;
  });
}

/**
 * Applies `contentHandling`. Binary becomes base64 text; text is taken for base64 and decoded.
 * @throws GatewayError if the text is not base64
 */
export function convert(payload: Payload, handling: ContentHandling): Payload {
  if (handling === "CONVERT_TO_TEXT" && payload.kind === "binary") {
    return { kind: "text", text: payload.bytes.toString("base64") };
  }
  if (handling === "CONVERT_TO_BINARY" && payload.kind === "text") {
    return { kind: "binary", bytes: decodeBase64(payload.text) };
  }
  return payload;
}

/** Strict, unlike `Buffer.from`, which skips what it cannot read. */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) {
    throw new GatewayError("API_CONFIGURATION_ERROR", { detail: "A text body to convert is not base64." });
  }
  return bytes;
}
