import { describe, expect, it } from "vitest";
import { failedMessageIds } from "../../../emulator/lambda/batch-response.ts";

const ids = ["one", "two", "three"];

describe(failedMessageIds, () => {
  it.each([
    ["nothing", ""],
    ["null", "null"],
    ["an empty object", "{}"],
    ["an empty list instead of an object", "[]"],
    ["an empty text instead of an object", '""'],
    ["an empty list", '{"batchItemFailures":[]}'],
    ["null for the list", '{"batchItemFailures":null}'],
  ])("takes %s for a full success", (_, payload) => {
    expect(failedMessageIds(payload, ids)).toEqual(new Set());
  });

  it.each([
    ["one", '{"batchItemFailures":[{"itemIdentifier":"two"}]}', ["two"]],
    [
      "the same one twice",
      '{"batchItemFailures":[{"itemIdentifier":"two"},{"itemIdentifier":"two"}]}',
      ["two"],
    ],
    [
      "all",
      '{"batchItemFailures":[{"itemIdentifier":"one"},{"itemIdentifier":"two"},{"itemIdentifier":"three"}]}',
      ids,
    ],
  ])("gives %s that is reported", (_, payload, failed) => {
    expect(failedMessageIds(payload, ids)).toEqual(new Set(failed));
  });

  it.each([
    ["text", '"done"'],
    ["no JSON", "done"],
    ["a list of ids", '["two"]'],
    ["a list of entries", '[{"itemIdentifier":"two"}]'],
    ["a list that is none", '{"batchItemFailures":"two"}'],
    ["an empty id", '{"batchItemFailures":[{"itemIdentifier":""}]}'],
    ["a null id", '{"batchItemFailures":[{"itemIdentifier":null}]}'],
    ["an id under another name", '{"batchItemFailures":[{"messageId":"two"}]}'],
    ["an id that is not of the batch", '{"batchItemFailures":[{"itemIdentifier":"four"}]}'],
  ])("takes %s for a full failure", (_, payload) => {
    expect(failedMessageIds(payload, ids)).toEqual(new Set(ids));
  });
});
