import type { EnvironmentInput } from "./schema.ts";

/** All resources exist already and have other owners. Terraform Enterprise plans and applies. */
export const prod = {
  name: "prod",
  accountId: "444444444444",
  region: "eu-central-1",
  namePrefix: "proposals-prod",
  tags: { Project: "proposals", Environment: "prod", Owner: "platform" },
  backend: { kind: "tfe", workspace: "proposals-prod", apply: "confirmed" },
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
  throttling: { rateLimit: 500, burstLimit: 1000 },
  proxy: {
    kind: "haproxy",
    addresses: ["10.50.0.0/28", "10.50.0.16/28"],
    authentication: { kind: "mutual-tls", revocation: "crl-file" },
    callers: [
      {
        name: "saas",
        credentials: [
          {
            kind: "certificate-name",
            issuer: "CN=Example Issuing CA,O=Example",
            subject: "CN=saas.prod.example.com,O=Example",
          },
        ],
        may: ["read", "write", "delete"],
      },
    ],
  },
  queue: { polling: { kind: "on-demand", maximumConcurrency: 50 } },
  alerts: {
    kind: "routed",
    emails: ["proposals-on-call@example.com"],
    notifier: {
      role: { kind: "existing", name: "proposals-prod-notifier" },
      pagerDuty: { secretName: "proposals-prod/pager-duty", region: "eu" },
      serviceNow: { secretName: "proposals-prod/service-now", host: "example.service-now.com" },
    },
  },
} satisfies EnvironmentInput;
