import type { EnvironmentInput } from "./schema.ts";

/** Has the same choices as prod, so that a release is tried here exactly as prod gets it. */
export const uat = {
  name: "uat",
  accountId: "333333333333",
  region: "eu-central-1",
  namePrefix: "proposals-uat",
  tags: { Project: "proposals", Environment: "uat", Owner: "platform" },
  backend: { kind: "tfe", workspace: "proposals-uat", apply: "confirmed" },
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
  throttling: { rateLimit: 200, burstLimit: 400 },
  proxy: {
    kind: "haproxy",
    addresses: ["10.40.0.0/28", "10.40.0.16/28"],
    authentication: { kind: "mutual-tls", revocation: "crl-file" },
    callers: [
      {
        name: "saas",
        credentials: [
          {
            kind: "certificate-name",
            issuer: "CN=Example Issuing CA,O=Example",
            subject: "CN=saas.uat.example.com,O=Example",
          },
        ],
        may: ["read", "write", "delete"],
      },
    ],
  },
  queue: { polling: { kind: "on-demand", maximumConcurrency: 20 } },
  alerts: {
    kind: "routed",
    emails: ["proposals-on-call@example.com"],
    notifier: {
      role: { kind: "existing", name: "proposals-uat-notifier" },
      pagerDuty: { secretName: "proposals-uat/pager-duty", region: "eu" },
      serviceNow: { secretName: "proposals-uat/service-now", host: "example.service-now.com" },
    },
  },
} satisfies EnvironmentInput;
