import { describe, expect, it } from "vitest";
import { itemPattern } from "../../contract/keys.ts";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { parseEnvironment } from "../../env/load-environment.ts";
import { loadEnvironment } from "../support/environments.ts";

const dev = loadEnvironment("dev");
const test = loadEnvironment("test");

/** dev with one value replaced (or removed, for `undefined`) at a path such as `queue/batchSize`; another one at "". */
function devWith(path: string, value: unknown): unknown {
  if (path === "") return value;
  const data = structuredClone<Record<string, unknown>>(dev);
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

/** The whole message, or nothing where the environment is right. */
function messageOf(data: unknown): string {
  try {
    parseEnvironment("dev", data);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
  return "";
}

const message = (problems: readonly string[]) =>
  `env/dev.ts has ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`;

const NO_BUCKET =
  'must not be an IP address, contain "..", begin with "xn--", "sthree-" or "amzn-s3-demo-", or end with "-s3alias", "--ol-s3", "--x-s3", "--table-s3" or ".mrap": S3 reserves or forbids such names';

const NO_NAME =
  "must be a distinguished name in the form of RFC 2253, such as CN=caller,O=Example: openssl x509 -noout -subject -issuer -nameopt RFC2253 prints it after subject= and issuer=";

const callerWith = (changes: object) => ({
  name: "a",
  credentials: [{ kind: "subject", subject: "a" }],
  may: ["read"],
  ...changes,
});

/** A value at a path of dev, and each problem that it makes. */
const broken: readonly [path: string, value: unknown, ...problems: string[]][] = [
  ["accountId", "12", 'accountId: must be the 12-digit AWS account id, as a string, got "12"'],
  ["accountId", undefined, "accountId: must be the 12-digit AWS account id, as a string, got nothing"],
  ["region", "frankfurt", 'region: must be a region of AWS, such as eu-central-1, got "frankfurt"'],
  ["colour", "red", "colour: is not a known setting: remove or rename it"],
  ["name", "prod", 'name: must be "dev", the name of the file, got "prod"'],
  [
    "awsProviderVersion",
    "~> 4.0",
    'awsProviderVersion: must be "~> 5.100" (functions run on nodejs22.x; planned and applied by the tests) or "~> 6.25" (functions run on nodejs24.x; typed and synthesized by the tests, not applied), got "~> 4.0"',
  ],
  [
    "roles/gatewayWriter",
    { kind: "exists", name: "x" },
    'roles.gatewayWriter.kind: must have kind "existing" (named here, looked up) or "managed" (created by the stack), got "exists"',
  ],
  [
    "roles/gatewayWriter/name",
    "arn:aws:iam::111111111111:role/writer",
    'roles.gatewayWriter.name: must be an IAM role name of 1 to 64 characters, not an ARN, got "arn:aws:iam::111111111111:role/writer"',
  ],
  [
    "roles/apiFunction/name",
    "proposals-dev-queue-function",
    'roles.queueFunction.name: must differ from roles.apiFunction.name: each role has only the permissions of its own task, got "proposals-dev-queue-function" with roles.apiFunction.name "proposals-dev-queue-function"',
  ],
  [
    "buckets/intake/name",
    "Intake_Bucket",
    'buckets.intake.name: must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends, got "Intake_Bucket"',
  ],
  [
    "buckets/intake/name",
    "proposals-dev-documents-111111111111",
    'buckets.documents.name: must differ from buckets.intake.name: objects in the intake bucket are deleted after processing, got "proposals-dev-documents-111111111111" with buckets.intake.name "proposals-dev-documents-111111111111"',
  ],
  [
    "vpcEndpoint",
    { kind: "existing", id: "vpce-1" },
    'vpcEndpoint.id: must look like vpce-0123456789abcdef0, got "vpce-1"',
  ],
  [
    "vpcEndpoint",
    { kind: "existing", id: "vpce-0a1b2c3d4e5f60718", account: "12" },
    'vpcEndpoint.account: must be the 12-digit AWS account id, as a string, got "12"',
  ],
  [
    "vpcEndpoint",
    { kind: "existing", id: "vpce-0a1b2c3d4e5f60718", account: "111111111111" },
    "vpcEndpoint.account: must be another account than the environment's own: remove it if the endpoint is in the environment's account, got \"111111111111\"",
  ],
  [
    "buckets/intake",
    { kind: "existing", name: "of-another-team", eventBridge: "yes" },
    'buckets.intake.eventBridge: must be true or false, got "yes"',
  ],
  [
    "buckets/intake/eventBridge",
    true,
    "buckets.intake.eventBridge: is not a known setting: remove or rename it",
  ],
  [
    "roles/gatewayLogging",
    { kind: "managed", backend: { kind: "tfe", workspace: "account" } },
    'roles.gatewayLogging.backend.kind: must have kind "local" or "s3": the account stack needs its own state, because it is applied before the environment and stays when the environment is destroyed, got "tfe"',
  ],
  [
    "vpcEndpoint/network",
    { kind: "existing", vpcId: "vpc-0a1b2c3d", subnetIds: [] },
    "vpcEndpoint.network.subnetIds: needs at least one subnet, got []",
  ],
  [
    "proxy/addresses",
    ["10.0.0.0"],
    'proxy.addresses[0]: must be an IPv4 CIDR block such as 10.0.0.0/24, got "10.0.0.0"',
  ],
  [
    "encryption",
    { kind: "existing", keyArn: "alias/mine" },
    'encryption.keyArn: must be the ARN of a KMS key (not of an alias), got "alias/mine"',
  ],
  [
    "encryption",
    { kind: "existing", keyArn: "arn:aws:kms:us-east-1:111111111111:key/1a2b" },
    'encryption.keyArn: must be a key of region: a KMS key can be used only in its own region, got "arn:aws:kms:us-east-1:111111111111:key/1a2b"',
  ],
  [
    "vpcEndpoint/network/cidrBlock",
    "10.0.0.0/28",
    'vpcEndpoint.network.cidrBlock: must be from /16 to /26, because the stack divides it into subnets, got "10.0.0.0/28"',
  ],
  [
    "apis/0/name",
    "a--b",
    'apis[0].name: must be lower-case words of letters and digits, joined by hyphens: it names resources, got "a--b"',
  ],
  ["backend", { kind: "gcs" }, 'backend.kind: must have kind "local", "s3" or "tfe", got "gcs"'],
  [
    "backend",
    { kind: "tfe", hostname: "https://x", organization: "o", workspace: "w" },
    'backend.hostname: must be a host name such as app.terraform.io, in lower case and without https://, got "https://x"',
    'backend.apply: must be "automatic" or "confirmed", got nothing',
  ],
  ["apis", [], "apis: needs at least one API, got []"],
  [
    "apis/1/name",
    SMALL_API,
    `apis[1].name: must not be the name of apis[0] too: give each API its own name, got "${SMALL_API}"`,
    `proxy: needs the APIs ${SMALL_API} and ${LARGE_API}: add ${LARGE_API} to apis`,
  ],
  [
    "apis/0/document",
    "x.json",
    'apis[0].document: must be the name of an .openapi.json file in specs/, got "x.json"',
  ],
  [
    "namePrefix",
    "ab",
    'namePrefix: must be 3 to 31 lower-case letters, digits and hyphens, and must not begin with "sg-", "xn--", "sthree-" or "amzn-s3-demo-", which AWS reserves, got "ab"',
  ],
  [
    "namePrefix",
    "sg-proposals",
    'namePrefix: must be 3 to 31 lower-case letters, digits and hyphens, and must not begin with "sg-", "xn--", "sthree-" or "amzn-s3-demo-", which AWS reserves, got "sg-proposals"',
  ],
  ["tags", { "aws:x": "1" }, 'tags["aws:x"]: must not begin with "aws:", which AWS reserves'],
  [
    "tags",
    Object.fromEntries(Array.from({ length: 51 }, (_, key) => [`k${key}`, ""])),
    "tags: must be at most 50 tags, the limit of AWS",
  ],
  [
    "proxy/addresses",
    ["10.20.0.5/24"],
    'proxy.addresses[0]: must be the first address of its network: all bits after the prefix length must be 0, got "10.20.0.5/24"',
  ],
  [
    "vpcEndpoint/network/cidrBlock",
    "10.20.0.1/24",
    'vpcEndpoint.network.cidrBlock: must be the first address of its network: all bits after the prefix length must be 0, got "10.20.0.1/24"',
  ],
  [
    "vpcEndpoint/network",
    { kind: "existing", vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-0a1b2c3d", "subnet-0a1b2c3d"] },
    'vpcEndpoint.network.subnetIds: must not contain a subnet twice, got ["subnet-0a1b2c3d", "subnet-0a1b2c3d"]',
  ],
  [
    "backend",
    { kind: "s3", bucket: "states", key: "x", region: "!!" },
    'backend.region: must be a region of AWS, such as eu-central-1, got "!!"',
  ],
  [
    "functions/api/memoryMb",
    128,
    "functions.api.memoryMb: must be at least 157 (128 + ceil(payload.thresholdBytes * 6 / 1048576)): the function needs memory for the runtime, and several times the payload's size while it reads and stores the payload, got 128 with payload.thresholdBytes 5000000",
  ],
  [
    "retention/submissionDays",
    31,
    "retention.submissionDays: must be at least 32 (retention.intakeObjectDays + 2): a deletion must be remembered as long as an older payload may wait, and S3 removes expired payloads up to two days late, got 31 with retention.intakeObjectDays 30",
  ],
  [
    "apis/0/bindings/function.api",
    "intakeBucket",
    'apis[0].bindings["function.api"]: is a function placeholder, but intakeBucket is a bucket: bind it to something of the kind function, got "intakeBucket"',
  ],
  [
    "apis/0/bindings/function.api",
    "lambda",
    'apis[0].bindings["function.api"]: must be one of gatewayWriterRole, documentReaderRole, intakeBucket, documentsBucket, apiFunction, vpcEndpoint, { kind: "existing", name }, or { kind: "external", arn }, got "lambda"',
  ],
  [
    "apis/0/bindings/function.api",
    { kind: "existing", name: "arn:aws:lambda:eu-central-1:111111111111:function:f" },
    'apis[0].bindings["function.api"].name: must be a Lambda function name, not an ARN, got "arn:aws:lambda:eu-central-1:111111111111:function:f"',
  ],
  [
    "apis/0/bindings/queue.x",
    "apiFunction",
    'apis[0].bindings["queue.x"]: is a queue placeholder, but apiFunction is a function: bind it to something of the kind queue, got "apiFunction"',
  ],
  [
    "alarms/serverErrorPercent",
    0,
    "alarms.serverErrorPercent: must be a whole number from 1 to 100 (percent), got 0",
  ],
  [
    "alarms/runbookUrl",
    "http://a.example",
    'alarms.runbookUrl: must be an https URL without a fragment, got "http://a.example"',
  ],
  [
    "alarms/proxyLogGroupName",
    "a b",
    'alarms.proxyLogGroupName: must be the name of a CloudWatch log group, got "a b"',
  ],
  ["alerts", { kind: "both" }, 'alerts.kind: must have kind "none" or "routed", got "both"'],
  [
    "alerts",
    { kind: "routed", emails: [] },
    'alerts.emails: needs an e-mail address, which is notified if the notifier fails. To send no alerts, set alerts to { kind: "none" }, got []',
  ],
  ["alerts", { kind: "routed", emails: ["a"] }, 'alerts.emails[0]: must be an e-mail address, got "a"'],
  [
    "alerts",
    { kind: "routed", emails: ["a@example.com"], notifier: { role: { kind: "managed", name: "notifier" } } },
    "alerts.notifier: needs pagerDuty, serviceNow or both",
  ],
  [
    "alerts",
    {
      kind: "routed",
      emails: ["a@example.com"],
      notifier: {
        role: { kind: "managed", name: "notifier" },
        pagerDuty: { secretName: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:a", region: "eu" },
      },
    },
    "alerts.notifier.pagerDuty.secretName: must be the name of a secret in Secrets Manager, not an ARN",
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
    'alerts.notifier.role.name: must differ from roles.apiFunction.name: each role has only the permissions of its own task, got "proposals-dev-api-function" with roles.apiFunction.name "proposals-dev-api-function"',
  ],
  [
    "apis/0/bindings/cluster.x",
    "apiFunction",
    'apis[0].bindings["cluster.x"]: must be a placeholder, <kind>.<name>, with one of the kinds bucket, deliveryStream, eventBus, function, host, key, loadBalancer, queue, role, stateMachine, stream, table, topic, userPool, vpcEndpoint, vpcLink',
  ],
  [
    "apis/0/bindings/userPool.x",
    { kind: "existing", name: "arn:aws:cognito-idp:eu-central-1:111111111111:userpool/eu-central-1_Ab1" },
    'apis[0].bindings["userPool.x"].name: must be the id of a Cognito user pool, such as eu-central-1_AbCd12345, got "arn:aws:cognito-idp:eu-central-1:111111111111:userpool/eu-central-1_Ab1"',
  ],
  [
    "apis/0/bindings/queue.x",
    { kind: "existing", name: "https://sqs.eu-central-1.amazonaws.com/111111111111/a" },
    'apis[0].bindings["queue.x"].name: must be the name of a queue, not an ARN, got "https://sqs.eu-central-1.amazonaws.com/111111111111/a"',
  ],
  [
    "apis/0/bindings/key.x",
    { kind: "existing", name: "alias/orders" },
    'apis[0].bindings["key.x"].name: must be the id of a KMS key, or the name of an alias without alias/, not an ARN, got "alias/orders"',
  ],
  [
    "apis/0/bindings/loadBalancer.x",
    { kind: "existing", name: "internal-orders" },
    'apis[0].bindings["loadBalancer.x"].name: must be the name of a load balancer, not an ARN or a host name, got "internal-orders"',
  ],
  [
    "apis/0/bindings/queue.x",
    { kind: "external", arn: "arn:aws:sns:eu-central-1:999999999999:a" },
    'apis[0].bindings["queue.x"].arn: must be an ARN such as arn:aws:sqs:eu-central-1:111122223333:orders, got "arn:aws:sns:eu-central-1:999999999999:a"',
  ],
  [
    "apis/0/bindings/function.x",
    { kind: "external", arn: "arn:aws:lambda:eu-central-1:999999999999:function:a:live" },
    'apis[0].bindings["function.x"].arn: must be an ARN such as arn:aws:lambda:eu-central-1:111122223333:function:orders, got "arn:aws:lambda:eu-central-1:999999999999:function:a:live"',
  ],
  [
    "apis/0/bindings/role.x",
    { kind: "external", arn: "arn:aws:iam::999999999999:role/a" },
    'apis[0].bindings["role.x"].arn: can\'t be external, because API Gateway cannot use a role of another account: bind it as { kind: "existing", name }, got "arn:aws:iam::999999999999:role/a"',
  ],
  [
    "apis/0/bindings/host.x",
    { kind: "external", arn: "a.example.com" },
    'apis[0].bindings["host.x"].arn: can\'t be external, because a document does not use the ARN of a host: bind it as { kind: "existing", name }, got "a.example.com"',
  ],
  [
    "apis/0/bindings/topic.x",
    { kind: "external", arn: `arn:aws:sns:${dev.region}:${dev.accountId}:a` },
    `apis[0].bindings["topic.x"].arn: is in the environment's own account and region: bind it as { kind: "existing", name }, got "arn:aws:sns:${dev.region}:${dev.accountId}:a"`,
  ],
  [
    "apis/0/bindings/stateMachine.x",
    { kind: "external", arn: "arn:aws:states:eu-central-1:999999999999:stateMachine:a" },
    'apis[0].bindings["stateMachine.x"].arn: is in another account, but the service states does not accept calls from other accounts: name a resource of the environment\'s own account, got "arn:aws:states:eu-central-1:999999999999:stateMachine:a"',
  ],
  [
    "payload/thresholdBytes",
    6291456,
    "payload.thresholdBytes: must be a whole number from 1 to 6160384 (bytes): a larger payload does not fit into Lambda's event, got 6291456",
  ],
  [
    "payload/thresholdBytes",
    1e21,
    "payload.thresholdBytes: must be a whole number from 1 to 6160384 (bytes): a larger payload does not fit into Lambda's event, got 1e+21",
  ],
  [
    "payload/escapingFactor",
    1.3,
    "payload.thresholdBytes: must be at most 4738756 (6160384 / payload.escapingFactor): the escaped payload must fit into Lambda's event, got 5000000 with payload.escapingFactor 1.3",
  ],
  [
    "payload/thresholdBytes",
    5133654,
    "payload.thresholdBytes: must be at most 5133653 (6160384 / payload.escapingFactor): the escaped payload must fit into Lambda's event, got 5133654 with payload.escapingFactor 1.2",
  ],
  [
    "payload/escapingFactor",
    0.9,
    "payload.escapingFactor: must be at least 1: escaping never shortens a payload, got 0.9",
  ],
  ["proxy", { kind: "nginx" }, 'proxy.kind: must have kind "haproxy" or "external", got "nginx"'],
  ["proxy/port", 0, "proxy.port: must be a whole number from 1 to 65535 (TCP port), got 0"],
  [
    "proxy/authentication",
    { kind: "none" },
    'proxy.authentication.kind: must have kind "jwt" or "mutual-tls", got "none"',
  ],
  [
    "proxy/authentication/issuer",
    "it's us",
    "proxy.authentication.issuer: must be the issuer, exactly as in the token's iss: an https URL of at most 512 characters without a query or fragment, got \"it's us\"",
  ],
  [
    "proxy/authentication/audience",
    "",
    'proxy.authentication.audience: must be the audience, exactly as in the token\'s aud: a URL or a word of at most 512 characters, got ""',
  ],
  [
    "proxy/authentication/algorithm",
    "none",
    'proxy.authentication.algorithm: must be RS256, RS384, RS512, ES256, ES384 or ES512, got "none"',
  ],
  [
    "proxy/authentication/algorithm",
    "HS256",
    'proxy.authentication.algorithm: must be RS256, RS384, RS512, ES256, ES384 or ES512, got "HS256"',
  ],
  [
    "proxy/authentication/keyFiles",
    [],
    "proxy.authentication.keyFiles: needs the issuer's public key, got []",
  ],
  [
    "proxy/authentication/keyFiles",
    ["a.pem", "a.pem"],
    'proxy.authentication.keyFiles: must not contain a file twice, got ["a.pem", "a.pem"]',
  ],
  [
    "proxy/authentication/keyFiles",
    ["a.pem", "b.pem", "c.pem"],
    'proxy.authentication.keyFiles: must be at most 2: the old key and the new one, got ["a.pem", "b.pem", "c.pem"]',
  ],
  [
    "proxy/authentication/keyFiles",
    ["../a.pem"],
    'proxy.authentication.keyFiles[0]: must be a .pem file beside the proxy\'s configuration, such as jwt/2026-01.pem, got "../a.pem"',
  ],
  [
    "proxy/authentication/callerIdClaim",
    "email",
    'proxy.authentication.callerIdClaim: must be sub, client_id or azp, got "email"',
  ],
  [
    "proxy/limits/connectionsPerSource",
    25,
    "proxy.limits.connections: must be above 500 (proxy.limits.connectionsPerSource * 20): 20 addresses together must leave connections for others, got 500 with proxy.limits.connectionsPerSource 25",
  ],
  ["apis/1/name", "large", `proxy: needs the APIs ${SMALL_API} and ${LARGE_API}: add ${LARGE_API} to apis`],
  [
    "payload/maxBytes",
    4000000,
    "payload.thresholdBytes: must be below payload.maxBytes: larger payloads go to the large API, got 5000000 with payload.maxBytes 4000000",
  ],
  [
    "payload/maxBytes",
    20000000,
    "payload.maxBytes: must be a whole number from 1 to 10485760 (bytes): API Gateway accepts no larger request, got 20000000",
  ],
  [
    "functions/api/timeoutSeconds",
    30,
    "functions.api.timeoutSeconds: must be a whole number from 1 to 29 (seconds): API Gateway stops waiting after 29, got 30",
  ],
  [
    "queue/maxReceiveCount",
    3,
    "queue.maxReceiveCount: must be a whole number from 5 to 1000 (receives): AWS recommends at least 5, because throttled invocations count as receives, got 3",
  ],
  [
    "queue/deadLetterRetentionDays",
    4,
    "queue.deadLetterRetentionDays: must be above queue.retentionDays: a message keeps its original enqueue time in the dead-letter queue, got 4 with queue.retentionDays 4",
  ],
  [
    "queue/batchSize",
    11,
    "functions.queue.memoryMb: must be at least 788 (128 + ceil(queue.batchSize * payload.maxBytes * 6 / 1048576)): the function needs memory for the runtime, and several times the payload's size while it reads and stores the payload, got 512 with queue.batchSize 11 and payload.maxBytes 10485760",
    "queue.batchWindowSeconds: must be at least 1, or queue.batchSize must be at most 10: Lambda requires it, got 0 with queue.batchSize 11",
  ],
  [
    "queue/batchSize",
    10,
    "functions.queue.memoryMb: must be at least 728 (128 + ceil(queue.batchSize * payload.maxBytes * 6 / 1048576)): the function needs memory for the runtime, and several times the payload's size while it reads and stores the payload, got 512 with queue.batchSize 10 and payload.maxBytes 10485760",
  ],
  [
    "queue/polling",
    { kind: "on-demand", maximumConcurrency: 1 },
    "queue.polling.maximumConcurrency: must be a whole number from 2 to 1000 (invocations), got 1",
  ],
  [
    "queue/polling",
    { kind: "provisioned", minimumPollers: 5, maximumPollers: 2 },
    "queue.polling.maximumPollers: must be at least queue.polling.minimumPollers: the minimum of pollers is always ready, got 2 with queue.polling.minimumPollers 5",
  ],
  [
    "queue/polling",
    { kind: "provisioned", minimumPollers: 2, maximumPollers: 5, maximumConcurrency: 5 },
    "queue.polling.maximumConcurrency: is not a known setting: remove or rename it",
  ],
  [
    "retention/intakeObjectDays",
    18,
    "retention.intakeObjectDays: must be above 18 (queue.retentionDays + queue.deadLetterRetentionDays): a payload must not expire while its message is in a queue, got 18 with queue.retentionDays 4 and queue.deadLetterRetentionDays 14",
  ],
  [
    "retention/submissionDays",
    18,
    "retention.submissionDays: must be at least 32 (retention.intakeObjectDays + 2): a deletion must be remembered as long as an older payload may wait, and S3 removes expired payloads up to two days late, got 18 with retention.intakeObjectDays 30",
  ],
  [
    "retention/logDays",
    15,
    "retention.logDays: must be a number of days that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 15",
  ],
  ["", undefined, "the environment must be an object, got nothing"],
  ["", [], "the environment must be an object, got []"],
  ["", "dev", 'the environment must be an object, got "dev"'],
  ["queue", undefined, "queue: must be an object, got nothing"],
  [
    "throttling/rateLimit",
    0,
    "throttling.rateLimit: must be a whole number from 1 to 10000 (requests per second), got 0",
  ],
  ["apis", "proposals", 'apis: must be a list, got "proposals"'],
  ["apis/0", "proposals", 'apis[0]: must be an object, got "proposals"'],
  ["tags", undefined, "tags: must be an object, got nothing"],
  ["tags", ["a"], 'tags: must be an object, got ["a"]'],
  ["queue", 5, "queue: must be an object, got 5"],
  [
    "accountId",
    111111111111,
    "accountId: must be the 12-digit AWS account id, as a string, got 111111111111",
  ],
  ["region", "eu-centrl-1", 'region: must be a region of AWS, such as eu-central-1, got "eu-centrl-1"'],
  ["region", undefined, "region: must be a region of AWS, such as eu-central-1, got nothing"],
  ["region", "aws-global", 'region: must be a region of AWS, such as eu-central-1, got "aws-global"'],
  ["name", "Prod!", 'name: must be 2 to 16 lower-case letters and digits, got "Prod!"'],
  [
    "buckets/intake/name",
    "ab",
    'buckets.intake.name: must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends, got "ab"',
  ],
  [
    "buckets/intake/name",
    "-bucket",
    'buckets.intake.name: must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends, got "-bucket"',
  ],
  [
    "buckets/intake/name",
    "bucket-",
    'buckets.intake.name: must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends, got "bucket-"',
  ],
  [
    "buckets/intake/name",
    "b".repeat(64),
    'buckets.intake.name: must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends, got "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"',
  ],
  [
    "buckets/intake/name",
    "bucket-111111111111-eu-central-1-an",
    'buckets.intake.name: must not end with "-an": S3 reserves such names for buckets in an account\'s own namespace, which the stack does not create, got "bucket-111111111111-eu-central-1-an"',
  ],
  [
    "buckets/documents",
    { kind: "existing", name: "bucket--ol-s3" },
    `buckets.documents.name: ${NO_BUCKET}, got "bucket--ol-s3"`,
  ],
  [
    "apis/1/bindings/bucket.intake",
    { kind: "existing", name: "bucket.mrap" },
    `apis[1].bindings["bucket.intake"].name: ${NO_BUCKET}, got "bucket.mrap"`,
  ],
  [
    "backend",
    { kind: "s3", bucket: "sthree-states", key: "x", region: "eu-wset-1" },
    `backend.bucket: ${NO_BUCKET}, got "sthree-states"`,
    'backend.region: must be a region of AWS, such as eu-west-1, got "eu-wset-1"',
  ],
  [
    "tags",
    { "Cost;Center": "1" },
    'tags["Cost;Center"]: must be a tag\'s key: 1 to 128 letters, digits, spaces and _ . : / = + - @',
  ],
  [
    "tags",
    { Project: "a,b" },
    'tags.Project: must be a tag\'s value: at most 256 letters, digits, spaces and _ . : / = + - @, got "a,b"',
  ],
  [
    "tags",
    { Project: "a\nb" },
    'tags.Project: must be a tag\'s value: at most 256 letters, digits, spaces and _ . : / = + - @, got "a\\nb"',
  ],
  ["tags", { "AWS:x": "1" }, 'tags["AWS:x"]: must not begin with "aws:", which AWS reserves'],
  [
    "tags",
    { Project: 1 },
    "tags.Project: must be a tag's value: at most 256 letters, digits, spaces and _ . : / = + - @, got 1",
  ],
  [
    "tags",
    { ["k".repeat(129)]: "1" },
    'tags["kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…"]: must be a tag\'s key: 1 to 128 letters, digits, spaces and _ . : / = + - @',
  ],
  [
    "tags",
    { Project: "v".repeat(257) },
    "tags.Project: must be a tag's value: at most 256 letters, digits, spaces and _ . : / = + - @, got \"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…",
  ],
  [
    "tags",
    { Token: "se;cret" },
    "tags.Token: must be a tag's value: at most 256 letters, digits, spaces and _ . : / = + - @",
  ],
  [
    "proxy/authentication/issuer",
    "http://login.example.com/",
    'proxy.authentication.issuer: must be the issuer, exactly as in the token\'s iss: an https URL of at most 512 characters without a query or fragment, got "http://login.example.com/"',
  ],
  [
    "proxy/authentication/issuer",
    "https://login.example.com/?a=b",
    'proxy.authentication.issuer: must be the issuer, exactly as in the token\'s iss: an https URL of at most 512 characters without a query or fragment, got "https://login.example.com/?a=b"',
  ],
  [
    "proxy/authentication/issuer",
    "login.example.com",
    'proxy.authentication.issuer: must be the issuer, exactly as in the token\'s iss: an https URL of at most 512 characters without a query or fragment, got "login.example.com"',
  ],
  [
    "proxy/addresses",
    ["0.0.0.0/0"],
    'proxy.addresses[0]: must not be larger than /8: name only the networks of the proxy, or set addresses: "any" to allow every address, got "0.0.0.0/0"',
  ],
  [
    "proxy/addresses",
    ["10.20.1.0/24", "128.0.0.0/1"],
    'proxy.addresses[1]: must not be larger than /8: name only the networks of the proxy, or set addresses: "any" to allow every address, got "128.0.0.0/1"',
  ],
  [
    "proxy/addresses",
    ["10.20.0.0/24", "10.20.0.128/28", "10.20.0.112/28", "10.0.0.0/8"],
    ...["[0]", "[2]", "[3]"].map(
      (at, index) =>
        `proxy.addresses${at}: must not contain addresses of 10.20.0.0/25, which the stack uses for the VPC endpoint's subnets: name only the proxy's subnets, for example in the second half of vpcEndpoint.network.cidrBlock, got "${["10.20.0.0/24", "10.20.0.112/28", "10.0.0.0/8"][index]}" with vpcEndpoint.network.cidrBlock "10.20.0.0/24"`,
    ),
  ],
  [
    "proxy/addresses",
    [],
    'proxy.addresses: needs the CIDR blocks from which the proxy calls, or set addresses: "any", got []',
  ],
  [
    "proxy/addresses",
    "all",
    'proxy.addresses: must be a list of CIDR blocks such as ["10.0.0.0/28"], or "any", got "all"',
  ],
  [
    "proxy/addresses",
    undefined,
    'proxy.addresses: must be a list of CIDR blocks such as ["10.0.0.0/28"], or "any", got nothing',
  ],
  [
    "proxy/addresses",
    { any: true },
    'proxy.addresses: must be a list of CIDR blocks such as ["10.0.0.0/28"], or "any", got an object',
  ],
  [
    "proxy/addresses",
    ["10.0.0.0/28", "10.0.0.16/28", "10.0.0.0/28"],
    'proxy.addresses: must not contain a block twice, got ["10.0.0.0/28", "10.0.0.16/28", "10.0.0.0/28"]',
  ],
  [
    "proxy/addresses",
    Array.from({ length: 101 }, (_, third) => `10.0.${third}.0/28`),
    'proxy.addresses: must be at most 100 CIDR blocks, got ["10.0.0.0/28", "10.0.1.0/28", "10.0.2.0/28", "10.0.3.0/28", "10.0.4.0/28", "…',
  ],
  [
    "proxy/addresses",
    ["any"],
    'proxy.addresses[0]: must be an IPv4 CIDR block such as 10.0.0.0/24, got "any"',
  ],
  [
    "proxy",
    { kind: "external", addresses: ["10.0.0.1/28"] },
    'proxy.addresses[0]: must be the first address of its network: all bits after the prefix length must be 0, got "10.0.0.1/28"',
  ],
  [
    "proxy/callers",
    undefined,
    'proxy.callers: must be a list of callers, or "shared" for one tenant, got nothing',
  ],
  [
    "proxy/callers",
    "everybody",
    'proxy.callers: must be a list of callers, or "shared" for one tenant, got "everybody"',
  ],
  [
    "proxy/callers",
    { name: "a" },
    'proxy.callers: must be a list of callers, or "shared" for one tenant, got an object',
  ],
  ["proxy/callers", [], 'proxy.callers: needs a caller, or set callers: "shared", got []'],
  [
    "proxy/callers",
    Array.from({ length: 1_001 }, (_, index) => callerWith({ name: `c-${index}` })),
    "proxy.callers: must be at most 1,000 callers, got a list of 1001",
  ],
  [
    "proxy/callers/1/name",
    "shared",
    'proxy.callers[1].name: must not be "shared", the owner of the records of an environment with callers: "shared". Choose another name, got "shared"',
  ],
  [
    "proxy/callers/1/name",
    "a/b",
    `proxy.callers[1].name: must match ${itemPattern.source}: letters, digits and ._-, at most 64, got "a/b"`,
  ],
  [
    "proxy/callers/1/name",
    "saas",
    'proxy.callers[1].name: must not be the name of callers[0] too: give each caller its own name, got "saas"',
  ],
  [
    "proxy/callers/0/credentials",
    [],
    "proxy.callers[0].credentials: needs a credential, by which the proxy recognizes the caller, got []",
  ],
  [
    "proxy/callers/0/credentials",
    Array.from({ length: 5 }, (_, index) => ({ kind: "subject", subject: `s-${index}` })),
    "proxy.callers[0].credentials: must be at most 4 credentials, got a list of 5",
  ],
  [
    "proxy/callers/1/credentials/0",
    { kind: "subject", subject: "saas-application" },
    "proxy.callers[1].credentials[0]: must not be a credential of callers[0] too: each credential belongs to one caller",
  ],
  [
    "proxy/callers/0/credentials",
    [
      { kind: "subject", subject: "a" },
      { subject: "a", kind: "subject" },
    ],
    "proxy.callers[0].credentials[1]: must not be a credential of callers[0] too: each credential belongs to one caller",
  ],
  [
    "proxy/callers/0/credentials/0",
    { kind: "password", password: "s3cr3t" },
    'proxy.callers[0].credentials[0].kind: must have kind "subject", "certificate" or "certificate-name", got "password"',
  ],
  [
    "proxy/callers/0/credentials/0/subject",
    "a\u0000b",
    'proxy.callers[0].credentials[0].subject: must be the token\'s subject: 1 to 255 characters, got "a\\u0000b"',
  ],
  [
    "proxy/callers/0/credentials/0",
    { kind: "certificate", sha256: "A".repeat(64) },
    `proxy.callers[0].credentials[0].sha256: must be the SHA-256 of the certificate's DER in 64 lower-case hexadecimal digits; openssl x509 -in caller.pem -outform der | sha256sum prints it, got "${"A".repeat(64)}"`,
  ],
  [
    "proxy/callers/0/credentials/0",
    { kind: "certificate-name", issuer: "/CN=a/O=b", subject: "CN=a" },
    `proxy.callers[0].credentials[0].issuer: ${NO_NAME}, got "/CN=a/O=b"`,
  ],
  [
    "proxy/callers/0/credentials/0",
    { kind: "certificate-name", issuer: "issuer=CN=a", subject: "CN=Zoë" },
    `proxy.callers[0].credentials[0].issuer: ${NO_NAME}, got "issuer=CN=a"`,
    `proxy.callers[0].credentials[0].subject: ${NO_NAME}, got "CN=Zoë"`,
  ],
  [
    "proxy/callers/0/credentials/0",
    { kind: "certificate-name", issuer: "CN=a, O=b", subject: "CN=a\\, b" },
    `proxy.callers[0].credentials[0].issuer: ${NO_NAME}, got "CN=a, O=b"`,
  ],
  [
    "proxy/callers/0/credentials/0",
    { kind: "certificate", sha256: "a".repeat(64) },
    'proxy.callers[0].credentials[0].kind: must be "subject": proxy.authentication.kind decides which credentials the proxy accepts, got "certificate" with proxy.authentication.kind "jwt"',
  ],
  [
    "proxy/authentication",
    { kind: "mutual-tls", revocation: "crl-file" },
    'proxy.callers[0].credentials[0].kind: must be "certificate" or "certificate-name": proxy.authentication.kind decides which credentials the proxy accepts, got "subject" with proxy.authentication.kind "mutual-tls"',
    'proxy.callers[1].credentials[0].kind: must be "certificate" or "certificate-name": proxy.authentication.kind decides which credentials the proxy accepts, got "subject" with proxy.authentication.kind "mutual-tls"',
  ],
  ["proxy/callers/0/may", [], "proxy.callers[0].may: needs a right: read, write or delete, got []"],
  [
    "proxy/callers/0/may",
    ["read", "read"],
    'proxy.callers[0].may: must not contain a right twice, got ["read", "read"]',
  ],
  ["proxy/callers/0/may", ["all"], 'proxy.callers[0].may[0]: must be read, write or delete, got "all"'],
  [
    "proxy/callers/0/limits/connections",
    501,
    "proxy.callers[0].limits.connections: must be at most proxy.limits.connections, which all callers share, got 501 with proxy.limits.connections 500",
  ],
  [
    "proxy/callers/0/limits/bytesPerSecond",
    9_999,
    "proxy.callers[0].limits.bytesPerSecond: must be a whole number from 10000 to 200000000 (bytes per second): a higher limit would overflow HAProxy's counters, got 9999",
  ],
  ["proxy/callers/0/secret", "x", "proxy.callers[0].secret: is not a known setting: remove or rename it"],
  [
    "proxy/addresses",
    ["::/0"],
    'proxy.addresses[0]: must be an IPv4 CIDR block such as 10.0.0.0/24, got "::/0"',
  ],
  [
    "backend",
    {
      kind: "tfe",
      hostname: "terraform..example.com",
      organization: "o",
      workspace: "w",
      apply: "automatic",
    },
    'backend.hostname: must be a host name such as app.terraform.io, in lower case and without https://, got "terraform..example.com"',
  ],
  [
    "backend",
    { kind: "tfe", hostname: "terraform.example.com", organization: "o", workspace: "w", apply: "yes" },
    'backend.apply: must be "automatic" or "confirmed", got "yes"',
  ],
  [
    "alerts",
    {
      kind: "routed",
      emails: ["a@example.com"],
      notifier: {
        role: { kind: "managed", name: "notifier" },
        serviceNow: { secretName: "a", host: "-a.example.com" },
      },
    },
    'alerts.notifier.serviceNow.host: must be a host name such as example.service-now.com, in lower case and without https://, got "-a.example.com"',
  ],
  [
    "alerts",
    {
      kind: "routed",
      emails: ["a@example.com"],
      notifier: {
        role: { kind: "managed", name: "notifier" },
        serviceNow: { secretName: '{ "username": "a", "password": "b" }', host: "a.example.com" },
      },
    },
    "alerts.notifier.serviceNow.secretName: must be the name of a secret in Secrets Manager, not an ARN",
  ],
  [
    "alerts",
    {
      kind: "routed",
      emails: ["a@example.com"],
      notifier: { role: { kind: "managed", name: "notifier" }, pagerDuty: { region: "eu" } },
    },
    "alerts.notifier.pagerDuty.secretName: must be the name of a secret in Secrets Manager, not an ARN, got nothing",
  ],
  [
    "alerts",
    {
      kind: "routed",
      emails: ["a@example.com"],
      notifier: {
        role: { kind: "managed", name: "notifier" },
        pagerDuty: { secretName: "a", region: "eu", routingKey: "x" },
      },
    },
    "alerts.notifier.pagerDuty.routingKey: is not a known setting: remove or rename it",
  ],
  [
    "alarms/runbookUrl",
    "http://someone:secret@a.example/x",
    'alarms.runbookUrl: must be an https URL without a fragment, got "http://…@a.example/x"',
  ],
  ["queue/batchSize", 1.5, "queue.batchSize: must be a whole number from 1 to 1000 (messages), got 1.5"],
  ["queue/batchSize", "1", 'queue.batchSize: must be a whole number from 1 to 1000 (messages), got "1"'],
  [
    "queue/batchSize",
    Number.NaN,
    "queue.batchSize: must be a whole number from 1 to 1000 (messages), got NaN",
  ],
  [
    "apis/0/bindings/host.x",
    { kind: "existing", name: "https://a.example.com" },
    'apis[0].bindings["host.x"].name: must be a host name such as api.example.com, in lower case and without https://, got "https://a.example.com"',
  ],
  [
    "roles/gatewayWriter",
    "proposals-dev-gateway-writer",
    'roles.gatewayWriter: must have kind "existing" (named here, looked up) or "managed" (created by the stack), got "proposals-dev-gateway-writer"',
  ],
  ["deletionProtection", "yes", 'deletionProtection: must be true or false, got "yes"'],
  [
    "queue",
    {
      batchSize: 11,
      batchWindowSeconds: 0,
      maxReceiveCount: 5,
      retentionDays: 14,
      deadLetterRetentionDays: 14,
      polling: { kind: "on-demand", maximumConcurrency: 10 },
    },
    "queue.retentionDays: must be a whole number from 1 to 13 (days), got 14",
  ],
  [
    "delivery",
    { ...test.delivery, tokenSecretNames: { release: "tokens", plan: "tokens" } },
    "delivery.tokenSecretNames.plan: must differ from delivery.tokenSecretNames.release: the build that plans pull requests must not be able to release",
  ],
  [
    "delivery",
    { ...test.delivery, tokenSecretNames: { release: "tokens", plan: '{ "token": "s3cr3t" }' } },
    "delivery.tokenSecretNames.plan: must be the name of a secret in Secrets Manager, not an ARN",
  ],
  [
    "proxy/addresses",
    ["0.0.0.0/1", "128.0.0.0/1"],
    'proxy.addresses[0]: must not be larger than /8: name only the networks of the proxy, or set addresses: "any" to allow every address, got "0.0.0.0/1"',
    'proxy.addresses[1]: must not be larger than /8: name only the networks of the proxy, or set addresses: "any" to allow every address, got "128.0.0.0/1"',
  ],
  [
    "delivery",
    { ...test.delivery, roles: { check: dev.roles.apiFunction } },
    'delivery.roles.check.name: must differ from roles.apiFunction.name: each role has only the permissions of its own task, got "proposals-dev-api-function" with roles.apiFunction.name "proposals-dev-api-function"',
  ],
];

describe("a broken environment", () => {
  it.each(broken.map(([path, value, ...problems]) => ({ path, value, problems })))(
    "is refused with its whole message: $path $value",
    ({ path, value, problems }) => {
      expect(messageOf(devWith(path, value))).toBe(message(problems));
    },
  );

  it.each([
    "192.168.5.4",
    "xn--bucket",
    "sthree-bucket",
    "sthree-configurator",
    "amzn-s3-demo-bucket",
    "bucket-s3alias",
    "bucket--ol-s3",
    "bucket--euc1-az1--x-s3",
    "bucket.mrap",
    "bucket--table-s3",
    "a..b",
  ])("is one with the bucket %s, which S3 does not give", (name) => {
    expect(messageOf(devWith("buckets/intake/name", name))).toBe(
      message([`buckets.intake.name: ${NO_BUCKET}, got "${name}"`]),
    );
  });

  it("is told of with the problems of every field and of every rule at once", () => {
    const data = {
      ...dev,
      name: "prod",
      accountId: 12,
      retention: { ...dev.retention, intakeObjectDays: 2 },
      payload: { thresholdBytes: 2, escapingFactor: 1, maxBytes: 1 },
      functions: { ...dev.functions, api: { memoryMb: 1, timeoutSeconds: 60 } },
    };

    expect(messageOf(data)).toBe(
      message([
        'name: must be "dev", the name of the file, got "prod"',
        "accountId: must be the 12-digit AWS account id, as a string, got 12",
        "functions.api.memoryMb: must be a whole number from 128 to 10240 (megabytes): what Lambda offers, got 1",
        "functions.api.timeoutSeconds: must be a whole number from 1 to 29 (seconds): API Gateway stops waiting after 29, got 60",
        "payload.thresholdBytes: must be below payload.maxBytes: larger payloads go to the large API, got 2 with payload.maxBytes 1",
        "retention.intakeObjectDays: must be above 18 (queue.retentionDays + queue.deadLetterRetentionDays): a payload must not expire while its message is in a queue, got 2 with queue.retentionDays 4 and queue.deadLetterRetentionDays 14",
      ]),
    );
  });
});

describe("an environment", () => {
  it.each([
    ["somebody else's proxy", "proxy", { kind: "external", addresses: ["10.20.0.128/28"] }],
    ["a threshold that is just low enough", "payload/thresholdBytes", 5_133_653],
    ["every address, if that is said in words", "proxy/addresses", "any"],
    ["callers that are not told apart, if that is said in words", "proxy/callers", "shared"],
    [
      "a subject with blanks, signs and letters of any language",
      "proxy/callers/0/credentials/0/subject",
      '# Zoë\'s \\ "agent", 東京',
    ],
    [
      "a caller with an old credential and a new one",
      "proxy/callers/0/credentials",
      ["old", "new"].map((subject) => ({ kind: "subject", subject })),
    ],
    ["a network of the largest size", "proxy/addresses", ["11.0.0.0/8"]],
    ["a bucket with dots and digits", "buckets/intake/name", "1.2.3.example"],
    [
      "a bucket that holds what only its ends must not",
      "buckets/intake/name",
      "my-xn--sthree-s3alias--x-s3-mrap",
    ],
    [
      "an existing bucket of an account's own namespace",
      "buckets/intake",
      { kind: "existing", name: "intake-111111111111-eu-central-1-an" },
    ],
    ["a tag in any language", "tags", { "Größe/Wert_1.2:a=b+c-d@e": "Zürich 東京", Empty: "" }],
    ["a region of China", "region", "cn-north-1"],
    [
      "an issuer with a port and a path",
      "proxy/authentication/issuer",
      "https://login.example.com:8443/a/b_c",
    ],
  ])("may have %s", (_, path, value) => {
    expect(messageOf(devWith(path, value))).toBe("");
  });
});
