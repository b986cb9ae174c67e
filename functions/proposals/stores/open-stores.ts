import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { loadFunctionEnvironment } from "../function-environment.ts";
import { createDocumentStore } from "./document-store.ts";
import { createIntakeStore } from "./intake-store.ts";
import { createRecordStore } from "./record-store.ts";

/**
 * Everything both functions work with, made once per execution environment. The SDK follows
 * `AWS_ENDPOINT_URL` by itself, and uses path style where that names an IP address.
 */
export function openStores() {
  const environment = loadFunctionEnvironment();
  const s3 = new S3Client({});
  return {
    intake: createIntakeStore(s3, environment.INTAKE_BUCKET),
    documents: createDocumentStore(s3, environment.DOCUMENTS_BUCKET),
    records: createRecordStore(new DynamoDBClient({}), environment.TABLE_NAME),
    intakeBucket: environment.INTAKE_BUCKET,
    maxPayloadBytes: environment.MAX_PAYLOAD_BYTES,
    retentionDays: environment.SUBMISSION_RETENTION_DAYS,
    now: Date.now,
  };
}
