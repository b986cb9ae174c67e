import { parseServiceUri } from "../../service-uri.ts";
import { type AccountHome, isForeign } from "../account-home.ts";
import { type Arn, labelOf, parseArns, plainArn } from "./arn-forms.ts";
import type { Owner, Step } from "./literal.ts";
import { parseQueueUrls } from "./queue-urls.ts";

/** Something of another account or region that a text names. */
export interface Foreign {
  readonly start: number;
  readonly end: number;
  /** It is where a call goes to, not what is called. */
  readonly isCall?: true;
  readonly owner: Owner & { readonly partition: string };
  /** How it can be kept, or why it can't. */
  readonly fate: Kept | { readonly refusal: string };
}

interface Kept {
  readonly kind: string;
  readonly arn: string;
  readonly label: string;
  readonly owner: Owner;
  /** The text with placeholders, by the one of the whole: `topic.orders`. */
  readonly write: (binding: string) => string;
}

/** Foreign things in a text, in their order; none overlaps another. */
export function findForeign(text: string, key: string, home: AccountHome): Foreign[] {
  const found = [...foreignArns(text, home), ...foreignUrls(text, home), ...foreignPath(text, key, home)];
  return [...found, ...foreignCall(text, found, home)].toSorted((a, b) => a.start - b.start);
}

/** Why something of another account can't be called, by its kind. */
const noCalls: Readonly<Record<string, string>> = {
  // PutIntegration answers "Cross-account pass role is not allowed":
  // https://github.com/amazon-archives/aws-apigateway-importer/issues/25
  role: "API Gateway cannot use a role of another account: name a role of the API's account",
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html
  loadBalancer: "API Gateway can use a load balancer only in its own account and region: name one there",
  // Without policies of resources no other account can be let in:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
  deliveryStream: "Firehose accepts no calls from another account: name a stream of the API's account",
  stateMachine:
    "Step Functions accepts no calls from another account: name a state machine of the API's account",
};

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html */
const noForeignVariable =
  "a stage variable cannot name something in another account or region: write the whole name";

function foreignArns(text: string, home: AccountHome): Foreign[] {
  return parseArns(text).flatMap((arn) => {
    if (arn.service === "apigateway" || !isForeign(arn, home)) return [];
    const { start, end, partition, account, region } = arn;
    return [{ start, end, owner: { partition, account, region }, fate: fateOf(arn, home) }];
  });
}

function fateOf(arn: Arn, home: AccountHome): Foreign["fate"] {
  const { form, name, partition, region, account, colon, service, resource, isVariable } = arn;
  if (home.partition !== undefined && partition !== home.partition) {
    return { refusal: "API Gateway cannot call another partition: name a resource of the API's partition" };
  }
  if (isVariable) return { refusal: noForeignVariable };
  if (form === undefined || name === undefined) {
    return {
      refusal:
        "there is no placeholder for it: remove it, or name a resource of the API's account and region",
    };
  }
  const refusal = noCalls[form.kind];
  const isElsewhere = form.kind === "loadBalancer" || account !== home.account;
  if (refusal !== undefined && isElsewhere) return { refusal };
  const before = resource.slice(colon.length, resource.length - name.length);
  const inParts = (binding: string) => {
    const [itsRegion, itsAccount, itsName] = ["region", "account", "name"].map(
      (part) => `{{${binding}.${part}}}`,
    );
    return ["arn", "{{partition}}", service, region && itsRegion, itsAccount, before + itsName].join(colon);
  };
  const whole = form.isWhole ? "" : ".arn";
  return {
    kind: form.kind,
    arn: plainArn(arn),
    label: labelOf(arn),
    owner: { account, region },
    // A whole ARN would bring its colons into a query.
    write: (binding) => (colon === ":" ? `{{${binding}${whole}}}` : inParts(binding)),
  };
}

function foreignUrls(text: string, home: AccountHome): Foreign[] {
  return parseQueueUrls(text).flatMap(({ start, end, region, account, name, isVariable, between }) => {
    if (!isForeign({ region, account }, home)) return [];
    const [scheme, domain, slash] = between;
    const write = (binding: string) =>
      `${scheme}{{${binding}.region}}${domain}{{${binding}.account}}${slash}{{${binding}.name}}`;
    return [{ start, end, ...queue({ region, account, name, isVariable }, write, home) }];
  });
}

/** `…:sqs:path/<account>/<queue>`: the region is that of the call. */
function foreignPath(text: string, key: string, home: AccountHome): Foreign[] {
  const uri = key === "uri" ? parseServiceUri(text) : undefined;
  if (uri?.service !== "sqs" || uri.kind !== "path") return [];
  const [path, account, name = ""] = /^(\d{12})\/([\w-]*(?:\.fifo)?)/.exec(uri.rest) ?? [];
  const region = text.split(":")[3] ?? "";
  if (path === undefined || account === undefined || !isForeign({ region, account }, home)) return [];
  const start = text.length - uri.rest.length;
  const isVariable = /^[${]/.test(uri.rest.slice(path.length));
  const write = (binding: string) => `{{${binding}.account}}/{{${binding}.name}}`;
  return [{ start, end: start + path.length, ...queue({ region, account, name, isVariable }, write, home) }];
}

function queue(
  of: { region: string; account: string; name: string; isVariable: boolean },
  write: Kept["write"],
  home: AccountHome,
): Pick<Foreign, "owner" | "fate"> {
  const { region, account, name, isVariable } = of;
  const partition = home.partition ?? "aws";
  const arn = ["arn", partition, "sqs", region, account, name].join(":");
  return {
    owner: { partition, region, account },
    fate: isVariable
      ? { refusal: noForeignVariable }
      : { kind: "queue", arn, label: name, owner: { account, region }, write },
  };
}

/**
 * A call that goes to another region. It works where what is called lies in that region; which it is shows where the URI
 * names it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html
 */
function foreignCall(text: string, found: readonly Foreign[], home: AccountHome): Foreign[] {
  return parseArns(text).flatMap((arn): Foreign[] => {
    const { service, partition, region, account, start, end } = arn;
    if (service !== "apigateway" || !isForeign(arn, home)) return [];
    const called = found.find(({ owner, fate }) => owner.region === region && "kind" in fate);
    const owner = { partition, region, account };
    if (called === undefined || !("kind" in called.fate)) {
      const refusal =
        "the import can keep a call to another region only if its URI names the function or queue: correct the region";
      return [{ start, end, isCall: true, owner, fate: { refusal } }];
    }
    const write = (binding: string) => `arn:{{partition}}:apigateway:{{${binding}.region}}:`;
    return [{ start, end, isCall: true, owner, fate: { ...called.fate, write } }];
  });
}

/** Placeholders of their own for what is to be kept of other accounts and regions. */
export const foreign: Step = (text, { key }, options) =>
  findForeign(text, key, options.home).reduceRight((before, { start, end, fate }) => {
    if (!("kind" in fate) || !options.keepsForeign(fate.kind, fate.arn)) return before;
    const { kind, arn, label, owner, write } = fate;
    const name = options.nameOf({ kind, text: arn, label, owner });
    return before.slice(0, start) + write(`${kind}.${name}`) + before.slice(end);
  }, text);
