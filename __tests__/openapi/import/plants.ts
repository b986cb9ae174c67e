import { customerDomains } from "../../../openapi/aws-literals/hosts.ts";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { account, exportWith, region, serviceUri } from "./exports.ts";

/** Something of an account, and the part of it that must not be left. */
export interface Plant {
  readonly what: string;
  readonly text: string;
  readonly core: string;
  /** Of another account or region by its ARN: no placeholder may take its place. */
  readonly isForeign?: boolean;
}

const plant = (what: string, text: string, core = text): Plant => ({ what, text, core });
const arn = (service: string, resource: string, at = { region, account }): Plant => ({
  ...plant(
    `ARN of ${service} in ${at.account} ${at.region}`,
    `arn:aws:${service}:${at.region}:${at.account}:${resource}`,
    resource,
  ),
  isForeign: at.region !== region || at.account !== account,
});

const services: readonly (readonly [service: string, resource: string])[] = [
  ["lambda", "function:acme-orders"],
  ["sqs", "acme-orders"],
  ["sns", "acme-orders"],
  ["dynamodb", "table/acme-orders"],
  ["kinesis", "stream/acme-orders"],
  ["firehose", "deliverystream/acme-orders"],
  ["states", "stateMachine:acme-orders"],
  ["events", "event-bus/acme-orders"],
  ["cognito-idp", `userpool/${region}_AbCdEf123`],
  ["kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"],
  ["kms", "alias/acme-orders"],
  ["elasticloadbalancing", "loadbalancer/app/acme-orders/50dc6c495c0c9188"],
  ["secretsmanager", "secret:acme-orders-a1b2c3"],
  ["acm", "certificate/12345678-1234-1234-1234-123456789abc"],
];

const far = [
  { region, account: "999988887777" },
  { region: "eu-central-1", account },
];

export const arns: readonly Plant[] = [
  ...services.flatMap(([service, resource]) =>
    [{ region, account }, ...far].map((at) => arn(service, resource, at)),
  ),
  plant("a role", `arn:aws:iam::${account}:role/service/acme-orders`, "acme-orders"),
  plant("a role of another account", "arn:aws:iam::999988887777:role/acme-orders", "999988887777"),
  plant("a bucket's ARN", "arn:aws:s3:::acme-orders", "acme-orders"),
  plant("a partition", "arn:aws-cn:s3:::acme-orders", "aws-cn"),
];

export const hosts: readonly Plant[] = [
  ...customerDomains.map(({ domain }) => plant(domain, `acme1.x7.${region}.${domain}`, "acme1")),
  ...[
    ["an API", `abcde12345.execute-api.${region}.amazonaws.com`, "abcde12345"],
    ["an API of another region", "abcde12345.execute-api.eu-west-1.amazonaws.com", "abcde12345"],
    [
      "an API's endpoint",
      `abcde12345-vpce-0a1b2c3d4e5f60718.execute-api.${region}.amazonaws.com`,
      "abcde12345",
    ],
    ["an endpoint", `vpce-0a1b2c3d4e5f60718-ab12.sqs.${region}.vpce.amazonaws.com`, "vpce-0a1b"],
    ["a load balancer", `internal-acme-123456.${region}.elb.amazonaws.com`, "internal-acme"],
    ["a network load balancer", `acme-0123456789abcdef.elb.${region}.amazonaws.com`, "acme-0123"],
    ["a website", `acme-site.s3-website-${region}.amazonaws.com`, "acme-site"],
    ["a website of a newer region", "acme-site.s3-website.eu-central-1.amazonaws.com", "acme-site"],
    ["a bucket", `acme-files.s3.${region}.amazonaws.com`, "acme-files"],
    ["a bucket without region", "acme-files.s3.amazonaws.com", "acme-files"],
    ["an older form of a bucket", "acme-files.s3-us-west-2.amazonaws.com", "acme-files"],
    ["an instance", `ec2-203-0-113-25.${region}.compute.amazonaws.com`, "203-0-113-25"],
    ["an instance of the first region", "ec2-203-0-113-25.compute-1.amazonaws.com", "203-0-113-25"],
    ["a database", `acme-db.c1x2y3.${region}.rds.amazonaws.com`, "acme-db"],
    ["a cache", `acme.a1b2.0001.use1.cache.amazonaws.com`, "a1b2"],
    ["a search domain", `search-acme-x1y2.${region}.es.amazonaws.com`, "search-acme"],
    ["a search collection", `x1y2z3.${region}.aoss.amazonaws.com`, "x1y2z3"],
    ["a GraphQL API", `x1y2z3.appsync-api.${region}.amazonaws.com`, "x1y2z3"],
    ["an IoT endpoint", `a1b2c3d4-ats.iot.${region}.amazonaws.com`, "a1b2c3d4"],
    ["a registry", `${account}.dkr.ecr.${region}.amazonaws.com`, account],
    ["Elastic Beanstalk of China", "acme-dev.cn-north-1.eb.amazonaws.com.cn", "acme-dev"],
    ["an API of China", "abcde12345.execute-api.cn-north-1.amazonaws.com.cn", "abcde12345"],
    ["a service's endpoint", `sts.${region}.amazonaws.com`, region],
    ["a service's endpoint elsewhere", "sts.eu-west-1.amazonaws.com", "eu-west-1"],
    ["a service's newer endpoint", `sqs.${region}.api.aws`, region],
  ].map(([what = "", text = "", core]) => plant(what, text, core)),
];

/** By what the table of ids calls them. */
export const ids: readonly Plant[] = [
  plant("a user pool's id", `${region}_AbCdEf123`, "AbCdEf123"),
  plant("a user pool's id", "eu-west-1_AbCdEf123", "AbCdEf123"),
  plant("a VPC endpoint's id", "vpce-0a1b2c3d4e5f60718"),
  plant("a part of a user pool's id", "{{region}}_AbCdEf123", "AbCdEf123"),
  plant(
    "an identity pool's id",
    `${region}:1234abcd-12ab-34cd-56ef-1234567890ab`,
    "1234abcd-12ab-34cd-56ef-1234567890ab",
  ),
  plant("the id of a multi-Region key", `mrk-${"12ab".repeat(8)}`),
  ...["vpc", "subnet", "sg", "eni", "i", "rtb", "igw", "vpce-svc"].map((prefix) =>
    plant("an id of EC2 or a VPC", `${prefix}-0a1b2c3d4e5f60718`, "0a1b2c3d4e5f60718"),
  ),
  plant("an id of EC2 or a VPC", "i-0a1b2c3d"),
  ...["appsync-api", "execute-api", "iotdata"].map((service) =>
    plant(
      "the id of an API in a URI",
      `arn:aws:apigateway:${region}:k3v7q9x2m5-ats.${service}:path/a`,
      "k3v7q9x2m5-ats",
    ),
  ),
  plant("an access key's id", "AKIAIOSFODNN7EXAMPLE"),
  plant("an access key's id", "ASIAIOSFODNN7EXAMPLE"),
  plant("an id of IAM", "AROADBQP57FF2AEXAMPLE"),
  plant("an account", account),
  plant("another account", "999988887777"),
  plant("the region", region),
  plant("another region", "ap-southeast-2"),
  plant("a region of China", "cn-northwest-1"),
  plant("a region of GovCloud", "us-gov-west-1"),
  plant("a zone", `${region}a`),
];

export const plants: readonly Plant[] = [...arns, ...hosts, ...ids];

interface Site {
  readonly where: string;
  /** People alone read it. */
  readonly isDescribed?: true;
  readonly plant: (text: string) => JsonObject;
}

const integrated = (part: JsonObject, operation: JsonObject = {}): JsonObject => {
  const value = exportWith({ type: "aws", uri: serviceUri("states:action/StartExecution"), ...part });
  const orders = (value["paths"] as JsonObject)["/orders"] as JsonObject;
  orders["post"] = { ...(orders["post"] as JsonObject), ...operation };
  return value;
};
const withMore = (more: JsonObject) => exportWith({ type: "mock" }, more);
const withOperation = (operation: JsonObject) => integrated({}, operation);
const withSchema = (schema: JsonObject) => withMore({ components: { schemas: { Order: schema } } });
const withScheme = (name: string, authorizer: JsonObject) =>
  withMore({
    components: {
      securitySchemes: {
        [name]: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authorizer": { type: "token", ...authorizer },
        },
      },
    },
  });
const withPath = (path: string) => {
  const value = exportWith({ type: "mock" });
  (value["paths"] as JsonObject)[path] = { get: {} };
  return value;
};
const gatewayResponse = (key: string, response: JsonObject) =>
  withMore({ "x-amazon-apigateway-gateway-responses": { [key]: response } });
const json = (text: string): JsonObject => ({ "application/json": `{"a": "${text}"}` });

const read: readonly Site[] = [
  { where: "a URL", plant: (text) => integrated({ type: "http", uri: `https://${text}/a` }) },
  { where: "a URL's query", plant: (text) => integrated({ uri: `https://example.com/?to=${text}` }) },
  { where: "credentials", plant: (text) => integrated({ credentials: text }) },
  {
    where: "a mapped constant",
    plant: (text) => integrated({ requestParameters: { "integration.request.header.x-a": `'${text}'` } }),
  },
  {
    where: "the name of a mapped parameter",
    plant: (text) => integrated({ requestParameters: { [`integration.request.header.${text}`]: "'a'" } }),
  },
  {
    where: "a template that takes the place of a mapping",
    plant: (text) =>
      integrated({ requestTemplates: json(`#set($context.requestOverride.header.x-to = '${text}')`) }),
  },
  {
    where: "the form of an identity",
    plant: (text) => withScheme("a", { identityValidationExpression: text }),
  },
  { where: "a request template", plant: (text) => integrated({ requestTemplates: json(text) }) },
  {
    where: "a response template",
    plant: (text) => integrated({ responses: { default: { responseTemplates: json(text) } } }),
  },
  {
    where: "a response parameter",
    plant: (text) =>
      integrated({
        responses: { default: { responseParameters: { "method.response.header.a": `'${text}'` } } },
      }),
  },
  { where: "a response's pattern", plant: (text) => integrated({ responses: { [text]: {} } }) },
  { where: "a connection", plant: (text) => integrated({ connectionType: "VPC_LINK", connectionId: text }) },
  { where: "a target", plant: (text) => integrated({ connectionType: "VPC_LINK", integrationTarget: text }) },
  { where: "a cache namespace", plant: (text) => integrated({ cacheNamespace: text }) },
  {
    where: "a gateway response",
    plant: (text) => gatewayResponse("DEFAULT_4XX", { responseTemplates: json(text) }),
  },
  { where: "the name of a gateway response", plant: (text) => gatewayResponse(text, {}) },
  { where: "an authorizer's URI", plant: (text) => withScheme("a", { authorizerUri: text }) },
  { where: "an authorizer's credentials", plant: (text) => withScheme("a", { authorizerCredentials: text }) },
  { where: "an authorizer's providers", plant: (text) => withScheme("a", { providerARNs: [text] }) },
  { where: "the name of a scheme", plant: (text) => withScheme(text, {}) },
  { where: "a requirement", plant: (text) => withOperation({ security: [{ [text]: [] }] }) },
  { where: "a path", plant: (text) => withPath(`/${text}`) },
  { where: "an operation's id", plant: (text) => withOperation({ operationId: text }) },
  { where: "a tag of the API", plant: (text) => withMore({ "x-amazon-apigateway-tags": { a: text } }) },
  { where: "a tag's name", plant: (text) => withMore({ "x-amazon-apigateway-tags": { [text]: "a" } }) },
  {
    where: "a header's name",
    plant: (text) => withOperation({ parameters: [{ name: text, in: "header", schema: {} }] }),
  },
];

const described: readonly Site[] = (
  [
    ["the title", (text) => withMore({ info: { title: text, version: "1" } })],
    ["the description", (text) => withMore({ info: { title: "a", version: "1", description: text } })],
    ["a summary", (text) => withOperation({ summary: text })],
    ["an operation's description", (text) => withOperation({ description: text })],
    ["a tag of an operation", (text) => withOperation({ tags: [text] })],
    ["a link", (text) => withOperation({ externalDocs: { url: `https://${text}` } })],
    [
      "a parameter's description",
      (text) => withOperation({ parameters: [{ name: "a", in: "query", description: text, schema: {} }] }),
    ],
    [
      "an example",
      (text) =>
        withOperation({ requestBody: { content: { "application/json": { example: { a: text } as Json } } } }),
    ],
    ["a response's description", (text) => withOperation({ responses: { "200": { description: text } } })],
    ["a schema's description", (text) => withSchema({ description: text })],
    ["a default", (text) => withSchema({ default: text })],
    ["a value of an enumeration", (text) => withSchema({ enum: [text] })],
    ["an example of a schema", (text) => withSchema({ properties: { a: { example: text } } })],
    [
      "a part of the documentation",
      (text) =>
        withMore({
          "x-amazon-apigateway-documentation": {
            documentationParts: [{ location: { type: "API" }, properties: { description: text } }],
          },
        }),
    ],
  ] satisfies [string, Site["plant"]][]
).map(([where, plantAt]) => ({ where, isDescribed: true, plant: plantAt }));

export const sites: readonly Site[] = [...read, ...described];
export type { Site };
