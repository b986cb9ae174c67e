import { describe, expect, it } from "vitest";
import {
  account,
  functionUri,
  head,
  integrationPointer,
  ownArn,
  region,
  serviceUri,
  templateOf,
  textAt,
  uriOf,
} from "./exports.ts";

const lambda = `${head}:lambda:path/2015-03-31/functions`;

/** Names that a stage variable is a part of: which one is meant shows in the stage alone. */
const names = [
  "${stageVariables.name}",
  "acme-${stageVariables.env}",
  "${stageVariables.env}-acme",
  "acme-${stageVariables.env}-orders",
  "${stageVariables.team}${stageVariables.env}",
];

describe.each(names)("the name %s", (name) => {
  it.each([name, `${name}:live`, `${name}:\${stageVariables.alias}`])("is kept of the function %s", (its) => {
    expect(uriOf(functionUri(its), "aws_proxy")).toBe(
      `${lambda}/${ownArn("lambda")}:function:${its}/invocations`,
    );
  });

  it.each([`role/${name}`, `role/service-role/${name}`, "${stageVariables.name}"])(
    "is kept of the role %s",
    (its) => {
      const credentials = `arn:aws:iam::${account}:${its}`;

      expect(
        textAt(`${integrationPointer}/credentials`, {
          type: "aws",
          uri: serviceUri("s3:path/acme"),
          credentials,
        }),
      ).toBe(`arn:{{partition}}:iam::{{account}}:${its}`);
    },
  );

  it.each([
    [serviceUri(`sqs:path/${account}/${name}`), `${head}:sqs:path/{{account}}/${name}`],
    [serviceUri(`s3:path/${name}/{key}`), `${head}:s3:path/${name}/{key}`],
    [
      serviceUri(`s3:action/PutObject?Bucket=${name}&Key={key}`),
      `${head}:s3:action/PutObject?Bucket=${name}&Key={key}`,
    ],
  ])("is kept in the URI %s", (uri, expected) => {
    expect(uriOf(uri)).toBe(expected);
  });

  it.each([
    ["sqs", name],
    ["sns", name],
    ["dynamodb", `table/${name}`],
    ["kinesis", `stream/${name}`],
    ["firehose", `deliverystream/${name}`],
    ["states", `stateMachine:${name}`],
    ["events", `event-bus/${name}`],
    ["kms", `alias/${name}`],
  ])("is kept in an ARN of %s: %s", (service, resource) => {
    const plain = `{"a":"arn:aws:${service}:${region}:${account}:${resource}"}`;
    const encoded = `a=arn%3Aaws%3A${service}%3A${region}%3A${account}%3A${resource.replace(":", "%3A").replace("/", "%2F")}&b`;

    expect(templateOf("sns:action/Publish", plain)).toBe(`{"a":"${ownArn(service)}:${resource}"}`);
    expect(templateOf("sns:action/Publish", encoded)).toBe(
      encoded.replace("aws", "{{partition}}").replace(region, "{{region}}").replace(account, "{{account}}"),
    );
  });

  it("is kept in a queue's URL, plain and encoded", () => {
    const plain = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
    const encoded = `https%3A%2F%2Fsqs.${region}.amazonaws.com%2F${account}%2F${name}`;
    const text = templateOf("sqs:action/SendMessage", `{"QueueUrl":"${plain}"} ${encoded}`);

    expect(text).toBe(
      `{"QueueUrl":"https://sqs.{{region}}.amazonaws.com/{{account}}/${name}"} https%3A%2F%2Fsqs.{{region}}.amazonaws.com%2F{{account}}%2F${name}`,
    );
  });

  it("is kept in a bucket's ARN, and where a request names what it is for", () => {
    expect(templateOf("s3:action/ListBuckets", `"arn:aws:s3:::${name}/*"`)).toBe(
      `"arn:{{partition}}:s3:::${name}/*"`,
    );
    expect(templateOf("dynamodb:action/PutItem", `{"TableName":"${name}"}`)).toBe(`{"TableName":"${name}"}`);
  });
});

describe("a whole name before a variable that is no part of it", () => {
  it("is a function's, where the alias is a stage variable", () => {
    expect(uriOf(functionUri("acme:${stageVariables.alias}"), "aws_proxy")).toBe(
      `${lambda}/{{function.acme}}:\${stageVariables.alias}/invocations`,
    );
  });

  it("is a queue's or topic's, where another field of the query follows", () => {
    const text = `TopicArn=arn:aws:sns:${region}:${account}:acme&Message=$input.body`;

    expect(templateOf("sns:action/Publish", text)).toBe(
      `TopicArn=${ownArn("sns")}:{{topic.acme}}&Message=$input.body`,
    );
  });
});

it("a name that a mapping template completes is kept as well", () => {
  const text = `"arn:aws:sns:${region}:${account}:acme-$context.stage"`;

  expect(templateOf("sns:action/Publish", text)).toBe(`"${ownArn("sns")}:acme-$context.stage"`);
});
