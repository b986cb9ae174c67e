import { at, type Case, lambdaUri, uriOf } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "account-literal",
    breaks: "names an account in a role",
    change: [`${at}/credentials`, "arn:{{partition}}:iam::690418257713:role/writer"],
  },
  {
    rule: "account-literal",
    breaks: "names an account in a bucket",
    change: [`${at}/uri`, uriOf("s3:path/files-690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "names an account in an object's key",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "names an account behind a letter of an object's key",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/a690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "names an account in a key of the document",
    change: ["/x-amazon-apigateway-tags", { "690418257713": "a" }],
    found: "/x-amazon-apigateway-tags/690418257713",
  },
  {
    rule: "account-literal",
    breaks: "names an account in a described ARN",
    change: ["/info/description", "see arn:aws:iam::690418257713:role/x"],
  },
  {
    rule: "account-literal",
    breaks: "names an endpoint",
    change: ["/info/description", "through vpce-0a1b2c3d4e5f60718"],
  },
  {
    rule: "account-literal",
    breaks: "names an API",
    change: ["/info/description", "https://g3o7w2k5vd.execute-api.eu-west-1.amazonaws.com"],
  },
  { rule: "connection-literal", breaks: "names a VPC link", change: [`${at}/connectionId`, "a1b2c3"] },
  {
    rule: "connection-literal",
    breaks: "takes a VPC link from a stage variable",
    change: [`${at}/connectionId`, "${stageVariables.link}"],
  },
  {
    rule: "region-literal",
    breaks: "names a partition",
    change: [`${at}/uri`, "arn:aws:apigateway:{{region}}:s3:path/{{bucket.files}}/{item}"],
  },
  {
    rule: "region-literal",
    breaks: "names a region",
    change: [`${at}/uri`, "arn:{{partition}}:apigateway:us-gov-west-1:s3:path/{{bucket.files}}/{item}"],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "account-literal",
    breaks: "has a number of 12 digits in a text",
    change: ["/info/description", "order 690418257713"],
  },
  {
    rule: "account-literal",
    breaks: "has a number of 12 digits in an example",
    change: ["/components/examples", { order: { value: 690418257713 } }],
  },
  {
    rule: "account-literal",
    breaks: "has a number of 13 digits in an object's key",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/1690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "has Lambda's API date",
    change: [`${at}/uri`, lambdaUri],
  },
  {
    rule: "account-literal",
    breaks: "has an API's host with names",
    change: ["/info/description", "https://{api}-{vpce}.execute-api.{region}.amazonaws.com"],
  },
  {
    rule: "connection-literal",
    breaks: "has a placeholder for a VPC link",
    change: [`${at}/connectionId`, "{{vpcLink.backend}}"],
  },
  {
    rule: "region-literal",
    breaks: "speaks of a region in a text",
    change: ["/info/description", "arn:aws:s3:eu-west-1"],
  },
];
