import type { Environment } from "./schema.ts";

/** Everything exists already and has its owner; Terraform Enterprise plans and applies. */
export const prod = {
  name: "prod",
  accountId: "444444444444",
  region: "eu-central-1",
  namePrefix: "proposals-prod",
  tags: { Project: "proposals", Environment: "prod", Owner: "platform" },
  awsProviderVersion: "~> 5.100",
  backend: {
    kind: "tfe",
    hostname: "terraform.example.com",
    organization: "example",
    workspace: "proposals-prod",
  },
  encryption: {
    kind: "existing",
    keyArn: "arn:aws:kms:eu-central-1:444444444444:key/1a2b3c4d-0000-4000-8000-000000000004",
  },
  roles: {
    gatewayWriter: { kind: "existing", name: "proposals-prod-gateway-writer" },
    documentReader: { kind: "existing", name: "proposals-prod-document-reader" },
    apiFunction: { kind: "existing", name: "proposals-prod-api-function" },
    queueFunction: { kind: "existing", name: "proposals-prod-queue-function" },
    sweepFunction: { kind: "existing", name: "proposals-prod-sweep-function" },
    gatewayLogging: { kind: "existing", name: "proposals-prod-gateway-logging" },
  },
  buckets: {
    intake: { kind: "existing", name: "proposals-prod-intake-444444444444" },
    documents: { kind: "existing", name: "proposals-prod-documents-444444444444" },
  },
  vpcEndpoint: { kind: "existing", id: "vpce-0d4e5f60718293041" },
  apis: [
    {
      name: "proposals",
      document: "proposals.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 500, burstLimit: 1000 },
      bindings: { "function.api": "apiFunction" },
    },
    {
      name: "proposals-large",
      document: "proposals-large.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 500, burstLimit: 1000 },
      bindings: {
        "role.intakeWriter": "gatewayWriterRole",
        "role.documentReader": "documentReaderRole",
        "bucket.intake": "intakeBucket",
        "bucket.documents": "documentsBucket",
      },
    },
  ],
  payload: { thresholdBytes: 5_000_000, escapingFactor: 1.2, maxBytes: 10_485_760 },
  proxy: {
    kind: "haproxy",
    port: 8443,
    authentication: { kind: "mutual-tls" },
    limits: { connections: 2_000, connectionsPerSource: 500, requestsPerSecondPerSource: 200 },
  },
  functions: {
    api: { memoryMb: 1024, timeoutSeconds: 28 },
    queue: { memoryMb: 1024, timeoutSeconds: 60 },
    sweep: { memoryMb: 256, timeoutSeconds: 300 },
  },
  queue: {
    batchSize: 1,
    batchWindowSeconds: 0,
    maxReceiveCount: 5,
    retentionDays: 4,
    deadLetterRetentionDays: 14,
    polling: { kind: "on-demand", maximumConcurrency: 50 },
  },
  sweep: { everyMinutes: 60, unprocessedAfterMinutes: 60 },
  retention: { intakeObjectDays: 30, submissionDays: 30, nonCurrentDocumentDays: 90, logDays: 365 },
  alarms: { oldestMessageSeconds: 900 },
  deletionProtection: true,
  failOnWarnings: true,
} satisfies Environment;
