import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createdEvent, NotificationError } from "../../../domain/s3-notification.ts";
import { LostPayloadError } from "../../../functions/ingestion/queue/process-created-object.ts";
import { KeyLayoutError } from "../../../functions/ingestion/submission-keys.ts";
import { CAUSES, explain, FINAL_ERRORS } from "../../../operations/redrive/causes.ts";
import { readDeadLetter } from "../../../operations/redrive/dead-letter.ts";
import { diagnose } from "../../../operations/redrive/diagnose.ts";
import { createIntakeListing } from "../../../operations/waiting-objects.ts";
import { listingS3, operatedStack } from "../../support/operated-stack.ts";

const { intakeBucket, payload } = operatedStack;
const waiting = "incoming/saas/a/payload/id=";
const large = "incoming/saas/a/files/b/id=";

function diagnoseBody(body: string, loggedErrors: Record<string, string> = {}) {
  const { s3 } = listingS3([
    { key: waiting, sizeBytes: payload.maxBytes, writtenAt: 0 },
    { key: `${waiting}/longer=`, sizeBytes: 1, writtenAt: 0 },
    { key: large, sizeBytes: payload.maxBytes + 1, writtenAt: 0 },
  ]);
  return diagnose(readDeadLetter({ MessageId: "m", Body: body }), {
    listing: createIntakeListing(s3, operatedStack),
    intakeBucket,
    maxPayloadBytes: payload.maxBytes,
    loggedErrors: new Map(Object.entries(loggedErrors)),
  });
}

const several = (...keys: string[]) =>
  JSON.stringify({
    Records: keys.flatMap((key) => JSON.parse(createdEvent(intakeBucket, key)).Records),
  });

describe(diagnose, () => {
  it.each([
    ["what is no JSON", "secret", "unreadable", undefined],
    ["what is no event of S3", '{"a":1}', "unreadable", undefined],
    ["a folder of the console", createdEvent(intakeBucket, "incoming/2026/"), "foreign", "incoming/2026/"],
    ["a key of an older version", createdEvent(intakeBucket, "incoming/a/id="), "older", "incoming/a/id="],
    [
      "an object that is gone, though another's key begins like its",
      createdEvent(intakeBucket, "incoming/saas/a/payload/id"),
      "gone",
      "incoming/saas/a/payload/id",
    ],
    ["an object that is too large", createdEvent(intakeBucket, large), "tooLarge", large],
    ["an object that waits", createdEvent(intakeBucket, waiting), "waiting", waiting],
    ["S3's test event", '{"Event":"s3:TestEvent"}', "nothing", undefined],
    ["another bucket", createdEvent("other", waiting), "nothing", waiting],
    ["another prefix", createdEvent(intakeBucket, "elsewhere/a"), "nothing", "elsewhere/a"],
    ["the worst of several objects", several(waiting, "incoming/a/id=", large), "older", "incoming/a/id="],
  ])("tells %s", async (_, body, cause, key) => {
    expect(await diagnoseBody(body)).toEqual({ cause, key, loggedError: undefined });
  });

  it("takes what the function logged of the same message for what decides whether it can succeed", async () => {
    const body = createdEvent(intakeBucket, waiting);

    const passing = await diagnoseBody(body, { m: "TimeoutError", other: "KeyLayoutError" });
    const final = await diagnoseBody(body, { m: "KeyLayoutError" });

    expect(passing).toEqual({ cause: "waiting", key: waiting, loggedError: "TimeoutError" });
    expect(explain(passing).canSucceed).toBe(true);
    expect(explain(final)).toMatchObject({ canSucceed: false, section: "dead-letters" });
  });

  it("leaves what the key alone explains as it is, whatever was logged", async () => {
    const older = await diagnoseBody(createdEvent(intakeBucket, "incoming/a/id="), { m: "KeyLayoutError" });

    expect(explain(older)).toMatchObject({ canSucceed: false, section: "objects-of-an-older-version" });
  });

  it("says of what waits that its metadata may name another caller, unless the log tells", async () => {
    const unlogged = await diagnoseBody(createdEvent(intakeBucket, waiting));

    expect(explain(unlogged).onRedrive).toContain("or fails again if its metadata names another caller");
    expect(explain({ ...unlogged, loggedError: "TimeoutError" }).onRedrive).not.toContain("metadata");
  });

  it("leads to sections that docs/operations.md has", () => {
    const headings = [...readFileSync("docs/operations.md", "utf8").matchAll(/^#{2,3} (.+)$/gm)].map(
      ([, text = ""]) => text.toLowerCase().replaceAll(" ", "-"),
    );

    const sections = [...Object.values(CAUSES), ...Object.values(FINAL_ERRORS)].map(({ section }) => section);
    expect(headings).toEqual(expect.arrayContaining(sections));
  });

  it("knows the errors of the queue function that no repetition mends, by their names", () => {
    const errors = [KeyLayoutError, LostPayloadError, NotificationError].map((Class) => new Class().name);

    expect(Object.keys(FINAL_ERRORS)).toEqual(errors);
  });
});
