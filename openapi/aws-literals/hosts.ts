import { hostStart, regionOrPlaceholder } from "./region.ts";

/**
 * Domains below which services have their endpoints, and customers names: https://docs.aws.amazon.com/general/latest/gr/rande.html
 * and the suffixes in https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
 */
const serviceDomains = [
  "amazonaws.com",
  "amazonaws.com.cn",
  "amazonaws.eu",
  "api.aws",
  "api.amazonwebservices.com.cn",
  "api.amazonwebservices.eu",
  "c2s.ic.gov",
  "sc2s.sgov.gov",
  "csp.hci.ic.gov",
  "cloud.adc-e.uk",
];

/** Domains below which every name is a customer's, each with the page that says so. */
export const customerDomains: readonly { domain: string; what: string; link: string }[] = [
  {
    domain: "elasticbeanstalk.com",
    what: "Elastic Beanstalk",
    link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customdomains.html",
  },
  {
    domain: "elasticbeanstalk.com.cn",
    what: "Elastic Beanstalk in China",
    link: "https://docs.amazonaws.cn/en_us/aws/latest/userguide/elasticbeanstalk.html",
  },
  {
    domain: "amazoncognito.com",
    what: "a user pool",
    link: "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html",
  },
  {
    domain: "awsapprunner.com",
    what: "App Runner",
    link: "https://docs.aws.amazon.com/apprunner/latest/dg/manage-custom-domains.html",
  },
  {
    domain: "on.aws",
    what: "a function URL, a VPC Lattice service or another resource",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html",
  },
  {
    domain: "awsglobalaccelerator.com",
    what: "Global Accelerator",
    link: "https://docs.aws.amazon.com/global-accelerator/latest/dg/dns-addressing-custom-domains.html",
  },
  {
    domain: "amplifyapp.com",
    what: "Amplify",
    link: "https://docs.aws.amazon.com/amplify/latest/userguide/custom-domains.html",
  },
  {
    domain: "cloudfront.net",
    what: "a distribution",
    link: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
  },
  {
    domain: "cloudfront.cn",
    what: "a distribution in China",
    link: "https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html",
  },
  {
    domain: "amazonlightsail.com",
    what: "Lightsail",
    link: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services.html",
  },
  {
    domain: "awsapps.com",
    what: "an access portal or directory",
    link: "https://docs.aws.amazon.com/singlesignon/latest/userguide/howtochangeURL.html",
  },
  {
    domain: "my.connect.aws",
    what: "a Connect instance",
    link: "https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-instances.html",
  },
  {
    domain: "sagemaker.aws",
    what: "SageMaker",
    link: "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-ui.html",
  },
  {
    domain: "compute.internal",
    what: "an instance",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
  },
  {
    domain: "ec2.internal",
    what: "an instance",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
  },
];

/**
 * Services whose endpoint has a name of two labels, as in `runtime.sagemaker.us-east-1.amazonaws.com`:
 * https://github.com/boto/botocore/blob/develop/botocore/data/endpoints.json
 */
const twoLabelServices = new Set([
  ...["api.detective", "api.ecr", "api.ecr-public", "api.iotdeviceadvisor", "api.iotwireless"],
  ...["api.mediatailor", "api.pricing", "api.sagemaker", "api.tunneling.iot", "catalog.marketplace"],
  ...["data.iotevents", "data.jobs.iot", "entitlement.marketplace", "metering.marketplace"],
  ...["metrics.sagemaker", "models.lex", "participant.connect", "portal.sso", "runtime.lex"],
  ...["runtime.sagemaker", "streams.dynamodb", "edge.sagemaker", "query.timestream", "ingest.timestream"],
  ...["data.iot", "data-ats.iot"],
]);

/** The meaning of a DNS name below a domain of AWS. */
export type HostUse =
  /** An endpoint that every account has, in its region or in all. */
  | "service"
  /** A bucket's own name before S3's. */
  | "bucket"
  /** A name that AWS assigned to one account's resource. */
  | "customer"
  /** Such a name, with a stage variable or the like in it. */
  | "mixed"
  /** The assigned part is a stage variable, a parameter or a placeholder. */
  | "open";

export interface FoundHost {
  readonly host: string;
  readonly index: number;
  readonly use: HostUse;
  /** Where a bucket's name ends. */
  readonly bucket: string;
}

const domains = [...serviceDomains, ...customerDomains.map(({ domain }) => domain)]
  .toSorted((a, b) => b.length - a.length)
  .map((domain) => domain.replaceAll(".", "\\."))
  .join("|");
const variable = "\\{\\{[^{}]*\\}\\}|\\$?!?\\{[^{}]*\\}";
const label = `(?:[A-Za-z0-9_-]|${variable})+`;
const hostPattern = new RegExp(
  `${hostStart}((?:${label}\\.)+)(${domains})(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])`,
  "gi",
);

/** The DNS names of AWS in a text, and what each is. */
export function hostsOf(text: string): FoundHost[] {
  return [...text.matchAll(hostPattern)].map(({ 0: host, 1: before = "", 2: domain = "", index }) => {
    const labels = before.match(new RegExp(label, "g")) ?? [];
    const bucket = bucketIn(labels, domain);
    return { host, index, bucket: bucket ?? "", use: useOf(labels, domain, bucket) };
  });
}

const isRegion = new RegExp(`^${regionOrPlaceholder}$`, "i");
const modes = new Set(["dualstack", "fips", "global", "vpce"]);
const isVariable = new RegExp(variable);

function useOf(labels: readonly string[], domain: string, bucket: string | undefined): HostUse {
  const own = labels.filter((label) => !isRegion.test(label) && !modes.has(label.toLowerCase()));
  const fixed = own.filter((label) => !isVariable.test(label));
  if (fixed.length < own.length) return fixed.length <= 1 ? "open" : "mixed";
  if (bucket !== undefined) return "bucket";
  const isEndpoint = own.length <= 1 || twoLabelServices.has(own.join(".").toLowerCase());
  return isEndpoint && serviceDomains.includes(domain.toLowerCase()) ? "service" : "customer";
}

/** The forms of https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html that fit every region. */
function bucketIn(labels: readonly string[], domain: string): string | undefined {
  if (!/^amazonaws/i.test(domain) || labels.some((label) => /^vpce/i.test(label))) return undefined;
  const at = labels.findLastIndex((label) => /^s3(?:-fips|-accelerate|-external-1)?$/i.test(label));
  const behind = labels.slice(at + 1);
  const isEnd = behind.every((label) => isRegion.test(label) || modes.has(label.toLowerCase()));
  const name = labels.slice(0, Math.max(at, 0)).join(".");
  return isEnd && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) ? name : undefined;
}

const ofAws = new RegExp(`(?:^|\\.)(?:${domains}|aws\\.amazon\\.com|amazonaws\\.cn)\\.?$`, "i");
const publicEnd =
  /\.(?:[a-z]{2}|com|net|org|info|biz|app|dev|cloud|local|internal|test|example|tech|online)\.?$/i;

/** Whether a word is part of a DNS name outside of AWS's domains: there, a region is only a word. */
export function isInOtherHost(text: string, index: number, length: number): boolean {
  const before = /[A-Za-z0-9._-]*$/.exec(text.slice(Math.max(0, index - 253), index))?.[0] ?? "";
  const behind = /^[A-Za-z0-9._-]*/.exec(text.slice(index + length, index + length + 253))?.[0] ?? "";
  const name = before + text.slice(index, index + length) + behind;
  if (!name.includes(".") || ofAws.test(name)) return false;
  const isInUrl = /(?:\/\/|%2F%2?F?)$/i.test(text.slice(0, index - before.length));
  return isInUrl || publicEnd.test(name);
}
