import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { loadFunctionEnvironment } from "../../load-function-environment.ts";
import { sweepEnvironmentSchema } from "../function-environment.ts";
import { createDocumentVersions } from "./document-versions.ts";
import { createIntakeQueue } from "./intake-queue.ts";
import { createIntakeStore } from "./intake-store.ts";
import { createRecordStore } from "./record-store.ts";
import { createSweepProgress } from "./sweep-progress.ts";

/** Everything the sweep works with; clients are made once per execution environment. */
export function connectSweep() {
  const environment = loadFunctionEnvironment(sweepEnvironmentSchema);
  const s3 = new S3Client({});
  const bucket = (name: string) => ({ name, owner: environment.BUCKET_OWNER });
  const sqs = new SQSClient({});
  const dynamodb = new DynamoDBClient({});
  return (abortSignal: AbortSignal) => ({
    intake: createIntakeStore(s3, bucket(environment.INTAKE_BUCKET), { abortSignal }),
    intakeBucket: environment.INTAKE_BUCKET,
    queue: createIntakeQueue(sqs, environment.QUEUE_URL, { abortSignal }),
    documentVersions: createDocumentVersions(s3, bucket(environment.DOCUMENTS_BUCKET), { abortSignal }),
    records: createRecordStore(dynamodb, environment.TABLE_NAME, { abortSignal }),
    progress: createSweepProgress(dynamodb, environment.TABLE_NAME, { abortSignal }),
    unprocessedAfterMilliseconds: environment.UNPROCESSED_AFTER_MINUTES * 60_000,
    graceMilliseconds: environment.DOCUMENT_GRACE_DAYS * 86_400_000,
    deletedDocumentDays: environment.DELETED_DOCUMENT_DAYS,
    now: () => Date.now(),
  });
}
