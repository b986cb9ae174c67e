import { tableKeysOf } from "./table-keys.ts";

/** A name or an id that only the key before it distinguishes from other words. */
export interface NamedValue {
  /** As the subject of a sentence. */
  readonly what: string;
  /** Its kind of placeholder; without one it is refused where API Gateway reads it. */
  readonly kind?: string;
  /** Of an integration; without one, of any, and of what has no integration. */
  readonly service?: string;
  /** Source of a pattern, like the following fields. */
  readonly key: string;
  /** The text before the value, which is kept. */
  readonly lead?: string;
  readonly value: string;
  /** Other words before it, where a request has it without its key. */
  readonly words?: string;
  readonly link: string;
}

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const kmsKeys = "[\\w-]*kms[\\w-]*";
const keyId = `(?:${uuid}|mrk-[0-9a-f]{32})`;
const keysOfAws = "aws(?:/|%2F)";
const alias = { lead: "alias(?:/|%2F)", value: `(?!${keysOfAws})[\\w/-]+` };
const keyIds = "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id";

/** What requests of services name, and ids that look like other words: each has the page of AWS that has it. */
export const namedValues: readonly NamedValue[] = [
  {
    what: "a table's name",
    kind: "table",
    service: "dynamodb",
    key: "TableName",
    value: "[\\w.-]+",
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
    words: '\\b(?:FROM|INTO|UPDATE)\\s+\\\\*"',
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html",
  },
  {
    what: "a stream's name",
    kind: "stream",
    service: "kinesis",
    key: "StreamName",
    value: "[\\w.-]+",
    link: "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html",
  },
  {
    what: "a delivery stream's name",
    kind: "deliveryStream",
    service: "firehose",
    key: "DeliveryStreamName",
    value: "[\\w.-]+",
    link: "https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html",
  },
  {
    what: "an event bus's name",
    kind: "eventBus",
    service: "events",
    key: "EventBusName",
    // Every account has this bus.
    value: "(?!default[\"'\\\\])[\\w./-]+",
    link: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html",
  },
  {
    what: "a queue's name",
    kind: "queue",
    service: "sqs",
    key: "QueueName",
    value: "[\\w-]+(?:\\.fifo)?",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html",
  },
  { what: "a key's id", kind: "key", key: kmsKeys, value: keyId, link: keyIds },
  { what: "a key's id", kind: "key", service: "kms", key: "KeyId", value: keyId, link: keyIds },
  { what: "a key's alias", kind: "key", key: kmsKeys, ...alias, link: keyIds },
  { what: "a key's alias", kind: "key", service: "kms", key: "KeyId", ...alias, link: keyIds },
  {
    what: "an app client's id of a user pool",
    key: "client[_-]?id",
    value: "[0-9a-z]{26}",
    link: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html",
  },
  {
    what: "an API's id",
    key: "x-apigw-api-id",
    value: "[0-9a-z]{10}",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html",
  },
];

export interface NamedPlace {
  readonly service: string;
  /** The key of the object in which the text stands. */
  readonly key: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html */
const override = "context\\.requestOverride\\.(?:header|path|querystring)\\.";

/** The places of a text that hold such a value, as patterns: what stands before it is the first group, it the second. */
export function patternsOf(named: NamedValue, text: string, place: NamedPlace): RegExp[] {
  const { key, lead = "", value, service, words } = named;
  if (service !== undefined && service !== place.service) return [];
  const isNamedByPlace = keyPatternOf(named).test(place.key.slice(place.key.lastIndexOf(".") + 1));
  // Most texts have no such key, and the patterns are many.
  if (!isNamedByPlace && !keyIn(named).test(text)) return [];
  const quote = `\\\\?["']`;
  const variables = variablesFor(key, text);
  const set = `#set\\(\\s*\\$!?\\{?(?:${override})?(?:${[key, ...variables].join("|")})\\}?\\s*=\\s*["']`;
  const forms = [
    [`${quote}${key}${quote}\\s*:\\s*${quote}`, `(?=${quote})`],
    [`(?:^|[?&])${key}=`, "(?![\\w./-])"],
    [`<${key}>`, "(?=</)"],
    [set, `(?=["'])`],
    ...(words === undefined ? [] : [[words, '(?=[\\\\."])']]),
    ...(isNamedByPlace ? [["^'", "(?=')"]] : []),
  ];
  return forms.map(([before, behind]) => new RegExp(`(${before}${lead})(${value})${behind}`, "gi"));
}

const keyPatterns = new Map(namedValues.map(({ key }) => [key, new RegExp(`^(?:${key})$`, "i")]));
const keysInText = new Map(
  namedValues.map(({ key }) => [key, new RegExp(`${key}|RequestItems|Statement`, "i")]),
);
const keyPatternOf = ({ key }: NamedValue) => keyPatterns.get(key) ?? new RegExp(`^(?:${key})$`, "i");
const keyIn = ({ key }: NamedValue) => keysInText.get(key) ?? new RegExp(key, "i");

/** Variables of Velocity that a template gives to such a key. */
function variablesFor(key: string, text: string): string[] {
  const use = new RegExp(`["']${key}\\\\?["']\\s*:\\s*\\\\?["']\\$!?\\{?([A-Za-z]\\w*)\\}?\\\\?["']`, "gi");
  const tables = key === "TableName" ? tableKeysOf(text).map(({ name }) => name) : [];
  return [
    ...[...text.matchAll(use)].map((match) => match[1] ?? ""),
    ...tables.flatMap((name) => /^\$!?\{?([A-Za-z]\w*)\}?$/.exec(name)?.[1] ?? []),
  ];
}
