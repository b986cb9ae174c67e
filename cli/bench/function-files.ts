import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";
import type { FunctionVariable, SweepVariable } from "../../contract/function-variables.ts";
import { buildFunctionBundle } from "../../functions/build-bundle.ts";
import { benchFolder } from "./processes.ts";

/** Where the functions lie as Lambda unpacks them. */
export const functionFolder = resolve(benchFolder, "functions");

/** Every variable that any of the functions has to have. */
export const functionVariables = {
  AWS_REGION: "eu-central-1",
  BUCKET_OWNER: "111111111111",
  INTAKE_BUCKET: "intake",
  DOCUMENTS_BUCKET: "documents",
  TABLE_NAME: "records",
  MAX_PAYLOAD_BYTES: "10485760",
  SUBMISSION_RETENTION_DAYS: "30",
  QUEUE_URL: "http://127.0.0.1/queue",
  UNPROCESSED_AFTER_MINUTES: "60",
  DOCUMENT_GRACE_DAYS: "7",
  DELETED_DOCUMENT_DAYS: "0",
  URGENT_TOPIC_ARN: "arn:aws:sns:eu-central-1:111111111111:urgent",
} satisfies Record<FunctionVariable | SweepVariable, string> & Record<string, string>;

interface FunctionFiles {
  readonly zip: Uint8Array;
  /** The code of each function by its file's name, such as `queue.js`. */
  readonly code: Readonly<Record<string, Uint8Array>>;
}

/** Builds all functions as they are deployed, and unpacks them. */
export async function unpackFunctions(): Promise<FunctionFiles> {
  const { path } = await buildFunctionBundle({ projectRoot: process.cwd() });
  const zip = readFileSync(path);
  const code = unzipSync(zip);
  mkdirSync(functionFolder, { recursive: true });
  // Lambda's packages are CommonJS, whatever this project is.
  writeFileSync(join(functionFolder, "package.json"), '{"type":"commonjs"}');
  for (const [name, content] of Object.entries(code)) writeFileSync(join(functionFolder, name), content);
  return { zip, code };
}
