import { CALLER_HEADER } from "../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { refuse } from "./refuse.ts";
import { apiNames } from "./render-backends.ts";
import { callerRules, rateSeconds } from "./render-callers.ts";
import { connectionRules, sourceKnown } from "./render-connections.ts";
import { refusalsBackend } from "./render-refusals.ts";
import {
  allowedFilePathPattern,
  documentPathPattern,
  encodedPattern,
  filePathPattern,
  filePathPrefixPattern,
  forwardedHeaders,
  itemPathPattern,
  itemPathPrefix,
  methods,
  type PathRoute,
  preferLargePattern,
} from "./routing.ts";

/** HAProxy refuses lines of more than 64 words; lines of one acl are alternatives. */
const mostPathsOfLine = 40;

/** What happens to a connection and to each of its requests. */
export function frontend(settings: ProxySettings): string {
  const { limits, payload, routes, clientTimeoutSeconds } = settings;
  // What only the two APIs that share their paths ask of a request.
  const sharedOnly = routes.length > 0 ? " !by_path" : "";
  const gatewayLimit =
    routes.length > 0
      ? `\n${refuse("content-over-gateway-limit", "if by_path with_body_over_gateway_limit")}`
      : "";
  return `frontend external
${connectionRules(settings)}

    unique-id-format %[uuid()]
    log-format '${accessLog()}'
    http-request set-var(txn.path) path,bytes(0,1024)
    http-response set-var(txn.gateway_request_id) res.hdr(x-amz-apigw-id)
    http-after-response set-header x-request-id %[unique-id]
    # Put aside: a service answers it with "100 Continue" before it refuses.
    http-request set-var(txn.expects) req.hdr(expect)
    http-request del-header expect

${refuse("too-many-requests", `if { sc_http_req_rate(0) gt ${limits.requestsPerSecondPerSource * rateSeconds} }`)}

${callerRules(settings)}${sourceKnown(settings)}

    # What no API shall see. Sizes are compared as 64-bit integers: req.hdr_val() would wrap around at 2^31.
    acl with_body_over_limit  req.hdr(content-length) -m int gt ${payload.maxBytes}
    acl with_large_body       req.hdr(content-length) -m int ge ${payload.thresholdBytes}
    acl encoded               req.hdr(content-encoding) -m reg -i '${encodedPattern}'
    acl with_item             path_beg ${itemPathPrefix}
    acl with_allowed_item     path -m reg '${itemPathPattern}'
    acl with_file             path -m reg '${filePathPrefixPattern}'
    acl with_allowed_file     path -m reg '${allowedFilePathPattern}'${pathLists(routes)}
${refuse("method-not-allowed", `unless { method ${methods.join(" ")} }`)}
${refuse("target-not-allowed", "unless { path_beg / }")}
${refuse("length-required", "if { req.hdr(transfer-encoding) -m found }")}
${refuse("content-too-large", `if with_body_over_limit${sharedOnly}`)}${gatewayLimit}
${refuse("content-encoded", `if encoded${sharedOnly}`)}
${refuse("item-not-allowed", "if with_item !with_allowed_item")}
${refuse("item-not-allowed", "if with_file !with_allowed_file")}

    # Which API: large bodies, those whose sender prefers it, files and documents take the one that has S3 behind it.
    acl document       path -m reg '${documentPathPattern}'
    acl plain_file     path -m reg '${filePathPattern}'
    acl prefers_large  req.hdr(prefer) -m reg -i '${preferLargePattern}'
    http-request set-var(txn.api) str(${SMALL_API})
    http-request set-var(txn.api) str(${LARGE_API}) if { method GET } document
    http-request set-var(txn.api) str(${LARGE_API}) if { method POST } with_large_body
    http-request set-var(txn.api) str(${LARGE_API}) if { method POST } prefers_large
    http-request set-var(txn.api) str(${LARGE_API}) if { method POST } plain_file
${routes.map(({ api }) => `    http-request set-var(txn.api) str(${api}) if by_path_of_${api}\n`).join("")}${apiNames(
  settings,
)
  .map((api) => refuse("unavailable", `if { var(txn.api) -m str ${api} } { nbsrv(${api}) eq 0 }`))
  .join("\n")}

    # The beginning of the body has to be here before an API is called; whoever waits for it is told to send it.
    http-request set-header expect 100-continue if { var(txn.expects) -m found }
    http-request wait-for-body time ${clientTimeoutSeconds}s at-least 65536 if { req.hdr(content-length) -m int gt 0 }

    # What the client said is cut down to what it may choose.
    http-request del-header '^(?!(${forwardedHeaders.join("|")})$)' -m reg
    http-request set-header x-request-id %[unique-id]
    http-request set-header x-correlation-id %[unique-id] unless { req.hdr(x-correlation-id) -m found }
    http-request set-header x-forwarded-for %[src]
    http-request set-header ${CALLER_HEADER} %[var(txn.caller_id)]
    use_backend ${refusalsBackend} if { var(txn.refusal) -m found }
    use_backend %[var(txn.api)]`;
}

/** A path and all below it, as they were sent: neither decoded nor stripped. */
function pathLists(routes: readonly PathRoute[]): string {
  if (routes.length === 0) return "";
  const matches = (acl: string, paths: readonly string[]) =>
    inChunks(paths, mostPathsOfLine)
      .map(
        (some) => `
    acl ${acl} path ${some.join(" ")}
    acl ${acl} path_beg ${some.map((path) => `${path}/`).join(" ")}`,
      )
      .join("");
  return `
    acl with_body_over_gateway_limit  req.hdr(content-length) -m int gt ${GATEWAY_MAX_REQUEST_BYTES}
    # Paths of the other APIs.${[
      matches(
        "by_path",
        routes.flatMap(({ paths }) => paths),
      ),
      ...routes.map(({ api, paths }) => matches(`by_path_of_${api}`, paths)),
    ].join("")}`;
}

function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) =>
    items.slice(chunk * size, (chunk + 1) * size),
  );
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
