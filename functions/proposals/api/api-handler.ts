import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { deleteProposal, type IngestContext, ingest } from "../ingest.ts";
import { errorFields, log } from "../log.ts";
import type { Outcome, Submission } from "../outcome.ts";
import { type IntakeStore, intakeKey } from "../stores/intake-store.ts";
import {
  RequestError,
  readBody,
  readItem,
  readPageRequest,
  readSubmission,
  readSubmissionId,
  writeCursor,
} from "./api-request.ts";
import { jsonResponse, noContent, problem } from "./responses.ts";
import { outcomeView, recordView, resultView } from "./views.ts";

export interface ApiContext extends IngestContext {
  readonly intake: Pick<IntakeStore, "exists">;
}

type Route = (event: APIGatewayProxyEvent, context: ApiContext) => Promise<APIGatewayProxyResult>;

const routes: Readonly<Record<string, Route>> = {
  "GET /proposals": listProposals,
  "POST /proposals/{item}": postProposal,
  "GET /proposals/{item}": getProposal,
  "DELETE /proposals/{item}": removeProposal,
  "GET /proposals/{item}/submissions/{submissionId}": getSubmission,
};

/** The function behind the API "proposals". Answers every request; a 500 says nothing about the inside. */
export function createApiHandler(context: ApiContext) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const route = routes[`${event.httpMethod} ${event.resource}`];
    if (!route) {
      return problem(404, { detail: "There is no such resource." });
    }
    try {
      return await route(event, context);
    } catch (error) {
      if (error instanceof RequestError) {
        return problem(400, { detail: error.message });
      }
      const submissionId = event.requestContext.extendedRequestId;
      log("error", "request failed", { submissionId, ...errorFields(error) });
      return problem(500, { detail: "The request could not be processed; send it again later." });
    }
  };
}

async function postProposal(event: APIGatewayProxyEvent, context: ApiContext) {
  const submission = readSubmission(event);
  const outcome = await ingest(readBody(event), submission, context);
  const { item, submissionId } = submission;
  log("info", "submission finished", { item, submissionId, status: outcome.status });
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
        detail: "A submission or a deletion of this proposal that was received later has been processed.",
        submissionId,
      });
    case "rejected":
      return problem(400, {
        detail: "The proposal was rejected; see its reasons.",
        reasons: outcome.reasons,
        submissionId,
      });
  }
}

async function getProposal(event: APIGatewayProxyEvent, { records }: ApiContext) {
  const current = await records.readCurrent(readItem(event));
  return current?.kind === "record"
    ? jsonResponse(200, recordView(current))
    : problem(404, { detail: "There is no such proposal." });
}

async function listProposals(event: APIGatewayProxyEvent, context: ApiContext) {
  const { clientId, ...page } = readPageRequest(event);
  const { records, lastItem } = await context.records.listByClient(clientId, page);
  return jsonResponse(200, {
    items: records.map(recordView),
    ...(lastItem && { cursor: writeCursor(lastItem) }),
  });
}

async function removeProposal(event: APIGatewayProxyEvent, context: ApiContext) {
  await deleteProposal(readSubmission(event), context);
  return noContent();
}

async function getSubmission(event: APIGatewayProxyEvent, { records, intake }: ApiContext) {
  const item = readItem(event);
  const submissionId = readSubmissionId(event);
  if (submissionId === undefined) {
    return noSuchSubmission();
  }
  const result = await records.readResult(item, submissionId);
  if (result) {
    return jsonResponse(200, resultView(result));
  }
  if (await intake.exists(intakeKey(item, submissionId))) {
    return jsonResponse(200, { item, submissionId, status: "accepted" });
  }
  // It may have been finished, and its object deleted, between the two looks.
  const lateResult = await records.readResult(item, submissionId);
  return lateResult ? jsonResponse(200, resultView(lateResult)) : noSuchSubmission();
}

function noSuchSubmission() {
  return problem(404, { detail: "There is no such submission." });
}
