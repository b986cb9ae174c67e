import { bucketName, onLiterals, placeholder, type Step } from "./literal.ts";

/** A bucket's own DNS name: what stands before S3's. */
const bucketHostPattern = new RegExp(
  `(?<![a-z0-9._-])(${bucketName})(?=\\.s3[.-](?:[a-z0-9-]+\\.)?amazonaws\\.com)`,
  "g",
);

export const bucketHost: Step = (text, _, options) =>
  onLiterals(text, (literal) =>
    literal.replace(bucketHostPattern, (name) => placeholder(options, "bucket", name)),
  );

const awsRegion = "[a-z]{2}(?:-[a-z]+)+-\\d";
const awsDomain = "amazonaws\\.com(?:\\.cn)?";

/**
 * DNS names with an id that AWS gave: of APIs (ten characters; a host of somebody's own that is called execute-api has no
 * such id), VPC endpoints, load balancers, function URLs and distributions.
 */
const hostForms = [
  `[a-z0-9]{10}(?:-vpce-[0-9a-f]{8,17})?\\.execute-api\\.${awsRegion}\\.(?:vpce\\.)?${awsDomain}`,
  `vpce-[0-9a-f]{8,17}-[a-z0-9-]+\\.[a-z0-9.-]+\\.${awsRegion}\\.vpce\\.${awsDomain}`,
  `[A-Za-z0-9-]+\\.(?:elb\\.${awsRegion}|${awsRegion}\\.elb)\\.${awsDomain}`,
  `[a-z0-9]{32}\\.lambda-url\\.${awsRegion}\\.on\\.aws`,
  "d[a-z0-9]{13}\\.cloudfront\\.net",
];

const idHostPattern = new RegExp(`(?<![A-Za-z0-9.-])(?:${hostForms.join("|")})(?![A-Za-z0-9.-])`, "g");

export const idHost: Step = (text, _, options) =>
  onLiterals(text, (literal) => literal.replace(idHostPattern, (host) => placeholder(options, "host", host)));
