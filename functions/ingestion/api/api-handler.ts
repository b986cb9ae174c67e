import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { type ItemKey, intakeKey } from "../../../contract/keys.ts";
import type { MetricOf } from "../../../contract/metrics.ts";
import { domain } from "../../../domain/domain.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import { errorFields, log } from "../../log.ts";
import { type AbortAfter, deadlineOf, type RemainingTime, withinDeadline } from "../deadline.ts";
import { type DeleteContext, deleteRecord } from "../delete-record.ts";
import { type IngestContext, ingest } from "../ingest.ts";
import type { Metrics } from "../metrics.ts";
import { observeOutcome } from "../observe-outcome.ts";
import type { Outcome, Submission } from "../outcome.ts";
import { payloadTooLargeCode } from "../payload/check-payload.ts";
import type { IntakeStore } from "../stores/intake-store.ts";
import type { RecordPage } from "../stores/record-store.ts";
import {
  maxPageSize,
  RequestError,
  readCaller,
  readCorrelationId,
  readGroup,
  readKey,
  readPage,
  readPayload,
  readSubmission,
  readSubmissionIds,
  readTraceId,
  writeCursor,
} from "./api-request.ts";
import { checkChecksum } from "./check-checksum.ts";
import { jsonResponse, noContent, problem, withoutContent } from "./responses.ts";
import { keyView, outcomeView, recordView, resultView } from "./views.ts";

type ApiMetrics = Metrics<MetricOf<"api-function">>;

export type ApiContext = IngestContext & DeleteContext & { readonly intake: Pick<IntakeStore, "exists"> };

export interface ApiHandlerOptions {
  /** What an invocation works with; its calls end by the signal. */
  readonly open: (deadline: AbortSignal) => ApiContext;
  readonly metrics: ApiMetrics;
  readonly abortAfter?: AbortAfter;
}

type RouteContext = ApiContext & { readonly metrics: ApiMetrics };
type Route = (event: APIGatewayProxyEvent, context: RouteContext) => Promise<APIGatewayProxyResult>;

const itemPath = `${SHARED_PATH}/{${domain.key}}`;
const filePath = `${itemPath}/files/{fileId}`;

const routes: Readonly<Record<string, Route>> = {
  [`GET ${SHARED_PATH}`]: listRecords,
  [`POST ${itemPath}`]: submit,
  [`GET ${itemPath}`]: getRecord,
  [`DELETE ${itemPath}`]: removeRecord,
  [`GET ${itemPath}/submissions/{submissionId}`]: getSubmission,
};

/** Files come by the large API alone: an event of API Gateway holds no bytes. */
const fileRoutes: Readonly<Record<string, Route>> = {
  [`GET ${itemPath}/files`]: listFiles,
  [`GET ${filePath}`]: getFile,
  [`DELETE ${filePath}`]: removeRecord,
  [`GET ${filePath}/submissions/{submissionId}`]: getSubmission,
};

/** The function behind the small API. Answers every request; a 500 says nothing about the inside. */
export function createApiHandler({ open, metrics, abortAfter }: ApiHandlerOptions) {
  return async (event: APIGatewayProxyEvent, invocation: RemainingTime): Promise<APIGatewayProxyResult> => {
    const deadline = deadlineOf(invocation, abortAfter);
    const context = { ...open(deadline), metrics };
    const response = await withinDeadline(deadline, () => answer(event, context)).catch((error: unknown) =>
      answerError(error, event, metrics),
    );
    metrics.flush();
    const answered = withCorrelationId(response, event);
    return event.httpMethod === "HEAD" ? withoutContent(answered) : answered;
  };
}

async function answer(event: APIGatewayProxyEvent, context: RouteContext): Promise<APIGatewayProxyResult> {
  const name = `${event.httpMethod === "HEAD" ? "GET" : event.httpMethod} ${event.resource}`;
  const route = routes[name] ?? (context.plainFiles ? fileRoutes[name] : undefined);
  return route ? route(event, context) : problem(404, { detail: "There is no such resource." });
}

function answerError(
  error: unknown,
  event: APIGatewayProxyEvent,
  metrics: ApiMetrics,
): APIGatewayProxyResult {
  if (error instanceof RequestError) {
    return problem(400, { detail: error.message });
  }
  metrics.add("FailedRequests", 1);
  log("error", "request failed", {
    submissionId: event.requestContext.extendedRequestId,
    correlationId: readCorrelationId(event),
    ...errorFields(error),
  });
  return problem(500, { detail: "The request could not be processed; send it again later." });
}

/** The caller's own id, or the one that API Gateway gave the request. */
function withCorrelationId(
  response: APIGatewayProxyResult,
  event: APIGatewayProxyEvent,
): APIGatewayProxyResult {
  const correlationId = readCorrelationId(event) ?? event.requestContext.requestId;
  return { ...response, headers: { ...response.headers, "x-correlation-id": correlationId } };
}

async function submit(event: APIGatewayProxyEvent, context: RouteContext) {
  const startedAt = context.now();
  const submission = readSubmission(event);
  const payload = readPayload(event);
  await checkChecksum(event, payload.bytes);
  const outcome = await ingest(payload, submission, context);
  observeOutcome(context.metrics, {
    submission,
    outcome,
    sizeBytes: payload.bytes.length,
    startedAt,
    finishedAt: context.now(),
    traceId: readTraceId(event),
  });
  return outcomeResponse(submission, outcome);
}

/** `superseded` is a 409: a 2xx would be a success for what was not stored. */
function outcomeResponse(submission: Submission, outcome: Outcome): APIGatewayProxyResult {
  const { submissionId } = submission;
  switch (outcome.status) {
    case "stored":
      return jsonResponse(outcome.created ? 201 : 200, outcomeView(submission, outcome));
    case "unchanged":
      return jsonResponse(200, outcomeView(submission, outcome));
    case "superseded":
      return problem(409, {
        detail: `A submission or deletion of this ${domain.noun} that was received later has already been processed.`,
        submissionId,
      });
    case "rejected":
      return problem(outcome.reasons.some(({ code }) => code === payloadTooLargeCode) ? 413 : 400, {
        detail: `The ${domain.noun} was rejected; see its reasons.`,
        reasons: outcome.reasons,
        submissionId,
      });
  }
}

async function getRecord(event: APIGatewayProxyEvent, { records, plainFiles }: ApiContext) {
  const key = readKey(event);
  const current = await records.readCurrent(key);
  if (current?.kind !== "record") {
    return problem(404, { detail: `There is no such ${domain.noun}.` });
  }
  // More of them than a page has are read by their own list.
  const files = plainFiles && (await records.listFiles(key, { limit: maxPageSize })).records.map(recordView);
  return jsonResponse(200, { ...recordView(current), ...(files && { files }) });
}

async function getFile(event: APIGatewayProxyEvent, { records }: ApiContext) {
  const current = await records.readCurrent(readKey(event));
  return current?.kind === "record"
    ? jsonResponse(200, recordView(current))
    : problem(404, { detail: "There is no such file." });
}

async function listRecords(event: APIGatewayProxyEvent, { records }: ApiContext) {
  return pageResponse(await records.listGroup(readCaller(event), readGroup(event), readPage(event)));
}

async function listFiles(event: APIGatewayProxyEvent, { records }: ApiContext) {
  return pageResponse(await records.listFiles(readKey(event), readPage(event)));
}

function pageResponse({ records, last }: RecordPage) {
  return jsonResponse(200, {
    items: records.map(recordView),
    ...(last !== undefined && { cursor: writeCursor(last) }),
  });
}

async function removeRecord(event: APIGatewayProxyEvent, context: RouteContext) {
  const submission = readSubmission(event);
  const { removed, unversioned } = await deleteRecord(submission, context);
  const { caller, item, fileId, submissionId } = submission;
  const of = { caller, item, ...(fileId && { fileId }), submissionId };
  log("info", "record deleted", { ...of, documents: removed });
  if (unversioned > 0) {
    context.metrics.add("UnversionedDocuments", unversioned);
    log("error", "documents of a deleted record stay: their bucket is not versioned", {
      ...of,
      documents: unversioned,
    });
    // 204 promises that no document can be read any more.
    context.metrics.add("FailedRequests", 1);
    return problem(500, {
      detail: `The ${domain.noun} is deleted, but its documents are not. Send the request again later.`,
    });
  }
  context.metrics.add("Deleted", 1);
  return noContent();
}

async function getSubmission(event: APIGatewayProxyEvent, context: ApiContext) {
  const key = readKey(event);
  for (const submissionId of readSubmissionIds(event)) {
    const found = await findSubmission(key, submissionId, context);
    if (found) return found;
  }
  return problem(404, { detail: "There is no such submission." });
}

async function findSubmission(key: ItemKey, submissionId: string, { records, intake }: ApiContext) {
  const result = await records.readResult(key, submissionId);
  if (result) {
    return jsonResponse(200, resultView(result));
  }
  if (await intake.exists(intakeKey(key, submissionId))) {
    return jsonResponse(200, { ...keyView(key), submissionId, status: "accepted" });
  }
  // It may have been finished, and its object deleted, between the two looks.
  const lateResult = await records.readResult(key, submissionId);
  return lateResult && jsonResponse(200, resultView(lateResult));
}
