import type { Environment } from "./schema.ts";

/**
 * A mixture: what a platform team provides exists already, the rest is created by the stack. Its account builds: pull
 * requests are planned for it, and merges go on from it to uat and prod.
 */
export const test = {
  name: "test",
  accountId: "222222222222",
  region: "eu-central-1",
  namePrefix: "proposals-test",
  tags: { Project: "proposals", Environment: "test", Owner: "platform" },
  awsProviderVersion: "~> 5.100",
  backend: {
    kind: "tfe",
    hostname: "terraform.example.com",
    organization: "example",
    workspace: "proposals-test",
    apply: "automatic",
  },
  encryption: { kind: "managed" },
  roles: {
    gatewayWriter: { kind: "existing", name: "proposals-test-gateway-writer" },
    documentReader: { kind: "managed", name: "proposals-test-document-reader" },
    apiFunction: { kind: "existing", name: "proposals-test-api-function" },
    queueFunction: { kind: "managed", name: "proposals-test-queue-function" },
    sweepFunction: { kind: "managed", name: "proposals-test-sweep-function" },
    gatewayLogging: { kind: "managed", name: "proposals-test-gateway-logging" },
  },
  buckets: {
    intake: { kind: "existing", name: "proposals-test-intake-222222222222" },
    documents: { kind: "managed", name: "proposals-test-documents-222222222222" },
  },
  vpcEndpoint: {
    kind: "managed",
    allowedCidrBlocks: ["10.30.0.0/22", "10.31.0.0/22"],
    network: {
      kind: "existing",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"],
    },
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
      audience: "https://proposals-test.example.com",
      algorithm: "ES256",
      keyFiles: ["jwt/2026-01.pem", "jwt/2026-07.pem"],
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
    polling: { kind: "provisioned", minimumPollers: 2, maximumPollers: 10 },
  },
  sweep: { everyMinutes: 60, unprocessedAfterMinutes: 60 },
  retention: { intakeObjectDays: 30, submissionDays: 30, nonCurrentDocumentDays: 7, logDays: 14 },
  alarms: {
    runbookUrl: "https://github.com/example/private-ingestion-api/blob/main/docs/operations.md",
    oldestMessageSeconds: 900,
    functionErrorPercent: 5,
    durationPercent: 80,
    memoryPercent: 90,
    serverErrorPercent: 2,
    clientErrorPercent: 25,
    latencyMilliseconds: 5_000,
    rejectedPercent: 25,
    minimumRequests: 20,
  },
  alerts: { kind: "routed", emails: ["proposals-test@example.com"] },
  delivery: {
    kind: "codebuild",
    backend: {
      kind: "s3",
      bucket: "example-terraform-state-222222222222",
      key: "proposals/delivery.tfstate",
      region: "eu-central-1",
    },
    repository: "example/private-ingestion-api",
    branch: "main",
    connectionArn:
      "arn:aws:codeconnections:eu-central-1:222222222222:connection/1a2b3c4d-0000-4000-8000-000000000002",
    trustedActorIds: ["1000001", "1000002"],
    tokenSecretNames: {
      release: "proposals/terraform-enterprise-release",
      plan: "proposals/terraform-enterprise-plan",
    },
    releases: ["test", "uat", "prod"],
    plans: ["test"],
    roles: {
      check: { kind: "managed", name: "proposals-test-check" },
      plan: { kind: "managed", name: "proposals-test-plan" },
      planStarter: { kind: "managed", name: "proposals-test-plan-starter" },
      release: { kind: "managed", name: "proposals-test-release" },
    },
  },
  deletionProtection: false,
  failOnWarnings: true,
} satisfies Environment;
