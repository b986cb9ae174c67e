import type { JsonObject } from "../../../openapi/json.ts";
import { walk } from "../../../openapi/json-pointer.ts";

/** A literal of an account that an import has left, by its place. Its text is not kept, because it may be confidential. */
export interface LeftLiteral {
  readonly what: string;
  readonly pointer: string;
}

const regionWord =
  "(?:us|eu|eusc|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-iso[a-z]?|-de)?-(?:north|south|east|west|central)(?:east|west)?-[1-9]";

const forms: readonly { what: string; pattern: RegExp }[] = [
  { what: "ARN", pattern: /arn(?::|%3a)[a-z{][^\s"']*?(?<!\d)\d{12}(?!\d)/i },
  { what: "account", pattern: /(?<!\d)\d{12}(?!\d)/ },
  { what: "partition", pattern: /arn(?::|%3a)aws/i },
  // Names look like any word: they are found by their place in a URI.
  { what: "bucket", pattern: /:s3:path\/+[^/?{}$]+(?=$|[/?])/ },
  { what: "queue", pattern: /:sqs:path\/+(?:(?:\{\{[\w.]+\}\}|\d{12})\/)?(?!\d{12}\/)[^/?{}$]+(?=$|[/?])/ },
  { what: "VPC endpoint", pattern: /(?<![\w-])vpce-[0-9a-f]{8,17}(?!\w)/ },
];

/** The last part of a UUID may have digits alone. */
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const hostName = /(?:[A-Za-z0-9_{}-]+\.)+[a-z]{2,}/g;
/** Also the beginning of a user pool's id. */
const regionPattern = new RegExp(`(?<![\\w-])${regionWord}(?![A-Za-z0-9-])`);
const regionInLabel = new RegExp(regionWord);

/** Domains below which every name belongs to a customer. */
const ownedDomains =
  /\.(?:on\.aws|elasticbeanstalk\.com|amazoncognito\.com|awsapprunner\.com|awsglobalaccelerator\.com|amplifyapp\.com|cloudfront\.(?:net|cn))$/;
const serviceDomains = /\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/**
 * The literals of an account in the places of a document that API Gateway reads. The patterns are not those of the import:
 * what the import overlooks is found here.
 */
export function leftLiterals(document: JsonObject): LeftLiteral[] {
  return [...walk(document)].flatMap(({ pointer, segments, value }) => {
    if (!isRead(segments)) return [];
    const key = segments.at(-1);
    const texts = [key, value].filter((text) => typeof text === "string");
    return [...new Set(texts.flatMap(literalsOf))].map((what) => ({ what, pointer }));
  });
}

/** Whether API Gateway reads this place: its extensions except the documentation, and paths. */
function isRead(segments: readonly (string | number)[]): boolean {
  const extension = segments.find((segment) => String(segment).startsWith("x-amazon-apigateway-"));
  if (extension === "x-amazon-apigateway-documentation") return false;
  return extension !== undefined || (segments[0] === "paths" && segments.length === 2);
}

function literalsOf(text: string): string[] {
  const withoutIds = text.replace(uuid, " ");
  const hosts = text.match(hostName) ?? [];
  const bare = text.replace(hostName, " ");
  return [
    ...forms.filter(({ pattern }) => pattern.test(withoutIds)).map(({ what }) => what),
    ...(regionPattern.test(bare) ? ["region"] : []),
    ...(hosts.some(isOwned) ? ["host"] : []),
  ];
}

/** A regional endpoint is a service's name, with the placeholder of the region. */
function isOwned(host: string): boolean {
  if (ownedDomains.test(host)) return true;
  if (!serviceDomains.test(host)) return false;
  const labels = host.replace(serviceDomains, "").split(".");
  const isPlaceholder = (label: string) => label.startsWith("{{") || label.endsWith("}}");
  const left = labels.filter((label) => !isPlaceholder(label) && label !== "dualstack");
  return left.length > 1 || left.some((label) => regionInLabel.test(label));
}
