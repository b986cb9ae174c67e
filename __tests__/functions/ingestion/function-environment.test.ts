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
  INTAKE_BUCKET: "intake",
  DOCUMENTS_BUCKET: "documents",
  TABLE_NAME: "records",
  MAX_PAYLOAD_BYTES: "10485760",
  SUBMISSION_RETENTION_DAYS: "90",
};

const load = (env: Record<string, string>) => loadFunctionEnvironment(functionEnvironmentSchema, env);

describe(loadFunctionEnvironment, () => {
  it("reads exactly the contract's variables", () => {
    expect(load({ ...complete, PATH: "/bin" })).toEqual({
      ...complete,
      MAX_PAYLOAD_BYTES: 10_485_760,
      SUBMISSION_RETENTION_DAYS: 90,
    });
  });

  it("names every missing and every wrong variable at once", () => {
    const incomplete = () => load({ TABLE_NAME: "", MAX_PAYLOAD_BYTES: "10 MB", INTAKE_BUCKET: "x" });

    expect(incomplete).toThrow(FunctionEnvironmentError);
    expect(incomplete).toThrow(
      "The function's environment is incomplete: DOCUMENTS_BUCKET is not set; " +
        'TABLE_NAME has the wrong form, got ""; MAX_PAYLOAD_BYTES has the wrong form, got "10 MB"; ' +
        "SUBMISSION_RETENTION_DAYS is not set",
    );
  });

  it.each(["0", "-1", "1.5", "1e3", " 5", ""])("refuses %j as a number of bytes", (MAX_PAYLOAD_BYTES) => {
    expect(() => load({ ...complete, MAX_PAYLOAD_BYTES })).toThrow("MAX_PAYLOAD_BYTES");
  });

  it("reads those of the sweep as well", () => {
    const sweep = {
      INTAKE_BUCKET: "intake",
      DOCUMENTS_BUCKET: "documents",
      TABLE_NAME: "records",
      QUEUE_URL: "https://sqs.example/1/intake",
      UNPROCESSED_AFTER_MINUTES: "60",
      DOCUMENT_GRACE_DAYS: "7",
    };

    expect(loadFunctionEnvironment(sweepEnvironmentSchema, sweep)).toEqual({
      ...sweep,
      UNPROCESSED_AFTER_MINUTES: 60,
      DOCUMENT_GRACE_DAYS: 7,
    });
  });
});
