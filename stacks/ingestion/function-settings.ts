import { Token } from "cdktf";
import type { FunctionPart } from "../../contract/function-parts.ts";
import type { FunctionVariable, SweepVariable } from "../../contract/function-variables.ts";
import type { ResourceNames } from "../../contract/resource-names.ts";
import type { EnvironmentVariables } from "../variables/environment-variables.ts";
import type { IngestionRoles } from "./ingestion-roles.ts";
import type { ServiceFunctionProps } from "./service-function.ts";
import type { Storage } from "./stack-parts.ts";

export interface FunctionSettingsProps {
  readonly variables: EnvironmentVariables;
  readonly names: ResourceNames;
  readonly roles: IngestionRoles;
  readonly storage: Storage;
}

type FunctionSettings = Omit<ServiceFunctionProps, "bundle" | "logRetentionDays" | "keyArn">;

/** What tells the functions of the ingestion apart. */
export function functionSettings(props: FunctionSettingsProps): Record<FunctionPart, FunctionSettings> {
  const { variables, names, roles, storage } = props;
  const stores = {
    BUCKET_OWNER: variables.accountId,
    INTAKE_BUCKET: storage.intake.name,
    DOCUMENTS_BUCKET: storage.documents.name,
    TABLE_NAME: storage.table.name,
  };
  const deleted = { DELETED_DOCUMENT_DAYS: Token.asString(variables.retention.deletedDocumentDays) };
  const ingesting = {
    ...stores,
    ...deleted,
    MAX_PAYLOAD_BYTES: Token.asString(variables.payload.maxBytes),
    SUBMISSION_RETENTION_DAYS: Token.asString(variables.retention.submissionDays),
  } satisfies Record<FunctionVariable, string>;
  return {
    "api-function": {
      name: names.apiFunction,
      description: "Small payloads, records and submissions, behind the synchronous API",
      handler: "api.handler",
      role: roles.byTask.apiFunction,
      memoryMb: variables.functions.api.memoryMb,
      timeoutSeconds: variables.functions.api.timeoutSeconds,
      environment: ingesting,
    },
    "queue-function": {
      name: names.queueFunction,
      description: "Large payloads and files, read from the intake bucket",
      handler: "queue.handler",
      role: roles.byTask.queueFunction,
      memoryMb: variables.functions.queue.memoryMb,
      timeoutSeconds: variables.functions.queue.timeoutSeconds,
      environment: ingesting,
    },
    "sweep-function": {
      name: names.sweepFunction,
      description: "Queues unprocessed payloads again and removes documents that no record points to",
      handler: "sweep.handler",
      role: roles.byTask.sweepFunction,
      memoryMb: variables.functions.sweep.memoryMb,
      timeoutSeconds: variables.functions.sweep.timeoutSeconds,
      environment: {
        ...stores,
        ...deleted,
        QUEUE_URL: storage.queue.url,
        UNPROCESSED_AFTER_MINUTES: Token.asString(variables.sweep.unprocessedAfterMinutes),
        DOCUMENT_GRACE_DAYS: Token.asString(variables.retention.nonCurrentDocumentDays),
      } satisfies Record<SweepVariable, string>,
    },
  };
}
