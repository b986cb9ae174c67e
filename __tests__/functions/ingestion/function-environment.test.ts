import { describe, expect, it } from "vitest";
import {
  functionEnvironmentSchema,
  sweepEnvironmentSchema,
} from "../../../functions/ingestion/function-environment.ts";
import {
  FunctionEnvironmentError,
  loadFunctionEnvironment,
} from "../../../functions/load-function-environment.ts";

const complete = {
  BUCKET_OWNER: "111111111111",
  INTAKE_BUCKET: "intake",
  DOCUMENTS_BUCKET: "documents",
  TABLE_NAME: "records",
  MAX_PAYLOAD_BYTES: "10485760",
  SUBMISSION_RETENTION_DAYS: "90",
  DELETED_DOCUMENT_DAYS: "30",
};

const load = (env: Record<string, string>) => loadFunctionEnvironment(functionEnvironmentSchema, env);

describe(loadFunctionEnvironment, () => {
  it("reads exactly the contract's variables", () => {
    expect(load({ ...complete, PATH: "/bin" })).toEqual({
      ...complete,
      MAX_PAYLOAD_BYTES: 10_485_760,
      SUBMISSION_RETENTION_DAYS: 90,
      DELETED_DOCUMENT_DAYS: 30,
    });
  });

  it("takes no days for deleted documents", () => {
    expect(load({ ...complete, DELETED_DOCUMENT_DAYS: "0" }).DELETED_DOCUMENT_DAYS).toBe(0);
  });

  it.each(["", "-1", "00", "1.5", "0x1", "10000"])("refuses %j as such days", (DELETED_DOCUMENT_DAYS) => {
    expect(() => load({ ...complete, DELETED_DOCUMENT_DAYS })).toThrow("DELETED_DOCUMENT_DAYS");
  });

  it("names every missing and every wrong variable at once", () => {
    const incomplete = () => load({ TABLE_NAME: "", MAX_PAYLOAD_BYTES: "10 MB", INTAKE_BUCKET: "x" });

    expect(incomplete).toThrow(FunctionEnvironmentError);
    expect(incomplete).toThrow(
      "The function's environment variables are not valid: BUCKET_OWNER is not set; DOCUMENTS_BUCKET is not set; " +
        'TABLE_NAME has the wrong form, got ""; MAX_PAYLOAD_BYTES has the wrong form, got "10 MB"; ' +
        "SUBMISSION_RETENTION_DAYS is not set; DELETED_DOCUMENT_DAYS is not set",
    );
  });

  it.each(["0", "-1", "1.5", "1e3", " 5", ""])("refuses %j as a number of bytes", (MAX_PAYLOAD_BYTES) => {
    expect(() => load({ ...complete, MAX_PAYLOAD_BYTES })).toThrow("MAX_PAYLOAD_BYTES");
  });

  it("reads those of the sweep as well", () => {
    const sweep = {
      BUCKET_OWNER: "111111111111",
      INTAKE_BUCKET: "intake",
      DOCUMENTS_BUCKET: "documents",
      TABLE_NAME: "records",
      QUEUE_URL: "https://sqs.example/1/intake",
      UNPROCESSED_AFTER_MINUTES: "60",
      DOCUMENT_GRACE_DAYS: "7",
      DELETED_DOCUMENT_DAYS: "0",
    };

    expect(loadFunctionEnvironment(sweepEnvironmentSchema, sweep)).toEqual({
      ...sweep,
      UNPROCESSED_AFTER_MINUTES: 60,
      DOCUMENT_GRACE_DAYS: 7,
      DELETED_DOCUMENT_DAYS: 0,
    });
  });
});
