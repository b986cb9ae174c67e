import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { domain } from "../../../domain/domain.ts";
import { loadFunctionEnvironment } from "../../load-function-environment.ts";
import { functionEnvironmentSchema } from "../function-environment.ts";
import { createDocumentStore } from "./document-store.ts";
import { createDocumentVersions } from "./document-versions.ts";
import { createIntakeStore } from "./intake-store.ts";
import { createRecordStore } from "./record-store.ts";

/**
 * Everything both functions work with. Its clients are made once per execution environment, the rest for each
 * invocation, whose deadline ends every call. The SDK follows `AWS_ENDPOINT_URL` by itself, and uses path style
 * where that names an IP address.
 */
export function connectStores() {
  const environment = loadFunctionEnvironment(functionEnvironmentSchema);
  const s3 = new S3Client({});
  const bucket = (name: string) => ({ name, owner: environment.BUCKET_OWNER });
  const dynamodb = new DynamoDBClient({});
  return (abortSignal: AbortSignal) => ({
    intake: createIntakeStore(s3, bucket(environment.INTAKE_BUCKET), { abortSignal }),
    documents: createDocumentStore(s3, bucket(environment.DOCUMENTS_BUCKET), { abortSignal }),
    documentVersions: createDocumentVersions(s3, bucket(environment.DOCUMENTS_BUCKET), { abortSignal }),
    records: createRecordStore(dynamodb, environment.TABLE_NAME, { abortSignal }),
    intakeBucket: environment.INTAKE_BUCKET,
    maxPayloadBytes: environment.MAX_PAYLOAD_BYTES,
    plainFiles: domain.plainFiles,
    retentionDays: environment.SUBMISSION_RETENTION_DAYS,
    deletedDocumentDays: environment.DELETED_DOCUMENT_DAYS,
    now: () => Date.now(),
  });
}
