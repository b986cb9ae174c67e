import type { Environment } from "./schema.ts";

/** Everything is created by the stack and the state is local: an empty account is enough. */
export const dev = {
  name: "dev",
  accountId: "111111111111",
  region: "eu-central-1",
  namePrefix: "proposals-dev",
  tags: { Project: "proposals", Environment: "dev", Owner: "platform" },
  awsProviderVersion: "~> 5.100",
  backend: { kind: "local" },
  encryption: { kind: "aws-owned" },
  roles: {
    gatewayWriter: { kind: "managed", name: "proposals-dev-gateway-writer" },
    documentReader: { kind: "managed", name: "proposals-dev-document-reader" },
    apiFunction: { kind: "managed", name: "proposals-dev-api-function" },
    queueFunction: { kind: "managed", name: "proposals-dev-queue-function" },
    sweepFunction: { kind: "managed", name: "proposals-dev-sweep-function" },
    gatewayLogging: { kind: "managed", name: "proposals-dev-gateway-logging" },
  },
  buckets: {
    intake: { kind: "managed", name: "proposals-dev-intake-111111111111" },
    documents: { kind: "managed", name: "proposals-dev-documents-111111111111" },
  },
  vpcEndpoint: {
    kind: "managed",
    allowedCidrBlocks: ["10.20.0.0/24"],
    network: { kind: "managed", cidrBlock: "10.20.0.0/24" },
  },
  apis: [
    {
      name: "proposals",
      document: "proposals.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 50, burstLimit: 100 },
      bindings: { "function.api": "apiFunction" },
    },
    {
      name: "proposals-large",
      document: "proposals-large.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 50, burstLimit: 100 },
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
    authentication: {
      kind: "jwt",
      issuer: "https://login.example.com/",
      audience: "https://proposals-dev.example.com",
      algorithm: "RS256",
      keyFiles: ["jwt/current.pem"],
      clientIdClaim: "sub",
    },
    limits: { connections: 500, connectionsPerSource: 100, requestsPerSecondPerSource: 50 },
  },
  functions: {
    api: { memoryMb: 512, timeoutSeconds: 28 },
    queue: { memoryMb: 512, timeoutSeconds: 60 },
    sweep: { memoryMb: 256, timeoutSeconds: 300 },
  },
  queue: {
    batchSize: 1,
    batchWindowSeconds: 0,
    maxReceiveCount: 5,
    retentionDays: 4,
    deadLetterRetentionDays: 14,
    polling: { kind: "on-demand", maximumConcurrency: 10 },
  },
  sweep: { everyMinutes: 60, unprocessedAfterMinutes: 60 },
  retention: { intakeObjectDays: 30, submissionDays: 30, nonCurrentDocumentDays: 7, logDays: 14 },
  alarms: { oldestMessageSeconds: 900 },
  deletionProtection: false,
  failOnWarnings: false,
} satisfies Environment;
