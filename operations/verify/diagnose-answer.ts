import type { Answer } from "./answer.ts";
import { jsonOf } from "./answer.ts";
import type { Finding, RunbookSection } from "./check.ts";

type Refused = Pick<Answer, "side" | "status" | "headers" | "bytes">;

/** Part of the service, where to look, and the section of the runbook. */
function finding(part: string, look: string, section?: RunbookSection): Finding {
  return { part, look, ...(section !== undefined && { section }) };
}

/**
 * Who gave an answer that was not expected, and why. API Gateway says the kind of its own refusals in `x-amzn-errortype`:
 * https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
 */
export function diagnoseAnswer(answer: Refused): Finding {
  const { status } = answer;
  if (status === 403) return diagnoseForbidden(answer);
  if (status >= 500) return diagnoseServerError(answer);
  return CLIENT_ERRORS[status]?.(answer) ?? unexpected(answer);
}

const CLIENT_ERRORS: Readonly<Record<number, (answer: Refused) => Finding>> = {
  400: (answer) =>
    finding("the request", `The API does not accept it: ${detailOf(answer)}`, "api-client-errors"),
  401: () =>
    finding(
      "the proxy: the caller's credential",
      "It does not accept the credential. Check the token: expiry, audience, issuer, and a signing key in proxy.authentication.keyFiles. Or check that the certificate's authority is known.",
    ),
  404: (answer) =>
    isProblem(answer)
      ? finding(
          "the records",
          "The record does not exist for this caller. Check that the same caller sent it.",
        )
      : finding(
          "the proxy's paths",
          "The server that answered does not have this path. Check that it is this environment's proxy, and render its configuration again after the last apply.",
        ),
  405: () =>
    finding(
      "the proxy's table of methods",
      "It is older than specs/. Apply, render the proxy's configuration again, and reload it.",
    ),
  409: ({ side }) =>
    side === "large"
      ? finding(
          "the intake bucket: If-None-Match",
          "S3 already has an object with this key, or another request wrote it at the same time. Send it again.",
        )
      : finding(
          "the record",
          "A newer submission of the same item was processed: another verification uses the item. Verify again after it has ended.",
        ),
  413: ({ side }) =>
    side === "large"
      ? finding(
          "the proxy's or API Gateway's limit",
          "The payload exceeds 10 MB, or max_payload_bytes of the outputs differs from the proxy's limit. Render the proxy again.",
          "api-too-large",
        )
      : finding(
          "the threshold between the APIs",
          "The synchronous API received a large payload: the proxy's threshold differs from large_payload_threshold_bytes of the outputs. Render the proxy again.",
          "api-too-large",
        ),
  415: () =>
    finding(
      "the request's media type",
      "Something between here and the API changed Content-Type or compressed the body. Check the proxies and gateways on the way.",
    ),
  429: (answer) =>
    errorTypeOf(answer) === "" && isProblem(answer)
      ? finding(
          "the proxy's limits",
          "The caller or this address exceeds its limits. Verify again later, or raise proxy.callers[].limits or proxy.limits.",
        )
      : finding(
          "the API's throttling",
          "The limit of the stage or of the account is reached. Verify again later, or raise throttling of the environment.",
          "api-client-errors",
        ),
};

/** In the order in which the refusals can be told apart. */
function diagnoseForbidden(answer: Refused): Finding {
  const [kind, text] = [errorTypeOf(answer), answer.bytes.toString("utf8")];
  if (kind === "MissingAuthenticationTokenException" || /Missing Authentication Token/.test(text)) {
    return finding(
      "API Gateway: path and stage",
      "The stage does not have this path. Check that the API was deployed after its last change, and that the proxy uses the stage in the output api_urls.",
    );
  }
  if (/explicit deny/.test(text)) {
    return finding(
      "API Gateway: the resource policy",
      "It denies the source of the request: another VPC endpoint, or an address that is not in proxy.addresses. Add the proxy's addresses, and apply.",
      "api-client-errors",
    );
  }
  if (kind === "AccessDeniedException" || /is not authorized to perform: execute-api/.test(text)) {
    return finding(
      "the VPC endpoint's policy, or the API's",
      "No statement allows the request. Add the statement of the output required_policies to the policy of an existing endpoint.",
      "api-client-errors",
    );
  }
  if (isProblem(answer)) {
    return finding(
      "the proxy: callers and rights",
      "The caller is not in callers.map, or lacks this right (proxy.callers). After a change, render the proxy again and reload it.",
    );
  }
  return finding(
    "API Gateway: Host and API",
    'It does not know this API at this endpoint ("Forbidden"). Host must be the name in api_urls: render the proxy with the outputs of the last apply. Check that the endpoint belongs to the API.',
  );
}

function diagnoseServerError(answer: Refused): Finding {
  const { side, status } = answer;
  if (status === 503 && /cannot be reached/.test(detailOf(answer))) {
    return finding(
      "the way from the proxy to the VPC endpoint",
      "The proxy cannot reach a healthy API. Check the endpoint's security group, the proxy's name server, and that the proxy has the host names of the last apply.",
      "api-server-errors",
    );
  }
  if (side === "large") return diagnoseLargeApi(answer);
  if (status === 504) {
    return finding(
      "the API function",
      "It took longer than API Gateway waits (29 s), or than its own timeout. Its log shows where it stopped.",
      "api-function-duration",
    );
  }
  if (isProblem(answer) && status === 500) {
    return finding(
      "the API function: what is behind it",
      `Its log shows what failed: the table, a bucket, a key, or a permission of its role. Request ${requestIdOf(answer)}.`,
      "api-server-errors",
    );
  }
  return status === 500
    ? finding(
        "API Gateway: its integration",
        "It may not call the function, or the function does not exist. npm run plan shows both.",
        "api-server-errors",
      )
    : finding(
        "the API function",
        "It crashed, was throttled, or returned an invalid answer. Its log has the error.",
        "api-function-errors",
      );
}

function diagnoseLargeApi(answer: Refused): Finding {
  if (answer.status === 503) {
    return finding("S3 behind the large API", "S3 throttles. Send it again later.", "api-server-errors");
  }
  if (answer.status === 502) {
    return finding(
      "S3 behind the large API: role, bucket or key",
      `S3 refused. Check that the bucket exists, that the API's role may read and write in it, and that the key is enabled. integrationStatus in the access log is S3's answer. Request ${requestIdOf(answer)}.`,
      "api-server-errors",
    );
  }
  return finding(
    "API Gateway: the mapping of the large API",
    `A mapping or template failed, or the role cannot be assumed. Enable the stage's execution log. Request ${requestIdOf(answer)}.`,
    "api-server-errors",
  );
}

function unexpected(answer: Refused): Finding {
  return finding(
    "the server that answered",
    `This service never answers with status ${answer.status}. Check that this is the environment's proxy. Request ${requestIdOf(answer)}.`,
  );
}

/** Without what some of them have behind a colon. */
function errorTypeOf({ headers }: Refused): string {
  return String(headers["x-amzn-errortype"] ?? "").split(":")[0] ?? "";
}

function isProblem({ headers }: Refused): boolean {
  return String(headers["content-type"] ?? "").startsWith("application/problem+json");
}

function detailOf(answer: Refused): string {
  return String(jsonOf(answer)["detail"] ?? "").slice(0, 200);
}

/** The proxy's, or API Gateway's. */
function requestIdOf({ headers }: Refused): string {
  return String(headers["x-request-id"] ?? headers["x-amzn-requestid"] ?? "without an id");
}
