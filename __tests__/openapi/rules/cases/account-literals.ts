import { at, type Case, headerTo, lambdaUri, uriOf } from "./case.ts";

/** AWS's word, which a domain may have for something else. */
const appClient = ["Client", "Id"].join("");
const description = "/info/description";
const template = `${at}/requestTemplates`;

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
    breaks: "names an account in a path",
    change: ["/paths/~1690418257713", {}],
  },
  {
    rule: "account-literal",
    breaks: "names a host that AWS gave",
    change: [`${at}/uri`, "https://orders.eu-west-1.elasticbeanstalk.com/a"],
  },
  {
    rule: "account-literal",
    breaks: "names a host that AWS gave, with a placeholder for its region",
    change: [`${at}/uri`, "https://g3o7w2k5vd.execute-api.{{region}}.amazonaws.com/a"],
  },
  {
    rule: "account-literal",
    breaks: "names a bucket in a host",
    change: [`${at}/uri`, "https://files.s3.{{region}}.amazonaws.com/a"],
  },
  {
    rule: "account-literal",
    breaks: "names an endpoint",
    change: [headerTo("x-endpoint"), "'vpce-0a1b2c3d4e5f60718'"],
  },
  {
    rule: "account-literal",
    breaks: "names a subnet",
    change: [headerTo("x-subnet"), "'subnet-0a1b2c3d4e5f60718'"],
  },
  {
    rule: "account-literal",
    breaks: "names a user pool",
    change: [headerTo("x-pool"), "'eu-west-1_AbCdEf123'"],
  },
  {
    rule: "account-literal",
    breaks: "names an encryption key by its id",
    change: [
      headerTo("x-amz-server-side-encryption-aws-kms-key-id"),
      "'1234abcd-12ab-34cd-56ef-1234567890ab'",
    ],
  },
  {
    rule: "account-literal",
    breaks: "names an API by its id",
    change: [headerTo("x-apigw-api-id"), "'g3o7w2k5vd'"],
  },
  {
    rule: "account-literal",
    breaks: "names an app client of a user pool",
    change: [template, { "application/json": `{"${appClient}":"1h57kf5cpq17m0eml12example"}` }],
    found: `${template}/application~1json`,
  },
  {
    rule: "account-literal",
    breaks: "has an access key",
    change: [headerTo("x-key"), "'AKIAIOSFODNN7EXAMPLE'"],
  },
  { rule: "connection-literal", breaks: "names a VPC link", change: [`${at}/connectionId`, "a1b2c3"] },
  {
    rule: "connection-literal",
    breaks: "names a VPC link before a stage variable",
    change: [`${at}/connectionId`, "a1b2c3${stageVariables.link}"],
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
  {
    rule: "region-literal",
    breaks: "names a region as a word",
    change: [headerTo("x-region"), "'eu-central-1'"],
  },
  {
    rule: "region-literal",
    breaks: "names a region in the endpoint of a service",
    change: [`${at}/uri`, "https://sts.eu-central-1.amazonaws.com/"],
  },
  {
    rule: "described-literal",
    breaks: "names an account in a described ARN",
    change: [description, "see arn:aws:iam::690418257713:role/x"],
  },
  {
    rule: "described-literal",
    breaks: "names an endpoint",
    change: [description, "through vpce-0a1b2c3d4e5f60718"],
  },
  {
    rule: "described-literal",
    breaks: "names an API",
    change: [description, "https://g3o7w2k5vd.execute-api.eu-west-1.amazonaws.com"],
  },
  {
    rule: "described-literal",
    breaks: "names a region in an example",
    change: ["/components/examples", { where: { value: "eu-west-1" } }],
    found: "/components/examples/where/value",
  },
  {
    rule: "host-address",
    breaks: "calls a public address",
    change: [`${at}/uri`, "http://18.202.1.2:3000/x"],
  },
  {
    rule: "host-address",
    breaks: "calls a public address of IPv6",
    change: [`${at}/uri`, "https://[2a05:d018:1::1]/x"],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "account-literal",
    breaks: "has a number of 12 digits in a text",
    change: [description, "order 690418257713"],
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
    breaks: "has an API's host with placeholders",
    change: [`${at}/uri`, "https://{api}-{vpce}.execute-api.{region}.amazonaws.com"],
  },
  {
    rule: "account-literal",
    breaks: "has a UUID that ends in digits",
    change: [headerTo("x-tenant"), "'1234abcd-12ab-34cd-56ef-123456789012'"],
  },
  {
    rule: "account-literal",
    breaks: "calls the endpoint of a service",
    change: [`${at}/uri`, "https://sts.{{region}}.amazonaws.com/"],
  },
  {
    rule: "account-literal",
    breaks: "has an id of another product",
    change: [template, { "application/json": `{"${appClient}":"orders-web"}` }],
  },
  {
    rule: "connection-literal",
    breaks: "has a placeholder for a VPC link",
    change: [`${at}/connectionId`, "{{vpcLink.backend}}"],
  },
  {
    rule: "connection-literal",
    breaks: "takes a VPC link from a stage variable",
    change: [`${at}/connectionId`, "${stageVariables.link}"],
  },
  {
    rule: "region-literal",
    breaks: "speaks of a region in a text",
    change: [description, "arn:aws:s3:eu-west-1"],
  },
  {
    rule: "region-literal",
    breaks: "calls a private domain whose name contains a region",
    change: [`${at}/uri`, "https://api.eu-west-1.example.com/a"],
  },
  {
    rule: "described-literal",
    breaks: "has a UUID, a date and a telephone number",
    change: [description, "1234abcd-12ab-34cd-56ef-123456789012, 2026-01-31, +447911123456"],
  },
  {
    rule: "described-literal",
    breaks: "has a host in a private domain",
    change: [description, "https://r6y1c4h9ua.execute-api.us-east-1.example.com"],
  },
  {
    rule: "host-address",
    breaks: "calls an address of a private network",
    change: [`${at}/uri`, "http://10.0.3.7:3000/x"],
  },
];
