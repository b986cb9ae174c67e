/** The environment variables that the API and the queue function read: the stack writes exactly these. */
export type FunctionVariable =
  | "BUCKET_OWNER"
  | "INTAKE_BUCKET"
  | "DOCUMENTS_BUCKET"
  | "TABLE_NAME"
  | "MAX_PAYLOAD_BYTES"
  | "SUBMISSION_RETENTION_DAYS"
  | "DELETED_DOCUMENT_DAYS";

/** The environment variables of the sweep. */
export type SweepVariable =
  | "BUCKET_OWNER"
  | "INTAKE_BUCKET"
  | "DOCUMENTS_BUCKET"
  | "TABLE_NAME"
  | "QUEUE_URL"
  | "UNPROCESSED_AFTER_MINUTES"
  | "DOCUMENT_GRACE_DAYS"
  | "DELETED_DOCUMENT_DAYS";

/** The environment variables of the notifier. A secret and its URL are set together, or not at all. */
export type NotifierVariable =
  | "URGENT_TOPIC_ARN"
  | "PAGER_DUTY_SECRET_ARN"
  | "PAGER_DUTY_URL"
  | "SERVICE_NOW_SECRET_ARN"
  | "SERVICE_NOW_URL";
