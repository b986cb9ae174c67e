import type { Domain } from "../../../domain/seam.ts";
import { type Models, text } from "./record-models.ts";
import { wordsOf } from "./words.ts";

/** Models of answers that both APIs give. */
export function sharedModels(domain: Domain): Models {
  const { one, a } = wordsOf(domain);
  const reasons = (description: string) => ({
    description,
    type: "array",
    items: { $ref: "#/components/schemas/Reason" },
  });
  return {
    Problem: {
      title: "Problem",
      description: "Problem details as in RFC 9457.",
      type: "object",
      properties: {
        title: text("Short summary of the kind of problem."),
        type: text("Kind of the problem, a URI; about:blank if the status describes it."),
        detail: text("What is wrong with this request."),
        reasons: reasons(`Why ${a} was rejected, with one reason for each place.`),
        status: { description: "HTTP status code.", type: "integer" },
        submissionId: text("The submission that this is about."),
      },
    },
    Reason: {
      title: "Reason",
      description: `One reason why ${a} was rejected. It contains no data of the ${one}.`,
      type: "object",
      properties: {
        code: text("Kind of the reason."),
        message: text("What is wrong there."),
        path: text(`The place in the ${one}.`),
      },
      required: ["path", "code", "message"],
    },
    Submission: submissionModel(domain, reasons("Why the submission was rejected.")),
  };
}

function submissionModel(domain: Domain, reasons: Models[string]): Models[string] {
  return {
    title: "Submission",
    description: "The state of a submission.",
    type: "object",
    properties: {
      correlationId: text("The sender's own id of the request, as given in x-correlation-id."),
      ...(domain.plainFiles && {
        fileId: text("Identifier of the file, if the submission is one of a file without JSON around it."),
      }),
      finishedAt: text("When its outcome was known, as in RFC 3339."),
      [domain.key]: text(`Identifier of the ${wordsOf(domain).one}.`),
      reasons,
      receivedAt: text("When the submission was received, as in RFC 3339."),
      status: {
        ...text("accepted until its outcome is known."),
        enum: ["accepted", "stored", "unchanged", "superseded", "rejected"],
      },
      statusUrl: text("URL of an accepted submission, relative to the URL that it was sent to."),
      submissionId: text("Identifier that API Gateway gave the submission."),
    },
    required: ["submissionId", "status"],
  };
}
