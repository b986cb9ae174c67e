import type { EnvironmentInput } from "./schema.ts";

/** The stack creates everything, and the state is local: an empty AWS account is enough. */
export const dev = {
  name: "dev",
  accountId: "111111111111",
  region: "eu-central-1",
  namePrefix: "proposals-dev",
  tags: { Project: "proposals", Environment: "dev", Owner: "platform" },
  backend: { kind: "local" },
  encryption: { kind: "aws-owned" },
  vpcEndpoint: {
    kind: "managed",
    network: { kind: "managed", cidrBlock: "10.20.0.0/24" },
  },
  proxy: {
    kind: "haproxy",
    addresses: ["10.20.0.128/25"],
    authentication: {
      kind: "jwt",
      issuer: "https://login.example.com/",
      audience: "https://proposals-dev.example.com",
      algorithm: "RS256",
      keyFiles: ["jwt/current.pem"],
      tokenType: "at+jwt",
    },
    callers: [
      {
        name: "saas",
        credentials: [{ kind: "subject", subject: "saas-application" }],
        may: ["read", "write", "delete"],
      },
      { name: "partner", credentials: [{ kind: "subject", subject: "partner" }], may: ["read", "write"] },
    ],
    limits: { connections: 500, connectionsPerSource: 20, requestsPerSecondPerSource: 50 },
  },
  functions: { api: { memoryMb: 512 }, queue: { memoryMb: 512 } },
  queue: { polling: { kind: "on-demand", maximumConcurrency: 10 } },
  retention: { nonCurrentDocumentDays: 7, logDays: 14 },
  alerts: { kind: "none" },
  deletionProtection: false,
  failOnWarnings: false,
} satisfies EnvironmentInput;
