import { awsRegion, idStart, regionOrPlaceholder, wordStart } from "./region.ts";

/** An id that AWS gave to something of one account. */
export interface IdForm {
  /** As the subject of a sentence. */
  readonly what: string;
  /** Its kind of placeholder; without one it is refused where API Gateway reads it. */
  readonly kind?: string;
  readonly pattern: RegExp;
  /** It is not to be shown. */
  readonly isSecret?: true;
  readonly link: string;
}

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const hex = "(?:[0-9a-f]{17}|[0-9a-f]{8})";

/** Resources of EC2 and VPC, as https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html has them. */
const ec2Prefixes = [
  ...["acl", "ami", "aclassoc", "cgw", "dopt", "eigw", "eipalloc", "eipassoc", "eni", "eni-attach", "fl"],
  ...["fs", "fsap", "fsmt", "i", "igw", "lt", "nat", "pcx", "pl", "r", "rtb", "rtbassoc", "sg", "sgr"],
  ...["snap", "subnet", "svc", "tgw", "tgw-attach", "tgw-rtb", "vgw", "vol", "vpc", "vpce-svc", "vpn"],
].join("|");

export const userPoolForm: IdForm = {
  what: "a user pool's id",
  kind: "userPool",
  pattern: new RegExp(`${idStart}${awsRegion}_[0-9A-Za-z]{1,55}(?![0-9A-Za-z_-])`, "g"),
  link: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html",
};

export const endpointForm: IdForm = {
  what: "a VPC endpoint's id",
  kind: "vpcEndpoint",
  pattern: new RegExp(`${idStart}vpce-[0-9a-f]{8,17}(?![0-9A-Za-z])`, "gi"),
  link: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
};

export const idForms: readonly IdForm[] = [
  userPoolForm,
  endpointForm,
  {
    what: "a part of a user pool's id",
    pattern: /\{\{region\}\}_[0-9A-Za-z]{1,55}(?![0-9A-Za-z_-])/g,
    link: userPoolForm.link,
  },
  {
    what: "an identity pool's id",
    pattern: new RegExp(`${regionOrPlaceholder}(?::|%3A)${uuid}`, "gi"),
    link: "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_IdentityPool.html",
  },
  {
    what: "the id of a multi-Region key",
    kind: "key",
    pattern: new RegExp(`${idStart}mrk-[0-9a-f]{32}(?![0-9A-Za-z])`, "g"),
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
  },
  {
    what: "an id of EC2 or a VPC",
    pattern: new RegExp(`${idStart}(?:${ec2Prefixes})-${hex}(?![0-9A-Za-z])`, "g"),
    link: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html",
  },
  {
    what: "the id of an API in a URI",
    pattern:
      /(?<=:apigateway:[^:]*:)[0-9a-z-]{6,}(?=\.(?:appsync-api|appsync-realtime-api|execute-api|iotdata):)/g,
    link: "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",
  },
  {
    what: "an access key's id",
    pattern: new RegExp(`${wordStart}(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])`, "g"),
    isSecret: true,
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  },
  {
    what: "an id of IAM",
    pattern: new RegExp(
      `${wordStart}A(?:GPA|IDA|IPA|NPA|NVA|PKA|ROA|SCA|BIA|CCA)[0-9A-Z]{16,17}(?![0-9A-Za-z])`,
      "g",
    ),
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  },
];
