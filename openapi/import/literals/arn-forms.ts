/** ARNs whose resource a placeholder can stand for. */
interface ArnForm {
  readonly kind: string;
  readonly service: string;
  /** What stands before the resource's name. */
  readonly before: string;
  /** A pattern. */
  readonly name: string;
  /** What a name may consist of, for names that a variable is a part of. */
  readonly characters?: string;
  /** The placeholder is the whole ARN: what stands in an integration is one. In the others it is the name or id. */
  readonly isWhole?: true;
}

const roleCharacters = "[\\w+=,.@/-]";

const arnForms: readonly ArnForm[] = [
  {
    kind: "role",
    service: "iam",
    before: "role/",
    name: "(?:[\\w+=,.@-]+/)*[\\w+=,.@-]+",
    characters: roleCharacters,
    isWhole: true,
  },
  { kind: "function", service: "lambda", before: "function:", name: "[\\w-]+", isWhole: true },
  {
    kind: "loadBalancer",
    service: "elasticloadbalancing",
    before: "loadbalancer/",
    name: "[\\w-]+(?:/[\\w-]+)*",
    isWhole: true,
  },
  {
    // A private integration may name one of its listeners.
    kind: "loadBalancer",
    service: "elasticloadbalancing",
    before: "listener/",
    name: "[\\w-]+(?:/[\\w-]+)*",
    isWhole: true,
  },
  { kind: "userPool", service: "cognito-idp", before: "userpool/", name: "[\\w-]+" },
  { kind: "queue", service: "sqs", before: "", name: "[\\w-]+(?:\\.fifo)?" },
  { kind: "topic", service: "sns", before: "", name: "[\\w-]+(?:\\.fifo)?" },
  { kind: "table", service: "dynamodb", before: "table/", name: "[\\w.-]+" },
  { kind: "stream", service: "kinesis", before: "stream/", name: "[\\w.-]+" },
  { kind: "deliveryStream", service: "firehose", before: "deliverystream/", name: "[\\w.-]+" },
  { kind: "stateMachine", service: "states", before: "stateMachine:", name: "[\\w-]+" },
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
  { kind: "stateMachine", service: "states", before: "execution:", name: "[\\w-]+" },
  { kind: "stateMachine", service: "states", before: "express:", name: "[\\w-]+" },
  {
    kind: "eventBus",
    service: "events",
    before: "event-bus/",
    name: "[\\w./-]+",
    characters: "[\\w./-]",
  },
  { kind: "key", service: "kms", before: "key/", name: "[\\w-]+" },
  { kind: "key", service: "kms", before: "alias/", name: "[\\w/-]+", characters: "[\\w/-]" },
];

/** An ARN in a text, as far as it is understood. */
export interface Arn {
  readonly start: number;
  /** Behind the name; behind the account, where the resource is of no known form. */
  readonly end: number;
  readonly partition: string;
  readonly service: string;
  /** Empty where the ARN has none. */
  readonly region: string;
  /** Twelve digits, or empty. */
  readonly account: string;
  /** `:`, or percent-encoded as in a query. */
  readonly colon: string;
  /** Behind the account, with its colon. */
  readonly resource: string;
  readonly form?: ArnForm;
  readonly name?: string;
  /** A stage variable, another reference of Velocity or a path parameter is part of the name. */
  readonly isVariable: boolean;
}

const arnHead = /arn(:|%3A)(aws[a-z-]*)\1([a-z0-9-]+)\1([a-z0-9-]*)\1(?:(\d{12})(?=\1))?/gi;

/** The ARNs in a text, also one within another's resource. */
export function parseArns(text: string): Arn[] {
  return [...text.matchAll(arnHead)].map((match) => {
    const [head, colon = ":", partition = "", service = "", region = "", account = ""] = match;
    const start = match.index;
    const headEnd = start + head.length;
    const base = { start, partition, service, region, account, colon };
    const unknown = { ...base, end: headEnd, resource: "", isVariable: false };
    if (account === "") return unknown;
    const rest = text.slice(headEnd + colon.length);
    const found = matchForm(service, rest, colon);
    if (found === undefined) return { ...unknown, isVariable: rest.startsWith("$") };
    const { form, name, before } = found;
    const resource = colon + before + name;
    return { ...base, end: headEnd + resource.length, resource, form, name, isVariable: found.isVariable };
  });
}

function matchForm(service: string, rest: string, colon: string) {
  const slash = colon === ":" ? "/" : "%2F";
  for (const form of arnForms) {
    if (form.service !== service) continue;
    const before = form.before.replace("/", slash).replace(":", colon);
    if (rest.slice(0, before.length).toLowerCase() !== before.toLowerCase()) continue;
    const name = rest.slice(before.length);
    const written = rest.slice(0, before.length);
    // Behind a whole name a brace may close or open something else; a variable in a name always has a dollar or is in braces.
    if (new RegExp(`^${form.characters ?? "[\\w.-]"}*(?:\\$|\\{[\\w+]+\\})`).test(name)) {
      return { form, before: written, name: "", isVariable: true };
    }
    const plain = new RegExp(`^${form.name}`).exec(name)?.[0];
    // Encoded, a path would be cut at its first slash.
    if (slash !== "/" && name.slice(plain?.length).toUpperCase().startsWith(slash)) return undefined;
    if (plain !== undefined) return { form, before: written, name: plain, isVariable: false };
  }
  return undefined;
}

/** The ARN of what it names, whatever form it was written in. */
export function plainArn({ partition, service, region, account, form, name }: Arn): string {
  return ["arn", partition, service, region, account, `${form?.before ?? ""}${name ?? ""}`].join(":");
}

/** The name for people: of a role without its path, of a load balancer without its id. */
export function labelOf({ form, name = "" }: Arn): string {
  if (form?.kind === "role") return name.split("/").at(-1) ?? name;
  if (form?.kind === "loadBalancer") return name.split("/")[1] ?? name;
  return name;
}
