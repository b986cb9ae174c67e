import type { Environment } from "./schema.ts";

/** Makes exactly the choices of prod, so that what was tried here is what runs there. */
export const uat = {
  name: "uat",
  accountId: "333333333333",
  region: "eu-central-1",
  namePrefix: "proposals-uat",
  tags: { Project: "proposals", Environment: "uat", Owner: "platform" },
  awsProviderVersion: "~> 5.100",
  backend: {
    kind: "tfe",
    hostname: "terraform.example.com",
    organization: "example",
    workspace: "proposals-uat",
  },
  encryption: {
    kind: "existing",
    keyArn: "arn:aws:kms:eu-central-1:333333333333:key/1a2b3c4d-0000-4000-8000-000000000003",
  },
  roles: {
    gatewayWriter: { kind: "existing", name: "proposals-uat-gateway-writer" },
    documentReader: { kind: "existing", name: "proposals-uat-document-reader" },
    apiFunction: { kind: "existing", name: "proposals-uat-api-function" },
    queueFunction: { kind: "existing", name: "proposals-uat-queue-function" },
    sweepFunction: { kind: "existing", name: "proposals-uat-sweep-function" },
    gatewayLogging: { kind: "existing", name: "proposals-uat-gateway-logging" },
  },
  buckets: {
    intake: { kind: "existing", name: "proposals-uat-intake-333333333333" },
    documents: { kind: "existing", name: "proposals-uat-documents-333333333333" },
  },
  vpcEndpoint: { kind: "existing", id: "vpce-0c3d4e5f607182930" },
  apis: [
    {
      name: "proposals",
      document: "proposals.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 200, burstLimit: 400 },
      bindings: { "function.api": "apiFunction" },
    },
    {
      name: "proposals-large",
      document: "proposals-large.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 200, burstLimit: 400 },
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
    polling: { kind: "on-demand", maximumConcurrency: 20 },
  },
  sweep: { everyMinutes: 60, unprocessedAfterMinutes: 60 },
  retention: { intakeObjectDays: 30, submissionDays: 30, nonCurrentDocumentDays: 90, logDays: 365 },
  alarms: { oldestMessageSeconds: 900 },
  deletionProtection: true,
  failOnWarnings: true,
} satisfies Environment;
