import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACCEPTED_TEMPLATE } from "../../../cli/spec/models/accepted-template.ts";
import { possibleSubmissionIds } from "../../../functions/ingestion/api/submission-ids.ts";
import { rendered } from "../../support/mapping-template.ts";
import { itHolds } from "../../support/property.ts";

/** What API Gateway answers to a request of that path, in its stage. */
function answerTo(path: string, extendedRequestId: string) {
  const { text, overrides } = rendered(ACCEPTED_TEMPLATE, {
    context: { path: `/v1${path}`, extendedRequestId },
  });
  const body: unknown = JSON.parse(text);
  return { body, location: String(overrides.response.header["Location"]) };
}

const anId = fc.stringMatching(/^[A-Za-z0-9+/_:-]{1,40}={0,2}$/);
const anItem = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const aPath = fc
  .tuple(anItem, fc.option(anItem), fc.constantFrom("", "/"))
  .map(([item, fileId, end]) => `/items/${item}${fileId === null ? "" : `/files/${fileId}`}${end}`);

describe("the body and the header of an accepted payload", () => {
  it("are a URL beside the last segment of the request's", () => {
    expect(answerTo("/items/a-1", "Jm5/aG+=")).toEqual({
      body: {
        submissionId: "Jm5/aG+=",
        status: "accepted",
        statusUrl: "a-1/submissions/Sm01L2FHKz0",
      },
      location: "a-1/submissions/Sm01L2FHKz0",
    });
  });

  itHolds(
    "lead to the submission of each of 1,000 ids, of a record and of a file, with a slash at the end or without",
    fc.property(aPath, anId, (path, id) => {
      const { body, location } = answerTo(path, id);
      const { pathname } = new URL(location, `https://host${path}`);
      const [of = "", alias = ""] = pathname.split("/submissions/");

      expect(body).toMatchObject({ submissionId: id, statusUrl: location });
      expect(of).toBe(path.replace(/\/$/, ""));
      expect(alias).toMatch(/^[A-Za-z0-9]+$/);
      expect(possibleSubmissionIds(alias)[0]).toBe(id);
    }),
    { numRuns: 1000 },
  );

  itHolds(
    "hold nothing that would end a JSON text or a header, whatever stands in the path",
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const { body, location } = answerTo(`/items/${text}`, "Jm5/aG+=");

      expect(location).toMatch(/^[\w.!~*'()%+/-]+$/);
      expect(body).toEqual({ submissionId: "Jm5/aG+=", status: "accepted", statusUrl: location });
    }),
    { numRuns: 1000 },
  );
});
