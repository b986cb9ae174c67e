import * as z from "zod";
import {
  GATEWAY_MAX_REQUEST_BYTES,
  LOG_RETENTION_DAYS,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../contract/limits.ts";
import { alarms, alerts } from "./alarm-fields.ts";
import { apis } from "./api-fields.ts";
import { backend } from "./backend-fields.ts";
import { delivery } from "./delivery-fields.ts";
import {
  awsId,
  bucketName,
  integer,
  KIND,
  name,
  named,
  region,
  roleName,
  tagKey,
  tagValue,
} from "./field-types.ts";

const cidrBlock = z
  .cidrv4({ error: "must be an IPv4 CIDR block such as 10.0.0.0/24", abort: true })
  .refine(isNetworkAddress, "must be a network's own address: the bits behind the prefix length are 0");

function isNetworkAddress(block: string): boolean {
  const [address = "", length] = block.split("/");
  const bits = address.split(".").reduce((value, octet) => value * 256 + Number(octet), 0);
  return bits % 2 ** (32 - Number(length)) === 0;
}

const vpcEndpoint = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("existing"), id: awsId("vpce") }),
    z.strictObject({
      kind: z.literal("managed"),
      /** Who may open a connection to the endpoint: the subnets of the external API proxy. */
      allowedCidrBlocks: z
        .array(cidrBlock)
        .min(1, "needs the CIDR blocks that may call the APIs")
        .max(20, "must be at most 20 blocks"),
      /** Lets `allowedCidrBlocks` be larger than any private network, up to everybody: 0.0.0.0/0. */
      allowEverybody: z.literal(true, "must be true, or not be there").exactOptional(),
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
      /** RFC 8414 asks for https, without a query and a fragment. */
      issuer: name(
        /^https:\/\/[A-Za-z0-9][A-Za-z0-9._~:/@!$&()*+,;=%-]{0,503}$/,
        "must be the issuer, exactly as in the token's iss: an https URL of at most 512 characters, without a query and a fragment",
      ),
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
      port: integer(1, 65_535, "TCP port"),
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

const lambdaFunction = (maxTimeoutSeconds: number, why: string) =>
  z.strictObject({
    memoryMb: integer(128, 10_240, "megabytes", "what Lambda offers"),
    timeoutSeconds: integer(1, maxTimeoutSeconds, "seconds", why),
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
  maxReceiveCount: integer(
    5,
    1_000,
    "receives",
    "AWS asks for at least 5, since a throttled function spends some without having run",
  ),
  retentionDays: integer(1, 13, "days"),
  /** The dead-letter queue keeps a message's first enqueue time, so its retention must be the longer one. */
  deadLetterRetentionDays: integer(2, 14, "days"),
  polling,
});

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
    .record(tagKey, tagValue)
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
  apis,
  payload: z.strictObject({
    /** From this size on the proxy sends a payload to the large path. */
    thresholdBytes: integer(
      1,
      SYNCHRONOUS_MAX_ESCAPED_BYTES,
      "bytes",
      "no larger payload fits into Lambda's event beside all else",
    ),
    /**
     * How much longer a payload may become as a JSON string inside Lambda's event, where each quote, backslash and
     * line break takes one more byte: 1.2 covers one document in base64 with some metadata, 2 everything in UTF-8.
     */
    escapingFactor: z
      .number("must be a number")
      .min(1, "must be at least 1: nothing becomes shorter")
      .max(6, "must be at most 6: no byte takes more than \\u0000 does"),
    maxBytes: integer(1, GATEWAY_MAX_REQUEST_BYTES, "bytes", "API Gateway takes no larger request"),
  }),
  proxy,
  functions: z.strictObject({
    api: lambdaFunction(29, "API Gateway gives up after 29"),
    queue: lambdaFunction(900, "Lambda gives up after 900"),
    sweep: lambdaFunction(900, "Lambda gives up after 900"),
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
  delivery,
  /** Protects the table from deletion and buckets with objects from being emptied by `destroy`. */
  deletionProtection: z.boolean("must be true or false"),
  /** Whether API Gateway's import warnings fail the apply. */
  failOnWarnings: z.boolean("must be true or false"),
});
