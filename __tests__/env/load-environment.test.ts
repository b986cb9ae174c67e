import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { parseEnvironment } from "../../env/load-environment.ts";
import { requiredMemoryMb } from "../../env/rules.ts";
import { dev } from "../fixtures/env/dev.ts";
import { environmentNames, loadEnvironment, loadEnvironments } from "../support/environments.ts";

/** dev with one value replaced (or removed, for `undefined`) at a path such as `queue.batchSize`. */
function devWith(path: string, value: unknown): unknown {
  const data = structuredClone(dev) as Record<string, unknown>;
  const keys = path.split("/");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, data);
  if (value === undefined) {
    delete parent[last];
  } else {
    parent[last] = value;
  }
  return data;
}

function problemsOf(data: unknown): string {
  try {
    parseEnvironment("dev", data);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return "";
}

describe(loadEnvironment, () => {
  it.each(["dev", "test", "uat", "prod"])("finds %s valid", (name) => {
    expect(loadEnvironment(name).name).toBe(name);
  });

  it.each([
    ["prd", 'There is no environment "prd". Known: dev, test, uat, prod.'],
    ["toString", 'There is no environment "toString". Known: dev, test, uat, prod.'],
    ["", "Name an environment. Known: dev, test, uat, prod."],
    [undefined, "Name an environment. Known: dev, test, uat, prod."],
  ])("lists the known names when asked for %j", (name, message) => {
    expect(() => loadEnvironment(name)).toThrow(new UserError(message, { exitCode: 2 }));
  });
});

describe(loadEnvironments, () => {
  it("returns every environment in the order of promotion", () => {
    expect(loadEnvironments().map(({ name }) => name)).toEqual(environmentNames);
  });

  it("takes every choice in at least one environment", () => {
    const chosen = loadEnvironments().flatMap(
      ({ backend, delivery, encryption, roles, buckets, vpcEndpoint, queue, proxy }) => [
        `callers ${proxy.kind === "haproxy" ? proxy.authentication.kind : "of an external proxy"}`,
        `backend ${backend.kind}`,
        `backend ${delivery.kind === "codebuild" ? delivery.backend.kind : backend.kind}`,
        `encryption ${encryption.kind}`,
        `endpoint ${vpcEndpoint.kind}`,
        `network ${vpcEndpoint.kind === "managed" ? vpcEndpoint.network.kind : "of the endpoint's owner"}`,
        `polling ${queue.polling.kind}`,
        ...Object.entries({ ...roles, ...buckets }).map(([part, { kind }]) => `${part} ${kind}`),
      ],
    );

    const parts = [...Object.keys(dev.roles), ...Object.keys(dev.buckets), "endpoint", "network"];
    expect(new Set(chosen)).toEqual(
      new Set([
        ...["local", "s3", "tfe"].map((kind) => `backend ${kind}`),
        ...["aws-owned", "managed", "existing"].map((kind) => `encryption ${kind}`),
        ...["jwt", "mutual-tls"].map((kind) => `callers ${kind}`),
        ...["on-demand", "provisioned"].map((kind) => `polling ${kind}`),
        ...parts.flatMap((part) => [`${part} existing`, `${part} managed`]),
        "network of the endpoint's owner",
      ]),
    );
  });
});

describe(parseEnvironment, () => {
  it.each([
    ["accountId", "12", 'accountId: must be the 12-digit AWS account id, as a string, got "12"'],
    ["accountId", undefined, "accountId: must be a string, got nothing"],
    ["region", "frankfurt", 'region: must be an AWS region such as eu-central-1, got "frankfurt"'],
    ["colour", "red", "colour: is not a known field: remove or rename it"],
    ["name", "prod", 'name: must be "dev", as the file, got "prod"'],
    ["awsProviderVersion", "~> 4.0", 'awsProviderVersion: must be "~> 5.100" or "~> 6.25", got "~> 4.0"'],
    [
      "roles/gatewayWriter",
      { kind: "exists", name: "x" },
      'roles.gatewayWriter.kind: must have kind "existing" (named here, looked up) or "managed" (created by the stack)',
    ],
    [
      "roles/gatewayWriter/name",
      "arn:aws:iam::111111111111:role/writer",
      "roles.gatewayWriter.name: must be an IAM role name of 1 to 64 characters, not an ARN",
    ],
    [
      "roles/apiFunction/name",
      dev.roles.queueFunction.name,
      'roles: the role "proposals-dev-queue-function" is used twice',
    ],
    ["buckets/intake/name", "Intake_Bucket", "buckets.intake.name: must be an S3 bucket name"],
    ["buckets/intake/name", dev.buckets.documents.name, "buckets: intake and documents must be two buckets"],
    [
      "vpcEndpoint",
      { kind: "existing", id: "vpce-1" },
      "vpcEndpoint.id: must look like vpce-0123456789abcdef0",
    ],
    [
      "vpcEndpoint/network",
      { kind: "existing", vpcId: "vpc-0a1b2c3d", subnetIds: [] },
      "vpcEndpoint.network.subnetIds: needs at least one subnet",
    ],
    [
      "vpcEndpoint/allowedCidrBlocks",
      ["10.0.0.0"],
      "vpcEndpoint.allowedCidrBlocks[0]: must be an IPv4 CIDR block",
    ],
    [
      "encryption",
      { kind: "existing", keyArn: "alias/mine" },
      "encryption.keyArn: must be the ARN of a KMS key",
    ],
    [
      "encryption",
      { kind: "existing", keyArn: "arn:aws:kms:us-east-1:111111111111:key/1a2b" },
      "encryption.keyArn: must be a key of eu-central-1",
    ],
    [
      "vpcEndpoint/network/cidrBlock",
      "10.0.0.0/28",
      "vpcEndpoint.network.cidrBlock: must be from /16 to /26: it is cut into subnets",
    ],
    [
      "apis/0/name",
      "a--b",
      "apis[0].name: must be lower-case words of letters and digits, joined by hyphens",
    ],
    ["backend", { kind: "gcs" }, 'backend.kind: must have kind "local", "s3" or "tfe"'],
    [
      "backend",
      { kind: "tfe", hostname: "https://x", organization: "o", workspace: "w" },
      "backend.hostname: must be a host name without https://",
    ],
    ["apis", [], "apis: needs at least one API"],
    ["apis/1/name", "proposals", 'apis: the name "proposals" is used twice'],
    ["apis/0/document", "x.json", "apis[0].document: must be the name of an .openapi.json file in specs/"],
    ["namePrefix", "ab", "namePrefix: must be 3 to 31 lower-case letters"],
    [
      "namePrefix",
      "sg-proposals",
      'namePrefix: must be 3 to 31 lower-case letters, digits and hyphens, and not begin with "sg-"',
    ],
    ["tags", { "aws:x": "1" }, 'not begin with "aws:"'],
    [
      "tags",
      Object.fromEntries(Array.from({ length: 51 }, (_, key) => [`k${key}`, ""])),
      "tags: must be at most 50 tags",
    ],
    [
      "vpcEndpoint/allowedCidrBlocks",
      ["10.20.0.5/24"],
      "vpcEndpoint.allowedCidrBlocks[0]: must be a network's own address",
    ],
    [
      "vpcEndpoint/network/cidrBlock",
      "10.20.0.1/24",
      "vpcEndpoint.network.cidrBlock: must be a network's own address",
    ],
    [
      "vpcEndpoint/network",
      { kind: "existing", vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-0a1b2c3d", "subnet-0a1b2c3d"] },
      "vpcEndpoint.network.subnetIds: must not name a subnet twice",
    ],
    [
      "backend",
      { kind: "s3", bucket: "states", key: "x", region: "!!" },
      "backend.region: must be an AWS region",
    ],
    [
      "functions/api/memoryMb",
      128,
      "functions.api.memoryMb: must be at least 157 for a payload of 5000000 bytes",
    ],
    [
      "retention/submissionDays",
      29,
      "retention.submissionDays: must not be below retention.intakeObjectDays",
    ],
    [
      "apis/0/bindings/function.api",
      "intakeBucket",
      'apis[0].bindings["function.api"]: is a function placeholder, but intakeBucket is a bucket',
    ],
    [
      "apis/0/bindings/function.api",
      "lambda",
      'apis[0].bindings["function.api"]: must be one of gatewayWriterRole, documentReaderRole',
    ],
    [
      "apis/0/bindings/function.api",
      { kind: "existing", name: "arn:aws:lambda:eu-central-1:111111111111:function:f" },
      'apis[0].bindings["function.api"]: must be a Lambda function name, not an ARN',
    ],
    [
      "apis/0/bindings/queue.x",
      "apiFunction",
      'apis[0].bindings["queue.x"]: is a queue placeholder, but apiFunction is a function',
    ],
    ["alarms/serverErrorPercent", 0, "alarms.serverErrorPercent: must be at least 1, got 0"],
    ["alarms/runbookUrl", "http://a.example", "alarms.runbookUrl: must be an https URL without a fragment"],
    [
      "alarms/proxyLogGroupName",
      "a b",
      "alarms.proxyLogGroupName: must be the name of a CloudWatch log group",
    ],
    ["alerts", { kind: "both" }, 'must have kind "none" or "routed"'],
    ["alerts", { kind: "routed", emails: [] }, "needs an e-mail address: it is told when the notifier fails"],
    ["alerts", { kind: "routed", emails: ["a"] }, "alerts.emails[0]: must be an e-mail address"],
    [
      "alerts",
      {
        kind: "routed",
        emails: ["a@example.com"],
        notifier: { role: { kind: "managed", name: "notifier" } },
      },
      "alerts.notifier: needs pagerDuty, serviceNow or both",
    ],
    [
      "alerts",
      {
        kind: "routed",
        emails: ["a@example.com"],
        notifier: {
          role: { kind: "managed", name: "notifier" },
          pagerDuty: {
            secretName: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:a",
            region: "eu",
          },
        },
      },
      "must be the name of a secret in Secrets Manager, not an ARN",
    ],
    [
      "alerts",
      {
        kind: "routed",
        emails: ["a@example.com"],
        notifier: {
          role: { kind: "managed", name: "proposals-dev-api-function" },
          pagerDuty: { secretName: "a", region: "eu" },
        },
      },
      'the role "proposals-dev-api-function" is used twice',
    ],
    [
      "apis/0/bindings/cluster.x",
      "apiFunction",
      "must be a placeholder, <kind>.<name>, with one of the kinds bucket,",
    ],
    [
      "apis/0/bindings/userPool.x",
      { kind: "existing", name: "arn:aws:cognito-idp:eu-central-1:111111111111:userpool/eu-central-1_Ab1" },
      'apis[0].bindings["userPool.x"]: must be the id of a Cognito user pool, such as eu-central-1_AbCd12345',
    ],
    [
      "apis/0/bindings/queue.x",
      { kind: "existing", name: "https://sqs.eu-central-1.amazonaws.com/111111111111/a" },
      'apis[0].bindings["queue.x"]: must be the name of a queue, not an ARN',
    ],
    ["payload/thresholdBytes", 6_291_456, "payload.thresholdBytes: must be at most 6160384, got 6291456"],
    [
      "payload/escapingFactor",
      1.3,
      "payload.thresholdBytes: must be at most 4738756, so that a payload that grows 1.3 times by escaping",
    ],
    ["payload/thresholdBytes", 5_133_654, "payload.thresholdBytes: must be at most 5133653, so that"],
    ["payload/escapingFactor", 0.9, "payload.escapingFactor: must be at least 1"],
    ["payload/escapingFactor", undefined, "payload.escapingFactor: must be a number, got nothing"],
    ["proxy", { kind: "nginx" }, 'proxy.kind: must have kind "haproxy" or "external"'],
    ["proxy/port", 0, "proxy.port: must be at least 1, got 0"],
    ["proxy/authentication", { kind: "none" }, 'must have kind "jwt" or "mutual-tls"'],
    ["proxy/authentication/issuer", "it's us", "proxy.authentication.issuer: must be the issuer"],
    ["proxy/authentication/audience", "", "proxy.authentication.audience: must be the audience"],
    ["proxy/authentication/algorithm", "none", "proxy.authentication.algorithm: must be RS256, RS384"],
    ["proxy/authentication/algorithm", "HS256", "proxy.authentication.algorithm: must be RS256, RS384"],
    ["proxy/authentication/keyFiles", [], "proxy.authentication.keyFiles: needs the issuer's public key"],
    ["proxy/authentication/keyFiles", ["a.pem", "a.pem"], "must not name a file twice"],
    [
      "proxy/authentication/keyFiles",
      ["a.pem", "b.pem", "c.pem"],
      "must be at most 2: the old key and the new",
    ],
    ["proxy/authentication/keyFiles", ["../a.pem"], "must be a .pem file beside the proxy's configuration"],
    ["proxy/authentication/clientIdClaim", "email", "must be sub, client_id or azp"],
    [
      "proxy/limits/connectionsPerSource",
      501,
      "proxy.limits.connectionsPerSource: must not be above proxy.limits.connections",
    ],
    [
      "apis/1/name",
      "large",
      "proxy: needs the APIs proposals and proposals-large to choose between: proposals-large",
    ],
    ["payload/maxBytes", 4_000_000, "payload.thresholdBytes: must be below payload.maxBytes"],
    ["payload/maxBytes", 20_000_000, "payload.maxBytes: must be at most 10485760, got 20000000"],
    ["functions/api/timeoutSeconds", 30, "functions.api.timeoutSeconds: must be at most 29, got 30"],
    ["queue/maxReceiveCount", 3, "queue.maxReceiveCount: must be at least 5, got 3"],
    [
      "queue/deadLetterRetentionDays",
      4,
      "queue.deadLetterRetentionDays: must be longer than queue.retentionDays",
    ],
    ["queue/batchSize", 11, "queue.batchWindowSeconds: must be at least 1 when queue.batchSize is above 10"],
    [
      "queue/batchSize",
      10,
      `functions.queue.memoryMb: must be at least ${requiredMemoryMb(10, 10_485_760)} for 10 payloads`,
    ],
    [
      "queue/polling",
      { kind: "on-demand", maximumConcurrency: 1 },
      "queue.polling.maximumConcurrency: must be at least 2, got 1",
    ],
    [
      "queue/polling",
      { kind: "provisioned", minimumPollers: 5, maximumPollers: 2 },
      "queue.polling.maximumPollers: must not be below",
    ],
    [
      "queue/polling",
      { kind: "provisioned", minimumPollers: 2, maximumPollers: 5, maximumConcurrency: 5 },
      "queue.polling.maximumConcurrency: is not a known field",
    ],
    ["retention/intakeObjectDays", 18, "retention.intakeObjectDays: must be more than 18 days"],
    ["retention/submissionDays", 18, "retention.submissionDays: must be more than 18 days"],
    ["retention/logDays", 15, "retention.logDays: must be a retention that CloudWatch Logs offers"],
  ])("refuses %s: %j", (path, value, message) => {
    expect(problemsOf(devWith(path, value))).toContain(message);
  });

  it("reports the problems of every field and of every rule at once", () => {
    const data = devWith("accountId", 12) as typeof dev;
    const broken = {
      ...data,
      retention: { ...data.retention, intakeObjectDays: 2 },
      payload: { thresholdBytes: 2, escapingFactor: 1, maxBytes: 1 },
      functions: { ...data.functions, api: { memoryMb: 1, timeoutSeconds: 60 } },
    };

    expect(
      problemsOf(broken)
        .split("\n")
        .map((line) => line.trim().split(":")[0]),
    ).toEqual([
      "env/dev.ts has 5 problems",
      "accountId",
      "functions.api.memoryMb",
      "functions.api.timeoutSeconds",
      "payload.thresholdBytes",
      "retention.intakeObjectDays",
    ]);
  });

  it("takes somebody else's proxy, and a threshold that is just low enough", () => {
    expect(problemsOf(devWith("proxy", { kind: "external" }))).toBe("");
    expect(problemsOf(devWith("payload/thresholdBytes", 5_133_653))).toBe("");
  });

  it("refuses what is no object at all", () => {
    expect(problemsOf(undefined)).toContain("env/dev.ts has 1 problem:");
    expect(problemsOf([])).toContain("env/dev.ts has 1 problem:");
  });
});
