import { z } from "zod";

/** API Gateway refuses larger requests with 413 before any integration runs; the quota is not adjustable. */
export const GATEWAY_MAX_REQUEST_BYTES = 10_485_760;
/** Lambda's synchronous invocation limit, on the serialized event. */
export const LAMBDA_MAX_EVENT_BYTES = 6_291_456;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** What the Node.js runtime and the loaded bundle occupy before the first payload, in MB. */
export const RUNTIME_MEMORY_MB = 128;
/** Peak bytes a payload needs while it is read, parsed and stored, per byte of payload (measured: below 5). */
export const MEMORY_PER_PAYLOAD_BYTE = 6;
export const MEBIBYTE = 1024 * 1024;

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
const cidrBlock = z.cidrv4("must be an IPv4 CIDR block such as 10.0.0.0/24");

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
            subnetIds: z.array(awsId("subnet")).min(1, "needs at least one subnet").max(6),
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
      region: z.string("must be an AWS region"),
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
} as const;
export type StackPart = keyof typeof STACK_PARTS;

const existingName = { role: roleName, bucket: bucketName, function: functionName };

/** `{{role.x}}`, `{{bucket.x}}` or `{{function.x}}` of a document: a part of the stack, or something that exists. */
const bindings = z
  .record(
    name(
      /^(role|bucket|function)\.[A-Za-z][A-Za-z0-9]*$/,
      "must be a placeholder: role.<name>, bucket.<name> or function.<name>",
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
      const type = placeholder.split(".")[0] as keyof typeof existingName;
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
  document: name(/^[\w.-]+\.json$/, "must be the name of a JSON file in specs/"),
  stage: name(/^[A-Za-z0-9_-]{1,128}$/, "must be letters, digits, hyphens and underscores"),
  throttling: z.strictObject({
    rateLimit: integer(1, 10_000, "requests per second"),
    burstLimit: integer(1, 5_000, "requests"),
  }),
  bindings,
});

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

const fields = z.strictObject({
  name: name(/^[a-z][a-z0-9]{1,15}$/, "must be 2 to 16 lower-case letters and digits"),
  accountId: name(/^\d{12}$/, "must be the 12-digit AWS account id, as a string"),
  region: name(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as eu-central-1"),
  /** Begins the name of everything that has no name of its own here (queues, table, functions, APIs, alarms). */
  namePrefix: name(/^[a-z][a-z0-9-]{1,30}$/, "must be 2 to 31 lower-case letters, digits and hyphens"),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)),
  /** Both majors are supported: 5.100.0 is the last of its major. */
  awsProviderVersion: z.enum(["~> 5.100", "~> 6.25"], 'must be "~> 5.100" or "~> 6.25"'),
  backend,
  encryption,
  roles: z.strictObject({
    gatewayWriter: named(roleName),
    documentReader: named(roleName),
    apiFunction: named(roleName),
    queueFunction: named(roleName),
    /** API Gateway's account-wide CloudWatch role, one per account and region: only one stack may manage it. */
    gatewayLogging: named(roleName),
  }),
  buckets: z.strictObject({ intake: named(bucketName), documents: named(bucketName) }),
  vpcEndpoint,
  apis: z.array(api).min(1, "needs at least one API"),
  payload: z.strictObject({
    /** From this size on the proxy sends a payload to the large path. */
    thresholdBytes: integer(1, LAMBDA_MAX_EVENT_BYTES, "bytes"),
    maxBytes: integer(1, GATEWAY_MAX_REQUEST_BYTES, "bytes"),
  }),
  functions: z.strictObject({
    /** API Gateway gives up after 29 seconds. */
    api: lambdaFunction(29),
    queue: lambdaFunction(900),
  }),
  queue,
  retention: z.strictObject({
    intakeObjectDays: integer(1, 3_650, "days"),
    submissionDays: integer(1, 3_650, "days"),
    nonCurrentDocumentDays: integer(1, 3_650, "days"),
    logDays: z.union(
      LOG_RETENTION_DAYS.map((days) => z.literal(days)),
      `must be a retention that CloudWatch Logs offers: ${LOG_RETENTION_DAYS.join(", ")}`,
    ),
  }),
  alarms: z.strictObject({ oldestMessageSeconds: integer(60, 1_209_600, "seconds") }),
  /** Protects the table from deletion and buckets with objects from being emptied by `destroy`. */
  deletionProtection: z.boolean("must be true or false"),
  /** Whether API Gateway's import warnings fail the apply. */
  failOnWarnings: z.boolean("must be true or false"),
});

type Fields = z.infer<typeof fields>;

interface Rule {
  readonly path: (string | number)[];
  readonly needs: (keyof Fields)[];
  readonly broken: (environment: Fields) => string | undefined;
}

const duplicate = (values: string[]) => values.find((value, index) => values.indexOf(value) !== index);

/** What must hold between fields. A rule runs when the fields it needs are valid by themselves. */
const rules: Rule[] = [
  {
    path: ["apis"],
    needs: ["apis"],
    broken: ({ apis }) => {
      const twice = duplicate(apis.map((each) => each.name));
      return twice && `the name "${twice}" is used twice: give each API its own`;
    },
  },
  {
    path: ["buckets"],
    needs: ["buckets"],
    broken: ({ buckets }) =>
      buckets.intake.name === buckets.documents.name
        ? "intake and documents must be two buckets: the intake bucket is a queue whose objects are deleted"
        : undefined,
  },
  {
    path: ["roles"],
    needs: ["roles"],
    broken: ({ roles }) => {
      const twice = duplicate(Object.values(roles).map((role) => role.name));
      return twice && `the role "${twice}" is used twice: each role has only the rights of its own task`;
    },
  },
  {
    path: ["payload", "thresholdBytes"],
    needs: ["payload"],
    broken: ({ payload }) =>
      payload.thresholdBytes < payload.maxBytes ? undefined : "must be below payload.maxBytes",
  },
  {
    path: ["queue", "deadLetterRetentionDays"],
    needs: ["queue"],
    broken: ({ queue }) =>
      queue.deadLetterRetentionDays > queue.retentionDays
        ? undefined
        : "must be longer than queue.retentionDays",
  },
  {
    path: ["queue", "batchWindowSeconds"],
    needs: ["queue"],
    broken: ({ queue }) =>
      queue.batchSize > 10 && queue.batchWindowSeconds === 0
        ? "must be at least 1 when queue.batchSize is above 10 (a rule of Lambda)"
        : undefined,
  },
  {
    path: ["queue", "polling", "maximumPollers"],
    needs: ["queue"],
    broken: ({ queue: { polling } }) =>
      polling.kind === "provisioned" && polling.maximumPollers < polling.minimumPollers
        ? "must not be below queue.polling.minimumPollers"
        : undefined,
  },
  {
    path: ["retention", "intakeObjectDays"],
    needs: ["queue", "retention"],
    broken: ({ queue, retention }) => outlivesQueues(retention.intakeObjectDays, queue),
  },
  {
    path: ["retention", "submissionDays"],
    needs: ["queue", "retention"],
    broken: ({ queue, retention }) => outlivesQueues(retention.submissionDays, queue),
  },
  {
    path: ["functions", "queue", "memoryMb"],
    needs: ["queue", "functions", "payload"],
    broken: ({ queue, functions, payload }) => {
      const needed = requiredMemoryMb(queue.batchSize, payload.maxBytes);
      return functions.queue.memoryMb >= needed
        ? undefined
        : `must be at least ${needed} for ${queue.batchSize} payloads of ${payload.maxBytes} bytes: raise it or lower queue.batchSize`;
    },
  },
  {
    path: ["encryption", "keyArn"],
    needs: ["encryption", "region", "accountId"],
    broken: ({ encryption, region }) =>
      encryption.kind === "existing" && encryption.keyArn.split(":")[3] !== region
        ? `must be a key of ${region}: a key encrypts only in its own region`
        : undefined,
  },
];

function outlivesQueues(days: number, queue: Fields["queue"]): string | undefined {
  const queued = queue.retentionDays + queue.deadLetterRetentionDays;
  return days > queued
    ? undefined
    : `must be more than ${queued} days, so that it outlives both queues (queue.retentionDays + queue.deadLetterRetentionDays)`;
}

/** The least memory in MB for a function that holds `batchSize` payloads of `maxBytes`. */
export function requiredMemoryMb(batchSize: number, maxBytes: number): number {
  return RUNTIME_MEMORY_MB + Math.ceil((batchSize * maxBytes * MEMORY_PER_PAYLOAD_BYTE) / MEBIBYTE);
}

/** One environment: everything that differs between accounts, as plain data. */
export const environmentSchema = rules.reduce(
  (schema, rule) =>
    schema.refine((environment) => rule.broken(environment) === undefined, {
      path: rule.path,
      error: (issue) => rule.broken(issue.input as Fields) ?? "is not valid",
      // Without `when`, zod skips a rule as soon as any other field is wrong, and problems come one by one.
      when: ({ value }) =>
        rule.needs.every((key) => fields.shape[key].safeParse((value as Fields)?.[key]).success),
    }),
  fields,
);

export type Environment = z.infer<typeof environmentSchema>;
export type EnvironmentApi = Environment["apis"][number];
export type Binding = EnvironmentApi["bindings"][string];
