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
  400: (answer) => finding("the request", `It was not understood: ${detailOf(answer)}`, "api-client-errors"),
  401: () =>
    finding(
      "the proxy: the caller's credential",
      "It knows no such caller. Is the token expired, for this audience, of this issuer, and signed with a key of proxy.authentication.keyFiles? Is the certificate one of a known authority?",
    ),
  404: (answer) =>
    isProblem(answer)
      ? finding("the records", "There is none. Is the caller the one that sent it?")
      : finding(
          "the proxy's paths",
          "What answered has no such path: is it the proxy of this environment, rendered after the last apply?",
        ),
  405: () =>
    finding("the proxy's table of methods", "Render it again from specs/ after an apply, and reload it."),
  409: ({ side }) =>
    side === "large"
      ? finding(
          "the intake bucket: If-None-Match",
          "S3 has an object under that key already, or another request wrote at the same time. Send it again.",
        )
      : finding(
          "the record",
          "A newer submission of the same item was processed: another verification uses it.",
        ),
  413: ({ side }) =>
    side === "large"
      ? finding(
          "the proxy's or API Gateway's limit",
          "payload.maxBytes of the outputs and of the proxy differ, or it is over API Gateway's 10 MB.",
          "api-too-large",
        )
      : finding(
          "the threshold between the APIs",
          "The synchronous API got what is for the large one: payload.thresholdBytes of the proxy is not that of the outputs. Render it again.",
          "api-too-large",
        ),
  415: () =>
    finding("the request's media type", "Something on the way changed Content-Type or compressed it."),
  429: (answer) =>
    errorTypeOf(answer) === "" && isProblem(answer)
      ? finding(
          "the proxy's limits",
          "The caller or this address sends more than it may (proxy.callers[].limits, proxy.limits).",
        )
      : finding(
          "the API's throttling",
          "The stage takes no more requests (throttling of the environment), or the account does not.",
          "api-client-errors",
        ),
};

/** In the order in which the refusals can be told apart. */
function diagnoseForbidden(answer: Refused): Finding {
  const [kind, text] = [errorTypeOf(answer), answer.bytes.toString("utf8")];
  if (kind === "MissingAuthenticationTokenException" || /Missing Authentication Token/.test(text)) {
    return finding(
      "API Gateway: path and stage",
      "It has no such path in that stage. Was the API deployed after its last change, and does the proxy have the stage of the outputs (api_urls)?",
    );
  }
  if (/explicit deny/.test(text)) {
    return finding(
      "API Gateway: the resource policy",
      "It denies where the request came from: another VPC endpoint, or an address that is not in proxy.addresses. Name those from which the proxy calls, and apply.",
      "api-client-errors",
    );
  }
  if (kind === "AccessDeniedException" || /is not authorized to perform: execute-api/.test(text)) {
    return finding(
      "the VPC endpoint's policy, or the API's",
      "No statement allows the request. An existing endpoint's policy has to have the statement of the output required_policies.",
      "api-client-errors",
    );
  }
  if (isProblem(answer)) {
    return finding(
      "the proxy: callers and rights",
      "The caller is not in callers.map, or may not do this (proxy.callers). After a change: render, reload.",
    );
  }
  return finding(
    "API Gateway: Host and API",
    'It knows no such API at this endpoint ("Forbidden"). Host must be the name in api_urls: render the proxy with the outputs of the last apply. Is the endpoint one of the API?',
  );
}

function diagnoseServerError(answer: Refused): Finding {
  const { side, status } = answer;
  if (status === 503 && /cannot be reached/.test(detailOf(answer))) {
    return finding(
      "the way from the proxy to the VPC endpoint",
      "The proxy has no healthy API behind it: look at the endpoint's security group, at the proxy's name server, and at whether it has the host names of the last apply.",
      "api-server-errors",
    );
  }
  if (side === "large") return diagnoseLargeApi(answer);
  if (status === 504) {
    return finding(
      "the API function",
      "It took more than API Gateway's 29 s, or its own timeout.",
      "api-function-duration",
    );
  }
  if (isProblem(answer) && status === 500) {
    return finding(
      "the API function: what is behind it",
      `Its log tells what failed: the table, a bucket, a key, a right of its role. Request ${requestIdOf(answer)}.`,
      "api-server-errors",
    );
  }
  return status === 500
    ? finding(
        "API Gateway: its integration",
        "It may not call the function, or the function is not there: look at the permission of the stage. Plan shows both.",
        "api-server-errors",
      )
    : finding(
        "the API function",
        "It crashed, was throttled, or answered what is no answer. Its log has the error.",
        "api-function-errors",
      );
}

function diagnoseLargeApi(answer: Refused): Finding {
  if (answer.status === 503) {
    return finding("S3 behind the large API", "It asks for fewer requests. Send again.", "api-server-errors");
  }
  if (answer.status === 502) {
    return finding(
      "S3 behind the large API: role, bucket or key",
      `S3 refused. Is the bucket there, may the role of the API write or read in it, and is the key enabled? integrationStatus of the access log is S3's own answer. Request ${requestIdOf(answer)}.`,
      "api-server-errors",
    );
  }
  return finding(
    "API Gateway: the mapping of the large API",
    `A mapping or template failed, or the role cannot be assumed. Turn on the stage's execution log. Request ${requestIdOf(answer)}.`,
    "api-server-errors",
  );
}

function unexpected(answer: Refused): Finding {
  return finding(
    "whoever answered",
    `It is no answer of this service to that (${answer.status}): is it the proxy of this environment? Request ${requestIdOf(answer)}.`,
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
