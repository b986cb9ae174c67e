import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RUNBOOK_SECTIONS } from "../../../operations/verify/check.ts";
import { diagnoseAnswer } from "../../../operations/verify/diagnose-answer.ts";
import { diagnoseConnection } from "../../../operations/verify/diagnose-connection.ts";
import { diagnosePending } from "../../../operations/verify/diagnose-outcome.ts";
import { refusalsFor } from "../../../proxy/refusals.ts";

const problem = (status: number, detail: string) => ({
  status,
  headers: { "content-type": "application/problem+json" },
  bytes: Buffer.from(JSON.stringify({ status, detail })),
});

/** As API Gateway answers by itself. */
const gateway = (status: number, errorType: string, message: string) => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-errortype": errorType },
  bytes: Buffer.from(JSON.stringify({ message })),
});

const refusals = refusalsFor({ thresholdBytes: 5_000_000, maxBytes: 10_000_000 });
const proxys = (name: keyof typeof refusals) => problem(refusals[name].status, refusals[name].detail);
const anonymous =
  "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-central-1:********1111:a1/v1/GET/orders";

describe(diagnoseAnswer, () => {
  it.each([
    ["401 of the proxy", "small", proxys("unauthorized"), "the proxy: the caller's credential"],
    ["403 of the proxy", "small", proxys("forbidden"), "the proxy: callers and rights"],
    [
      "403 of a Deny",
      "small",
      gateway(403, "AccessDeniedException", `${anonymous} with an explicit deny`),
      "API Gateway: the resource policy",
    ],
    [
      "403 for want of an Allow",
      "small",
      gateway(403, "AccessDeniedException", anonymous),
      "the VPC endpoint's policy, or the API's",
    ],
    [
      "403 for a path that is not there",
      "small",
      gateway(403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
      "API Gateway: path and stage",
    ],
    [
      "403 for a host that is not there",
      "small",
      gateway(403, "ForbiddenException", "Forbidden"),
      "API Gateway: Host and API",
    ],
    [
      "404 of another proxy",
      "small",
      { status: 404, headers: {}, bytes: Buffer.from("") },
      "the proxy's paths",
    ],
    ["409 of S3", "large", problem(409, "another request"), "the intake bucket: If-None-Match"],
    ["413 above all limits", "large", proxys("content-too-large"), "the proxy's or API Gateway's limit"],
    ["413 of the synchronous API", "small", problem(413, "too large"), "the threshold between the APIs"],
    ["429 of the proxy", "small", proxys("caller-over-limit"), "the proxy's limits"],
    [
      "429 of the stage",
      "small",
      gateway(429, "TooManyRequestsException", "Too Many Requests"),
      "the API's throttling",
    ],
    ["503 of the proxy", "small", proxys("unavailable"), "the way from the proxy to the VPC endpoint"],
    [
      "503 of the proxy, at the large API",
      "large",
      proxys("unavailable"),
      "the way from the proxy to the VPC endpoint",
    ],
    ["503 of S3", "large", problem(503, "The storage is busy."), "S3 behind the large API"],
    ["502 of S3", "large", problem(502, "Not taken."), "S3 behind the large API: role, bucket or key"],
    [
      "500 of a mapping",
      "large",
      gateway(500, "InternalServerErrorException", "Internal server error"),
      "API Gateway: the mapping of the large API",
    ],
    ["500 of the function", "small", problem(500, "Not processed."), "the API function: what is behind it"],
    [
      "500 of an integration",
      "small",
      gateway(500, "InternalServerErrorException", "Internal server error"),
      "API Gateway: its integration",
    ],
    [
      "502 of a function that crashed",
      "small",
      gateway(502, "InternalServerErrorException", "Internal server error"),
      "the API function",
    ],
    [
      "504",
      "small",
      gateway(504, "InternalServerErrorException", "Endpoint request timed out"),
      "the API function",
    ],
    [
      "200 of somebody else",
      "small",
      { status: 200, headers: {}, bytes: Buffer.from("hi") },
      "the server that answered",
    ],
  ] as const)("knows %s", (_, side, answer, part) => {
    expect(diagnoseAnswer({ side, ...answer }).part).toMatch(new RegExp(`^${part.replaceAll(/[()]/g, ".")}`));
  });
});

describe(diagnoseConnection, () => {
  it.each([
    ["ENOTFOUND", "DNS"],
    ["EAI_AGAIN", "DNS"],
    ["ECONNREFUSED", "the proxy's port"],
    ["ETIMEDOUT", "the network in front of the proxy"],
    ["ENETUNREACH", "the network in front of the proxy"],
    ["EPIPE", "the proxy's connections"],
    ["CERT_HAS_EXPIRED", "TLS: the proxy's certificate"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "TLS: the proxy's certificate"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLS: the certificate of the caller"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "TLS"],
    ["EUNKNOWN", "the connection to the proxy"],
  ])("knows %s", (code, part) => {
    expect(diagnoseConnection({ code }).part).toBe(part);
  });
});

const empty = { visible: 0, inFlight: 0, delayed: 0 };

describe(diagnosePending, () => {
  it.each([
    [
      "the notification, where the object waits and the queue is empty",
      {},
      "notification",
      "unprocessed-objects",
    ],
    ["the mapping, where messages wait", { queue: { ...empty, visible: 3 } }, "queue", "mapping-stalled"],
    [
      "the function, where messages are in flight",
      { queue: { ...empty, visible: 1, inFlight: 2 } },
      "function",
      "queue-function-errors",
    ],
    ["the cause, where there are dead letters", { deadLetters: 1 }, "function", "dead-letters"],
    ["the function, where the object is gone", { waits: false }, "function", "queue-function-errors"],
    [
      "all of them, where nobody could look",
      { queue: undefined, deadLetters: undefined },
      "notification",
      "unprocessed-objects",
    ],
  ] as const)("names %s", (_, changes, at, section) => {
    const stuck = diagnosePending({ waits: true, queue: empty, deadLetters: 0, ...changes });

    expect([stuck.at, stuck.finding.section]).toEqual([at, section]);
  });
});

describe("sections that are named", () => {
  it("are those of the runbook", () => {
    const headings = readFileSync("docs/operations.md", "utf8").matchAll(/^### (.+)$/gm);

    expect([...headings].map(([, name]) => name)).toEqual(expect.arrayContaining([...RUNBOOK_SECTIONS]));
  });
});
