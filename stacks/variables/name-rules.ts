import { RESERVED_BUCKET_NAMES } from "../../env/field-types.ts";
import { REGIONS } from "../../env/regions.ts";
import { isMatch, matches, rule, type Validation } from "./terraform-variables.ts";

export const ROLE_NAME = matches(
  "^[A-Za-z0-9_+=,.@-]{1,64}$",
  "must be the name of an IAM role, of 1 to 64 characters, not an ARN.",
);

export const SECRET_NAME = matches(
  "^[A-Za-z0-9_/+=.@-]{1,512}$",
  "must be the name of a secret in Secrets Manager, not an ARN.",
);

export const BUCKET_NAME: readonly Validation[] = [
  matches(
    "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
    "must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens.",
  ),
  rule(
    (reference) => `!${isMatch(RESERVED_BUCKET_NAMES, reference)}`,
    "must not be an IP address or a name that S3 reserves, such as xn--… or …-s3alias.",
  ),
];

/** S3 gives such names within an account's own namespace, where the stack creates no bucket. */
export const NEW_BUCKET_NAME = rule(
  (reference) => `!endswith(${reference}, "-an")`,
  'must not end with "-an", which S3 keeps for an account\'s own namespace.',
);

export const REGION = rule(
  (reference) => `contains(${JSON.stringify(REGIONS)}, ${reference})`,
  "must be a region of AWS such as eu-central-1.",
);
