import * as z from "zod";
import { GATEWAY_MAX_REQUEST_BYTES, LOG_RETENTION_DAYS, SYNCHRONOUS_MAX_ESCAPED_BYTES } from "./limits.ts";

const integer = (min: number, max: number, what: string) =>
  z
    .int(`must be a whole number of ${what}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

const name = (pattern: RegExp, way: string) => z.string("must be a string").regex(pattern, way);

const roleName = name(/^[\w+=,.@-]{1,64}$/, "must be an IAM role name of 1 to 64 characters, not an ARN");
const bucketName = name(
  /^(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens",
);
const functionName = name(/^[A-Za-z0-9-_]{1,64}$/, "must be a Lambda function name, not an ARN");
const awsId = (prefix: string) =>
  name(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), `must look like ${prefix}-0123456789abcdef0`);
const region = name(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as eu-central-1");
const cidrBlock = z
  .cidrv4("must be an IPv4 CIDR block such as 10.0.0.0/24")
  .refine(isNetworkAddress, "must be a network's own address: the bits behind the prefix length are 0");

function isNetworkAddress(block: string): boolean {
  const [address = "", length] = block.split("/");
  const bits = address.split(".").reduce((value, octet) => value * 256 + Number(octet), 0);
  return bits % 2 ** (32 - Number(length)) === 0;
}

const KIND = 'must have kind "existing" (named here, looked up) or "managed" (created by the stack)';

/** A dependency that either exists already under this name, or is created by the stack under it. */
const named = (nameSchema: z.ZodType<string>) =>
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("existing"), name: nameSchema }),
      z.strictObject({ kind: z.literal("managed"), name: nameSchema }),
    ],
    KIND,
  );

const vpcEndpoint = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("existing"), id: awsId("vpce") }),
    z.strictObject({
      kind: z.literal("managed"),
      /** Who may open a connection to the endpoint: the subnets of the external API proxy. */
      allowedCidrBlocks: z.array(cidrBlock).min(1, "needs the CIDR blocks that may call the APIs").max(20),
      network: z.discriminatedUnion(
        "kind",
        [
          z.strictObject({
            kind: z.literal("managed"),
            cidrBlock: cidrBlock.regex(
              /\/(1[6-9]|2[0-6])$/,
              "must be from /16 to /26: it is cut into subnets",
            ),
          }),
          z.strictObject({
            kind: z.literal("existing"),
            vpcId: awsId("vpc"),
            subnetIds: z
              .array(awsId("subnet"))
              .min(1, "needs at least one subnet")
              .max(6, "must be at most 6 subnets, one per availability zone")
              .refine((ids) => new Set(ids).size === ids.length, "must not name a subnet twice"),
          }),
        ],
        KIND,
      ),
    }),
  ],
  KIND,
);

const encryption = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("aws-owned") }),
    z.strictObject({ kind: z.literal("managed") }),
    z.strictObject({
      kind: z.literal("existing"),
      keyArn: name(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]+$/,
        "must be the ARN of a KMS key (not of an alias)",
      ),
    }),
  ],
  'must have kind "aws-owned", "managed" or "existing"',
);

const backend = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("local") }),
    z.strictObject({
      kind: z.literal("s3"),
      bucket: bucketName,
      key: name(/^[\w!.*'()/-]{1,1024}$/, "must be an S3 object key"),
      region,
    }),
    z.strictObject({
      kind: z.literal("tfe"),
      hostname: name(/^[a-z0-9.-]+$/, "must be a host name without https://"),
      organization: name(/^[\w-]+$/, "must be a Terraform Enterprise organization"),
      workspace: name(/^[\w-]{1,90}$/, "must be the name of one workspace"),
    }),
  ],
  'must have kind "local", "s3" or "tfe"',
);

/** Parts of the stack that a document's placeholders can be bound to, with the prefix of those placeholders. */
const STACK_PARTS = {
  gatewayWriterRole: "role",
  documentReaderRole: "role",
  intakeBucket: "bucket",
  documentsBucket: "bucket",
  apiFunction: "function",
  vpcEndpoint: "vpcEndpoint",
} as const;
export type StackPart = keyof typeof STACK_PARTS;

const serviceName = (what: string) =>
  name(/^[A-Za-z0-9_./-]{1,256}$/, `must be the name of ${what}, not an ARN`);

/** What a placeholder may name outside of the stack, by the part of it before the dot. */
const existingName = {
  bucket: bucketName,
  deliveryStream: serviceName("a Firehose stream"),
  eventBus: serviceName("an event bus"),
  function: functionName,
  host: name(/^[a-z0-9][a-z0-9.-]{2,252}$/, "must be a host name without https://"),
  queue: serviceName("a queue"),
  role: roleName,
  stateMachine: serviceName("a state machine"),
  stream: serviceName("a Kinesis stream"),
  table: serviceName("a table"),
  topic: serviceName("a topic"),
  userPool: name(
    /^[a-z0-9-]+_[A-Za-z0-9]+$/,
    "must be the id of a Cognito user pool, such as eu-central-1_AbCd12345",
  ),
  vpcEndpoint: awsId("vpce"),
  vpcLink: name(/^[a-z0-9]{4,32}$/, "must be the id of a VPC link"),
} as const;
type PlaceholderKind = keyof typeof existingName;
const placeholderKinds = Object.keys(existingName) as PlaceholderKind[];

/** What to do with a placeholder that is not bound: `bind it to apiFunction or { kind: "existing", name: "…" }`. */
export function adviseBinding(placeholder: string): string {
  const kind = placeholder.split(".")[0] ?? "";
  if (!Object.hasOwn(existingName, kind)) {
    return `make it <kind>.<name> with one of the kinds ${placeholderKinds.join(", ")}`;
  }
  const parts = Object.entries(STACK_PARTS).flatMap(([part, its]) => (its === kind ? [part] : []));
  return `bind it to ${[...parts, '{ kind: "existing", name: "…" }'].join(", ").replace(/, (?=\{)/, " or ")}`;
}

/** `{{role.x}}`, `{{bucket.x}}` … of a document: a part of the stack, or something that exists. */
const bindings = z
  .record(
    name(
      new RegExp(`^(${placeholderKinds.join("|")})\\.[A-Za-z][A-Za-z0-9]*$`),
      `must be a placeholder, <kind>.<name>, with one of the kinds ${placeholderKinds.join(", ")}`,
    ),
    z.union(
      [
        z.enum(Object.keys(STACK_PARTS) as StackPart[]),
        z.strictObject({ kind: z.literal("existing"), name: z.string() }),
      ],
      `must be one of ${Object.keys(STACK_PARTS).join(", ")}, or { kind: "existing", name }`,
    ),
  )
  .superRefine((bound, context) => {
    for (const [placeholder, target] of Object.entries(bound)) {
      const type = placeholder.split(".")[0] as PlaceholderKind;
      const message =
        typeof target === "string"
          ? STACK_PARTS[target] === type
            ? undefined
            : `is a ${type} placeholder, but ${target} is a ${STACK_PARTS[target]}`
          : existingName[type].safeParse(target.name).error?.issues[0]?.message;
      if (message) {
        context.addIssue({ code: "custom", path: [placeholder], message, input: target });
      }
    }
  });

const api = z.strictObject({
  name: name(
    /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "must be lower-case words of letters and digits, joined by hyphens: it names resources",
  ),
  /** File name in `specs/`. */
  document: name(/^[\w.-]+\.openapi\.json$/, "must be the name of an .openapi.json file in specs/"),
  stage: name(/^[A-Za-z0-9_-]{1,128}$/, "must be letters, digits, hyphens and underscores"),
  throttling: z.strictObject({
    rateLimit: integer(1, 10_000, "requests per second"),
    burstLimit: integer(1, 5_000, "requests"),
  }),
  bindings,
});

/** Free of quotes, blanks and backslashes, so that it can be written into a configuration as it is. */
const claim = (what: string) =>
  name(
    /^[A-Za-z0-9][A-Za-z0-9._~:/?#[\]@!$&()*+,;=%-]{0,511}$/,
    `must be ${what}: a URL or a word of at most 512 characters`,
  );

/** Lies beside the proxy's configuration. */
const proxyFile = name(
  /^(?!.*\.\.)[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*\.pem$/,
  "must be a .pem file beside the proxy's configuration, such as jwt/2026-01.pem",
);

/** How the proxy knows who calls. */
const callerAuthentication = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      /** An access token of the OAuth 2 client-credentials grant, as `Authorization: Bearer`. */
      kind: z.literal("jwt"),
      issuer: claim("the issuer, exactly as in the token's iss"),
      audience: claim("the audience, exactly as in the token's aud"),
      algorithm: z.enum(
        ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
        "must be RS256, RS384, RS512, ES256, ES384 or ES512",
      ),
      /** Public keys of the issuer. Two while it changes from one to the other. */
      keyFiles: z
        .array(proxyFile)
        .min(1, "needs the issuer's public key")
        .max(2, "must be at most 2: the old key and the new one")
        .refine((files) => new Set(files).size === files.length, "must not name a file twice"),
      /** The claim that names the caller. */
      clientIdClaim: z.enum(["sub", "client_id", "azp"], "must be sub, client_id or azp"),
    }),
    /** A certificate of the CA in `tls/client-ca.pem`; its common name is the caller's. */
    z.strictObject({ kind: z.literal("mutual-tls") }),
  ],
  'must have kind "jwt" or "mutual-tls"',
);

/** The one URL in front of both APIs. */
const proxy = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("haproxy"),
      port: integer(1, 65_535, "a TCP port"),
      authentication: callerAuthentication,
      limits: z.strictObject({
        /** At once; each may hold two buffers of 128 KiB. */
        connections: integer(1, 20_000, "connections"),
        connectionsPerSource: integer(1, 20_000, "connections"),
        /** As an average over ten seconds. */
        requestsPerSecondPerSource: integer(1, 10_000, "requests per second"),
      }),
    }),
    /** Somebody else's: docs/proxy.md says what it has to do. */
    z.strictObject({ kind: z.literal("external") }),
  ],
  'must have kind "haproxy" or "external"',
);

const lambdaFunction = (maxTimeoutSeconds: number) =>
  z.strictObject({
    memoryMb: integer(128, 10_240, "megabytes"),
    timeoutSeconds: integer(1, maxTimeoutSeconds, "seconds"),
  });

const polling = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("on-demand"),
      /** Upper bound of concurrent invocations by this queue; Lambda's own minimum is 2. */
      maximumConcurrency: integer(2, 1_000, "invocations"),
    }),
    z.strictObject({
      kind: z.literal("provisioned"),
      minimumPollers: integer(2, 200, "pollers"),
      maximumPollers: integer(2, 2_000, "pollers"),
    }),
  ],
  'must have kind "on-demand" or "provisioned"',
);

const queue = z.strictObject({
  batchSize: integer(1, 1_000, "messages"),
  batchWindowSeconds: integer(0, 300, "seconds"),
  /** AWS asks for at least 5: a throttled function spends receives without having run. */
  maxReceiveCount: integer(5, 1_000, "receives"),
  retentionDays: integer(1, 13, "days"),
  /** The dead-letter queue keeps a message's first enqueue time, so its retention must be the longer one. */
  deadLetterRetentionDays: integer(2, 14, "days"),
  polling,
});

const percent = integer(1, 100, "percent");

/** From where on something is wrong. Each is a threshold of an alarm in docs/operations.md. */
const alarms = z.strictObject({
  /** Where the descriptions of alarms send their readers: docs/operations.md of this project, as a URL. */
  runbookUrl: name(/^https:\/\/[^\s"'<>#]{3,400}$/, "must be an https URL without a fragment"),
  oldestMessageSeconds: integer(60, 1_209_600, "seconds"),
  /** Invocations that end with an error or a timeout, or messages that go back to the queue. */
  functionErrorPercent: percent,
  /** Of a function's timeout. */
  durationPercent: percent,
  /** Of a function's memory. */
  memoryPercent: percent,
  serverErrorPercent: percent,
  /** 4xx without 404 and 413. */
  clientErrorPercent: percent,
  /** The slowest hundredth of the requests. */
  latencyMilliseconds: integer(10, 29_000, "milliseconds"),
  rejectedPercent: percent,
  /** Fewer requests or submissions in five minutes say nothing about a share of them. */
  minimumRequests: integer(1, 1_000_000, "requests"),
  /** CloudWatch log group of the external proxy's access log, if it has one: its 413s are counted there. */
  proxyLogGroupName: name(/^[\w./#-]{1,512}$/, "must be the name of a CloudWatch log group").exactOptional(),
});

const secretName = name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN");

/** Who is told of alarms. Secrets are named here and read at run time: their values never reach Terraform. */
const alerts = z.discriminatedUnion(
  "kind",
  [
    /** Alarms have no actions: they are seen in CloudWatch alone. */
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("routed"),
      /** Told of every alarm, also when the notifier fails. Each address has to confirm. */
      emails: z.array(z.email("must be an e-mail address")).max(10, "must be at most 10 addresses"),
      notifier: z
        .strictObject({
          role: named(roleName),
          /** Urgent alarms. Its secret holds { "routingKey": "…" }. */
          pagerDuty: z
            .strictObject({ secretName, region: z.enum(["us", "eu"], 'must be "us" or "eu"') })
            .exactOptional(),
          /** All other alarms. Its secret holds { "username": "…", "password": "…" }. */
          serviceNow: z
            .strictObject({
              secretName,
              host: name(
                /^[a-z0-9][a-z0-9.-]{3,252}$/,
                "must be a host name such as example.service-now.com",
              ),
            })
            .exactOptional(),
        })
        .refine(
          ({ pagerDuty, serviceNow }) => pagerDuty !== undefined || serviceNow !== undefined,
          "needs pagerDuty, serviceNow or both",
        )
        .exactOptional(),
    }),
  ],
  'must have kind "none" or "routed"',
);

export const environmentFields = z.strictObject({
  name: name(/^[a-z][a-z0-9]{1,15}$/, "must be 2 to 16 lower-case letters and digits"),
  accountId: name(/^\d{12}$/, "must be the 12-digit AWS account id, as a string"),
  region,
  /** Begins the name of everything that has no name of its own here (queues, table, functions, APIs, alarms). */
  namePrefix: name(
    /^(?!sg-)[a-z][a-z0-9-]{2,30}$/,
    'must be 3 to 31 lower-case letters, digits and hyphens, and not begin with "sg-"',
  ),
  tags: z
    .record(
      name(/^(?!aws:).{1,128}$/, 'must be 1 to 128 characters and not begin with "aws:"'),
      z.string("must be a string").max(256, "must be at most 256 characters"),
    )
    .refine((tags) => Object.keys(tags).length <= 50, "must be at most 50 tags, the limit of AWS"),
  /** Both majors are supported: 5.100.0 is the last of its major. */
  awsProviderVersion: z.enum(["~> 5.100", "~> 6.25"], 'must be "~> 5.100" or "~> 6.25"'),
  backend,
  encryption,
  roles: z.strictObject({
    gatewayWriter: named(roleName),
    documentReader: named(roleName),
    apiFunction: named(roleName),
    queueFunction: named(roleName),
    sweepFunction: named(roleName),
    /** API Gateway's account-wide CloudWatch role, one per account and region: only one stack may manage it. */
    gatewayLogging: named(roleName),
  }),
  buckets: z.strictObject({ intake: named(bucketName), documents: named(bucketName) }),
  vpcEndpoint,
  apis: z.array(api).min(1, "needs at least one API"),
  payload: z.strictObject({
    /** From this size on the proxy sends a payload to the large path. */
    thresholdBytes: integer(1, SYNCHRONOUS_MAX_ESCAPED_BYTES, "bytes"),
    /**
     * How much longer a payload may become as a JSON string inside Lambda's event, where each quote, backslash and
     * line break takes one more byte: 1.2 covers one document in base64 with some metadata, 2 everything in UTF-8.
     */
    escapingFactor: z
      .number("must be a number")
      .min(1, "must be at least 1: nothing becomes shorter")
      .max(6, "must be at most 6: no byte takes more than \\u0000 does"),
    maxBytes: integer(1, GATEWAY_MAX_REQUEST_BYTES, "bytes"),
  }),
  proxy,
  functions: z.strictObject({
    /** API Gateway gives up after 29 seconds. */
    api: lambdaFunction(29),
    queue: lambdaFunction(900),
    sweep: lambdaFunction(900),
  }),
  queue,
  /** The scheduled look for payloads that nobody processed and for documents that no record points to. */
  sweep: z.strictObject({
    everyMinutes: integer(5, 1_440, "minutes"),
    /** Age from which on a waiting payload counts as unprocessed and is queued again. */
    unprocessedAfterMinutes: integer(5, 1_440, "minutes"),
  }),
  retention: z.strictObject({
    intakeObjectDays: integer(1, 3_650, "days"),
    submissionDays: integer(1, 3_650, "days"),
    /** Of documents that were replaced or deleted, and of noncurrent versions. */
    nonCurrentDocumentDays: integer(1, 3_650, "days"),
    logDays: z.union(
      LOG_RETENTION_DAYS.map((days) => z.literal(days)),
      `must be a retention that CloudWatch Logs offers: ${LOG_RETENTION_DAYS.join(", ")}`,
    ),
  }),
  alarms,
  alerts,
  /** Protects the table from deletion and buckets with objects from being emptied by `destroy`. */
  deletionProtection: z.boolean("must be true or false"),
  /** Whether API Gateway's import warnings fail the apply. */
  failOnWarnings: z.boolean("must be true or false"),
});
