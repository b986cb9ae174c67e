/** What this project uses and others support, by the names that reports and exceptions have for it. */
export const PRODUCTS = [
  "Lambda runtime",
  "AWS provider",
  "Terraform",
  "HAProxy",
  "Node.js",
  "AWS SDK on Node.js",
  "cdktf",
] as const;
export type Product = (typeof PRODUCTS)[number];

export interface ProductSupport {
  /** The last day of support of each version, YYYY-MM-DD; undefined where none is announced. */
  readonly ends: Readonly<Record<string, string | undefined>>;
  /** What is no more from then on. */
  readonly afterwards: string;
  readonly source: string;
  /** The day on which somebody looked at the source, YYYY-MM-DD. */
  readonly lookedUp: string;
}

export type SupportTable = Readonly<Record<Product, ProductSupport>>;

/** Renewed by hand: docs/support.md says how. */
export const ENDS_OF_SUPPORT: SupportTable = {
  "Lambda runtime": {
    ends: { "nodejs22.x": "2027-04-30", "nodejs24.x": "2028-04-30" },
    afterwards:
      "no patches and no technical support; about a month later, Lambda no longer creates or updates functions with it",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    lookedUp: "2026-11-28",
  },
  "AWS provider": {
    ends: { "5": undefined, "6": undefined },
    afterwards: "no end is announced; since 6.0.0 of 2025-06-18, version 5 gets only critical security fixes",
    source: "https://github.com/hashicorp/terraform-provider-aws/issues/41101",
    lookedUp: "2026-11-28",
  },
  Terraform: {
    // Two years after each x.y.0, whose day the CHANGELOG of its branch has.
    ends: {
      "1.10": "2026-11-27",
      "1.11": "2027-02-27",
      "1.12": "2027-05-14",
      "1.13": "2027-08-20",
      "1.14": "2027-11-19",
      "1.15": "2028-04-29",
      "1.16": "2028-08-26",
      "1.17": "2028-10-21",
    },
    afterwards: "no support by HashiCorp; only the two newest releases get fixes",
    source: "https://support.hashicorp.com/hc/en-us/articles/360021185113",
    lookedUp: "2026-11-28",
  },
  HAProxy: {
    // "Around Q2" of a year, as each branch says of itself.
    ends: { "2.6": "2027-04-01", "2.8": "2028-04-01", "3.0": "2029-04-01", "3.2": "2030-04-01" },
    afterwards: "no fixes by haproxy.org; a distribution may still fix its own package",
    source: "https://endoflife.date/haproxy",
    lookedUp: "2026-11-28",
  },
  "Node.js": {
    ends: { "20": "2026-04-30", "22": "2027-04-30", "24": "2028-04-30", "26": "2029-04-30" },
    afterwards: "no security fixes",
    source: "https://github.com/nodejs/Release#release-schedule",
    lookedUp: "2026-11-28",
  },
  "AWS SDK on Node.js": {
    // Eight months after each end of Node.js.
    ends: { "20": "2026-12-31", "22": "2027-12-31", "24": "2028-12-31", "26": "2029-12-31" },
    afterwards: "newer versions of the SDK are not tested on it",
    source:
      "https://aws.amazon.com/blogs/developer/aws-sdk-for-javascript-aligns-with-node-js-release-schedule",
    lookedUp: "2026-11-28",
  },
  cdktf: {
    ends: { "0.21": "2025-12-10" },
    afterwards: "no fixes: the project is archived",
    source: "https://developer.hashicorp.com/terraform/cdktf",
    lookedUp: "2026-11-28",
  },
};
