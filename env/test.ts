import type { EnvironmentInput } from "./schema.ts";

/**
 * A mixture: a platform team provides some resources, and the stack creates the others. Builds run in its account: they plan
 * pull requests for it, and release merges to it, to uat and to prod.
 */
export const test = {
  name: "test",
  accountId: "222222222222",
  region: "eu-central-1",
  namePrefix: "proposals-test",
  tags: { Project: "proposals", Environment: "test", Owner: "platform" },
  backend: { kind: "tfe", workspace: "proposals-test", apply: "automatic" },
  encryption: { kind: "managed" },
  roles: {
    gatewayWriter: { kind: "existing", name: "proposals-test-gateway-writer" },
    apiFunction: { kind: "existing", name: "proposals-test-api-function" },
    gatewayLogging: {
      kind: "managed",
      backend: {
        kind: "s3",
        bucket: "example-terraform-state-222222222222",
        key: "proposals/account.tfstate",
        region: "eu-central-1",
      },
    },
  },
  buckets: { intake: { kind: "existing", name: "proposals-test-intake-222222222222" } },
  vpcEndpoint: {
    kind: "managed",
    network: {
      kind: "existing",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"],
    },
  },
  proxy: {
    kind: "haproxy",
    addresses: ["10.30.0.0/28", "10.31.0.0/28"],
    authentication: {
      kind: "jwt",
      issuer: "https://login.example.com/",
      audience: "https://proposals-test.example.com",
      algorithm: "ES256",
      keyFiles: ["jwt/2026-01.pem", "jwt/2026-07.pem"],
      tokenType: "any",
    },
    callers: "shared",
    limits: { connections: 500, connectionsPerSource: 20, requestsPerSecondPerSource: 50 },
  },
  functions: { api: { memoryMb: 512 }, queue: { memoryMb: 512 } },
  queue: { polling: { kind: "provisioned", minimumPollers: 2, maximumPollers: 10 } },
  retention: { nonCurrentDocumentDays: 7, logDays: 14 },
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
  },
  deletionProtection: false,
} satisfies EnvironmentInput;
