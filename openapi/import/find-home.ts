import { partitionOf } from "../../contract/partitions.ts";
import { useOf } from "../aws-literals/text-places.ts";
import type { JsonObject } from "../json.ts";
import { type JsonNode, jsonPointer, walk } from "../json-pointer.ts";
import type { Problem } from "../openapi-document.ts";
import { parseServiceUri } from "../service-uri.ts";
import type { AccountHome } from "./account-home.ts";
import { parseArns } from "./literals/arn-forms.ts";
import { parseQueueUrls } from "./literals/queue-urls.ts";

/** What the command line sets. */
export interface GivenHome {
  /** Whether a majority is not enough if neither a policy nor a role shows the account: a wrong choice would not be noticed. */
  readonly mustBeSure?: boolean;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
}

/** A place that names an account or a region. */
interface Evidence {
  /** Lower is stronger. */
  readonly strength: number;
  readonly value: string;
  readonly pointer: string;
}

/**
 * The partition, region and account that a document belongs to, by the strongest evidence. A tie is a problem, and so is a
 * majority if `mustBeSure`: the home decides what is replaced.
 */
export function findHome(
  document: JsonObject,
  given: GivenHome = {},
): { home: AccountHome; problems: Problem[] } {
  const texts = [...walk(document)].filter((node): node is TextNode => typeof node.value === "string");
  const account = decide("account", given, texts.flatMap(accountsIn));
  const region = decide("region", given, texts.flatMap(regionsIn));
  return {
    home: {
      partition:
        region.value === undefined
          ? decide("partition", {}, texts.flatMap(partitionsIn)).value
          : partitionOf(region.value),
      region: region.value,
      account: account.value,
      ...(account.at !== undefined && { accountAt: account.at }),
    },
    problems: [...account.problems, ...region.problems],
  };
}

interface TextNode extends JsonNode {
  value: string;
}

const policy = "x-amazon-apigateway-policy";

/**
 * The API's own ARNs in its resource policy; roles, of which API Gateway takes those of its own account alone; what the
 * API calls or asks; other texts that it reads; texts for people.
 */
function accountsIn({ pointer, segments, value }: TextNode): Evidence[] {
  if (segments[0] === policy) {
    return ownArns(value).map(({ account }) => ({ strength: 0, value: account, pointer }));
  }
  const key = String(segments.at(-1));
  const isRole = key === "credentials" || key === "authorizerCredentials";
  const isCalled = segments.some(isCall);
  const strength = useOf(segments) === "described" ? 4 : isRole ? 1 : isCalled ? 2 : 3;
  const path = key === "uri" ? parseServiceUri(value) : undefined;
  const inPath = path?.service === "sqs" ? /^\d{12}(?=\/)/.exec(path.rest)?.[0] : undefined;
  return [...parseArns(value), ...parseQueueUrls(value), { account: inPath ?? "" }]
    .filter(({ account }) => account !== "")
    .map(({ account }) => ({ strength, value: account, pointer }));
}

const isCall = (segment: string | number) =>
  segment === "uri" || segment === "authorizerUri" || segment === "providerARNs";

/** What API Gateway itself is called by lies in its own region, and mostly what it calls. */
function regionsIn({ pointer, segments, value }: TextNode): Evidence[] {
  if (segments[0] === policy) {
    return ownArns(value).map(({ region }) => ({ strength: 0, value: region, pointer }));
  }
  if (segments[0] === "servers" || jsonPointer(...segments) === "/host") {
    const host = /\.execute-api\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com/.exec(value)?.[1];
    return host === undefined ? [] : [{ strength: 0, value: host, pointer }];
  }
  const isFar = useOf(segments) === "described" ? 2 : 0;
  return [
    ...parseArns(value).map(({ service, region }) => {
      return { strength: (service === "apigateway" ? 1 : 2) + isFar, value: region, pointer };
    }),
    ...parseQueueUrls(value).map(({ region }) => ({ strength: 2 + isFar, value: region, pointer })),
  ].filter((evidence) => evidence.value !== "");
}

function partitionsIn({ pointer, segments, value }: TextNode): Evidence[] {
  const strength = useOf(segments) === "described" ? 1 : 0;
  return parseArns(value).map(({ partition }) => ({ strength, value: partition, pointer }));
}

const ownArns = (text: string) =>
  parseArns(text).filter(({ service, account }) => service === "execute-api" && account !== "");

/** Evidence that is only a guess from this strength on. */
const guesses = { account: 2, region: 1, partition: Number.POSITIVE_INFINITY } as const;

function decide(
  what: "account" | "region" | "partition",
  { mustBeSure = false, ...given }: GivenHome,
  evidence: readonly Evidence[],
): { value: string | undefined; at?: string | undefined; problems: Problem[] } {
  const known = what === "partition" ? undefined : given[what];
  if (known !== undefined) return { value: known, problems: [] };
  const strongest = Math.min(...evidence.map(({ strength }) => strength));
  const claims = new Map<string, Claim>();
  for (const { strength, value, pointer } of evidence) {
    if (strength !== strongest) continue;
    const { at = pointer, weight = 0 } = claims.get(value) ?? {};
    claims.set(value, { value, at, weight: weight + 1 });
  }
  const [first, second] = [...claims.values()].toSorted((a, b) => b.weight - a.weight);
  const value = { value: first?.value, at: first?.at };
  if (first === undefined || second === undefined) return { ...value, problems: [] };
  const isOpen = first.weight === second.weight || (mustBeSure && strongest >= guesses[what]);
  return { ...value, problems: isOpen ? [doubt(what, first, second)] : [] };
}

/** A possible home of the document, and the first place that names it. */
interface Claim {
  readonly value: string;
  readonly at: string;
  readonly weight: number;
}

function doubt(what: string, one: Claim, other: Claim): Problem {
  const value = what === "account" ? "<id>" : "<name>";
  const often = one.weight === other.weight ? " the same number of times" : "";
  const message = `names ${what} ${one.value}, and ${other.at} names ${what} ${other.value}${often}; one of them is the API's own: set it with --${what} ${value}`;
  return { rule: `home-${what}`, pointer: one.at, message };
}
