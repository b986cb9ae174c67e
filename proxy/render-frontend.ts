import { CALLER_HEADER, CORRELATION_ID_PATTERN } from "../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { refuse } from "./refuse.ts";
import { apiNames } from "./render-backends.ts";
import { callerRules, rateSeconds } from "./render-callers.ts";
import { connectionRules, sourceKnown } from "./render-connections.ts";
import { pathRules } from "./render-paths.ts";
import { refusalsBackend } from "./render-refusals.ts";
import {
  controlCharacterPattern,
  droppedChecksumPattern,
  forwardedHeaders,
  MAX_FORWARDED_HEADER_BYTES,
  MAX_HEADER_BYTES,
  preconditionHeaders,
} from "./request-headers.ts";
import { documentPathPattern, filePathPattern } from "./request-paths.ts";
import { encodedPattern, fetchingMethods, preferLargePattern, writingMethods } from "./routing.ts";

/** Behind all headers stands an empty line. */
const headersEndBytes = 2;

/** What happens to a connection and to each of its requests. */
export function frontend(settings: ProxySettings): string {
  const { limits, payload, routes, clientTimeoutSeconds } = settings;
  // What only the two APIs that share their paths ask of a request.
  const sharedOnly = routes.length > 0 ? " !by_path" : "";
  const gatewayLimit =
    routes.length > 0
      ? `\n${refuse("content-over-gateway-limit", `if by_path { req.hdr(content-length) -m int gt ${GATEWAY_MAX_REQUEST_BYTES} }`)}`
      : "";
  return `frontend external
${connectionRules(settings)}

    unique-id-format %[uuid()]
    log-format '${accessLog()}'
    http-request set-var(txn.path) path,bytes(0,1024)
    http-request set-var(txn.header_bytes) req.hdrs,length
    http-response set-var(txn.gateway_request_id) res.hdr(x-amz-apigw-id)
    http-after-response set-header x-request-id %[unique-id]
    # Kept in a variable: the service for refusals would answer the header with "100 Continue".
    http-request set-var(txn.expects) req.hdr(expect)
    http-request del-header expect

${refuse("too-many-requests", `if { sc_http_req_rate(0) gt ${limits.requestsPerSecondPerSource * rateSeconds} }`)}

${callerRules(settings)}${sourceKnown(settings)}

${refuse("target-not-allowed", "unless { path_beg / }")}
${refuse("host-required", "if { req.ver 1.1 } !{ req.fhdr_cnt(host) gt 0 }")}
${refuse("header-not-allowed", `if { req.hdrs -m reg '${controlCharacterPattern}' }`)}
${refuse("headers-too-large", `if { var(txn.header_bytes) -m int gt ${MAX_HEADER_BYTES + headersEndBytes} }`)}

${pathRules(settings)}

    # Requests that no API accepts. Sizes are 64-bit integers: req.hdr_val() would overflow at 2^31.
    acl with_body_over_limit  req.hdr(content-length) -m int gt ${payload.maxBytes}
    acl with_large_body       req.hdr(content-length) -m int ge ${payload.thresholdBytes}
    acl encoded               req.hdr(content-encoding) -m reg -i '${encodedPattern}'
${preconditionHeaders.map((name) => `    acl conditional           req.fhdr_cnt(${name}) gt 0`).join("\n")}
    acl writing                method ${writingMethods.join(" ")}
    acl with_dropped_checksum  req.hdr_names -m reg -i '${droppedChecksumPattern}'
${refuse("condition-not-supported", "if conditional writing")}
${refuse("checksum-not-supported", "if with_dropped_checksum writing")}
${refuse("length-required", "if { req.hdr(transfer-encoding) -m found }")}
${refuse("content-too-large", `if with_body_over_limit${sharedOnly}`)}${gatewayLimit}
${refuse("content-encoded", `if encoded${sharedOnly}`)}

    # Only listed headers of the client reach an API.
    acl correlated  req.fhdr(x-correlation-id) -m reg '^${CORRELATION_ID_PATTERN}$'
    http-request set-header x-correlation-id %[unique-id] unless correlated { req.fhdr_cnt(x-correlation-id) eq 1 }
    http-request del-header '^(?!(${forwardedHeaders.join("|")})$)' -m reg
${refuse("headers-too-large", `if { req.hdrs,length gt ${MAX_FORWARDED_HEADER_BYTES + headersEndBytes} }`)}

    # Chooses the API. Large bodies, requests that prefer it, plain files and documents go to ${LARGE_API}.
    acl document       path -m reg '${documentPathPattern}'
    acl plain_file     path -m reg '${filePathPattern}'
    acl prefers_large  req.hdr(prefer) -m reg -i '${preferLargePattern}'
    http-request set-var(txn.api) str(${SMALL_API})
    http-request set-var(txn.api) str(${LARGE_API}) if { method ${fetchingMethods.join(" ")} } document
    http-request set-var(txn.api) str(${LARGE_API}) if { method POST } with_large_body
    http-request set-var(txn.api) str(${LARGE_API}) if { method POST } prefers_large
    http-request set-var(txn.api) str(${LARGE_API}) if { method POST } plain_file
${routes.map(({ api }) => `    http-request set-var(txn.api) str(${api}) if by_path_of_${api}\n`).join("")}${apiNames(
  settings,
)
  .map((api) => refuse("unavailable", `if { var(txn.api) -m str ${api} } { nbsrv(${api}) eq 0 }`))
  .join("\n")}

    # Headers that the proxy adds.
    http-request set-header x-request-id %[unique-id]
    http-request set-header x-forwarded-for %[src]
    http-request set-header ${CALLER_HEADER} %[var(txn.caller_id)]

    # Waits for the beginning of the body before it calls an API. A client that waits for "100 Continue" gets it.
    http-request set-header expect 100-continue if { var(txn.expects) -m found }
    http-request wait-for-body time ${clientTimeoutSeconds}s at-least 65536 if { req.hdr(content-length) -m int gt 0 }
    http-request del-header expect
    use_backend ${refusalsBackend} if { var(txn.refusal) -m found }
    use_backend %[var(txn.api)]`;
}

/** One JSON object a line, without query, headers and body. Times in milliseconds, sizes in bytes. */
function accessLog(): string {
  const text = (sample: string) => `"%[${sample},json(utf8s)]"`;
  const fields = {
    epochMilliseconds: "%Ts%ms",
    requestId: '"%ID"',
    gatewayRequestId: text("var(txn.gateway_request_id)"),
    source: '"%ci"',
    callerId: text("var(txn.caller_id)"),
    subject: text("var(txn.subject),bytes(0,256)"),
    certificateError: text("var(txn.certificate_error)"),
    method: '"%HM"',
    path: text("var(txn.path)"),
    api: text("var(txn.api)"),
    server: '"%s"',
    refusal: text("var(txn.refusal)"),
    status: "%ST",
    requestBytes: "%U",
    responseBytes: "%B",
    requestTime: "%TR",
    queueTime: "%Tw",
    connectTime: "%Tc",
    responseTime: "%Tr",
    totalTime: "%Ta",
    termination: '"%ts"',
    tlsVersion: '"%sslv"',
  };
  return `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(",")}}`;
}
