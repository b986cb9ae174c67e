import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import {
  account,
  exportWith,
  functionUri,
  imported,
  integrationPointer,
  refusals,
  region,
  serviceUri,
  textOf,
} from "./exports.ts";

const other = "112233445566";
const elsewhere = "eu-west-1";
const head = "arn:{{partition}}:apigateway:{{region}}";
const role = `arn:aws:iam::${account}:role/acme-caller`;
const templateKey = "application/json";
const templatePointer = `${integrationPointer}/requestTemplates/application~1json`;

const servers = [{ url: `https://r6y1c4h9ua.execute-api.${region}.amazonaws.com/{basePath}` }];

/** An export whose integration names something, and what shows the API's own account and region. */
const calling = (integration: JsonObject) =>
  exportWith({ type: "aws", credentials: role, ...integration }, { servers });
const withTemplate = (service: string, template: string) =>
  calling({ uri: serviceUri(service), requestTemplates: { [templateKey]: template } });

const kept = (value: JsonObject, pointer: string) =>
  resolvePointer(imported(value, { foreign: "keep" }).document, pointer);

const farFunction = `arn:aws:lambda:${region}:${other}:function:orders`;
const arn = (service: string, resource: string, at = { region, account: other }) =>
  `arn:aws:${service}:${at.region}:${at.account}:${resource}`;

/** What may be kept: where it stands, and what is left of it. */
const forms: [what: string, value: JsonObject, pointer: string, kept: string][] = [
  [
    "a function",
    calling({ uri: functionUri("orders:live", { partition: "aws", region, account: other }) }),
    `${integrationPointer}/uri`,
    `${head}:lambda:path/2015-03-31/functions/{{function.orders}}:live/invocations`,
  ],
  [
    "a function of another region, and the call to it",
    calling({ uri: functionUri("orders", { partition: "aws", region: elsewhere, account }) }),
    `${integrationPointer}/uri`,
    "arn:{{partition}}:apigateway:{{function.orders.region}}:lambda:path/2015-03-31/functions/{{function.orders}}/invocations",
  ],
  [
    "a queue's path",
    calling({ uri: serviceUri(`sqs:path/${other}/orders.fifo`) }),
    `${integrationPointer}/uri`,
    `${head}:sqs:path/{{queue.ordersFifo.account}}/{{queue.ordersFifo.name}}`,
  ],
  [
    "a queue's path in another region",
    calling({ uri: serviceUri(`sqs:path/${account}/orders`, { partition: "aws", region: elsewhere }) }),
    `${integrationPointer}/uri`,
    "arn:{{partition}}:apigateway:{{queue.orders.region}}:sqs:path/{{queue.orders.account}}/{{queue.orders.name}}",
  ],
  [
    "a queue's URL",
    withTemplate("sqs:action/SendMessage", `"https://sqs.${region}.amazonaws.com/${other}/orders"`),
    templatePointer,
    '"https://sqs.{{queue.orders.region}}.amazonaws.com/{{queue.orders.account}}/{{queue.orders.name}}"',
  ],
  [
    "a queue's URL of another region, encoded",
    withTemplate(
      "sqs:action/SendMessage",
      `QueueUrl=https%3A%2F%2Fsqs.${elsewhere}.amazonaws.com%2F${account}%2Forders&a`,
    ),
    templatePointer,
    "QueueUrl=https%3A%2F%2Fsqs.{{queue.orders.region}}.amazonaws.com%2F{{queue.orders.account}}%2F{{queue.orders.name}}&a",
  ],
  [
    "a topic, encoded",
    withTemplate("sns:action/Publish", `TopicArn=arn%3Aaws%3Asns%3A${region}%3A${other}%3Aorders&a`),
    templatePointer,
    "TopicArn=arn%3A{{partition}}%3Asns%3A{{topic.orders.region}}%3A{{topic.orders.account}}%3A{{topic.orders.name}}&a",
  ],
  ...(
    [
      ["topic", arn("sns", "orders"), "topic.orders"],
      ["queue", arn("sqs", "orders"), "queue.orders"],
      ["table", arn("dynamodb", "table/orders"), "table.orders"],
      ["stream", arn("kinesis", "stream/orders"), "stream.orders"],
      ["event bus", arn("events", "event-bus/orders"), "eventBus.orders"],
      ["key", arn("kms", "key/1a2b3c4d-0000-4000-8000-000000000001"), "key.key1"],
      ["alias of a key", arn("kms", "alias/orders"), "key.orders"],
      ["user pool", arn("cognito-idp", `userpool/${region}_AbCd12345`), "userPool.pool1"],
      [
        "state machine of another region",
        arn("states", "stateMachine:orders", { region: elsewhere, account }),
        "stateMachine.orders",
      ],
    ] as const
  ).map(([what, its, binding]): [string, JsonObject, string, string] => [
    what,
    withTemplate("sns:action/Publish", `{"a":"${its}"}`),
    templatePointer,
    `{"a":"{{${binding}.arn}}"}`,
  ]),
];

describe("what lies in another account or region", () => {
  it.each(forms)("is refused by its place: %s", (_, value, pointer) => {
    expect(refusals(textOf(value))).toEqual([
      {
        rule: "foreign-literal",
        pointer,
        message: expect.stringMatching(
          /names (account 112233445566|region eu-west-1), but the API belongs to (account 512873640091|region us-east-1); correct it, or import with --foreign keep$/,
        ),
      },
    ]);
  });

  it.each(forms)("keeps a placeholder of its own, if asked to: %s", (_, value, pointer, text) => {
    expect(kept(value, pointer)).toBe(text);
  });

  it.each(forms)("comes out of a second import as it went in: %s", (_, value) => {
    const { document } = imported(value, { foreign: "keep" });

    expect(imported(document)).toMatchObject({ document, literals: [] });
    expect(lintDocument(document).filter(({ rule }) => rule.endsWith("-literal"))).toEqual([]);
  });

  it("is found in authorizers", () => {
    const authorizer = {
      type: "token",
      authorizerUri: serviceUri(`lambda:path/2015-03-31/functions/${farFunction}/invocations`),
    };
    const schemes = {
      token: { type: "apiKey", name: "a", in: "header", "x-amazon-apigateway-authorizer": authorizer },
    };
    const value = { ...calling({ uri: functionUri("a") }), components: { securitySchemes: schemes } };
    const pointer = "/components/securitySchemes/token/x-amazon-apigateway-authorizer/authorizerUri";

    expect(refusals(textOf(value)).map((problem) => problem.pointer)).toEqual([pointer]);
    expect(kept(value, pointer)).toBe(
      `${head}:lambda:path/2015-03-31/functions/{{function.orders}}/invocations`,
    );
  });

  it("has the place that its author wrote, where a list is sorted", () => {
    const pools = [account, other].map(
      (its) => `arn:aws:cognito-idp:${region}:${its}:userpool/${region}_Ab1`,
    );
    const authorizer = { type: "cognito_user_pools", providerARNs: pools };
    const schemes = {
      pool: { type: "apiKey", name: "a", in: "header", "x-amazon-apigateway-authorizer": authorizer },
    };
    const value = { ...calling({ uri: functionUri("a") }), components: { securitySchemes: schemes } };

    expect(refusals(textOf(value)).map(({ pointer }) => pointer)).toEqual([
      "/components/securitySchemes/pool/x-amazon-apigateway-authorizer/providerARNs/1",
    ]);
  });

  it("is told with both where account and region differ", () => {
    const value = withTemplate(
      "sns:action/Publish",
      arn("sns", "orders", { region: elsewhere, account: other }),
    );

    expect(refusals(textOf(value))[0]?.message).toContain(
      `names account ${other} and region ${elsewhere}, but the API belongs to account ${account} and region ${region}`,
    );
  });

  it.each([
    [
      "a role",
      calling({ credentials: `arn:aws:iam::${other}:role/a`, uri: functionUri("a") }),
      "cannot use a role of another account",
    ],
    [
      "a load balancer",
      calling({ integrationTarget: arn("elasticloadbalancing", "loadbalancer/net/a/0a1b2c3d4e5f6071") }),
      "only in its own account and region",
    ],
    [
      "a delivery stream",
      withTemplate("firehose:action/PutRecord", arn("firehose", "deliverystream/a")),
      "accepts no calls",
    ],
    [
      "a state machine",
      withTemplate("states:action/StartExecution", arn("states", "stateMachine:a")),
      "accepts no calls",
    ],
    [
      "what has no placeholder",
      withTemplate("sns:action/Publish", arn("secretsmanager", "secret:a-AbCdEf")),
      "there is no placeholder for it",
    ],
    [
      "what a stage variable names",
      calling({ uri: functionUri("a-${stageVariables.env}", { partition: "aws", region, account: other }) }),
      "a stage variable cannot name",
    ],
    [
      "a queue that a stage variable names",
      calling({ uri: serviceUri(`sqs:path/${other}/a-\${stageVariables.env}`) }),
      "a stage variable cannot name",
    ],
    [
      "another partition",
      withTemplate("sns:action/Publish", `arn:aws-cn:sns:cn-north-1:${account}:a`),
      "cannot call another partition",
    ],
    [
      "a bucket's region",
      calling({ uri: serviceUri("s3:path/acme/{key}", { partition: "aws", region: elsewhere }) }),
      "a call to another region",
    ],
  ])("is refused whatever is asked, where AWS or a placeholder can't do it: %s", (_, value, message) => {
    // The roles of two integrations more say which account is the API's own.
    const paths = { ...(value["paths"] as JsonObject) };
    for (const path of ["/b", "/c"]) {
      paths[path] = {
        get: { "x-amazon-apigateway-integration": { type: "aws", uri: functionUri("b"), credentials: role } },
      };
    }

    expect(refusals(textOf({ ...value, paths }), { foreign: "keep" })).toEqual([
      expect.objectContaining({ rule: "foreign-literal", message: expect.stringContaining(message) }),
    ]);
  });

  it("has a name of its own beside what is called alike, and says whose it is", () => {
    const value = calling({ uri: functionUri("orders", { partition: "aws", region, account: other }) });
    const paths = { ...(value["paths"] as JsonObject) };
    for (const at of ["999988887777", account]) {
      paths[at === account ? "/own" : "/far"] = {
        get: {
          "x-amazon-apigateway-integration": {
            type: "aws_proxy",
            uri: functionUri("orders", { partition: "aws", region, account: at }),
          },
        },
      };
    }

    const { literals } = imported({ ...value, paths }, { foreign: "keep" });

    expect(
      literals
        .filter(({ label }) => label === "orders")
        .map(({ placeholder, owner }) => [placeholder, owner]),
    ).toEqual([
      ["function.orders", undefined],
      ["function.orders2", { account: other, region }],
      ["function.orders3", { account: "999988887777", region }],
    ]);
  });

  it("has the name that is given for its ARN, or for its label where nothing else has that", () => {
    const value = calling({ uri: functionUri("orders", { partition: "aws", region, account: other }) });
    const nameOf = (key: string) =>
      imported(value, { foreign: "keep", names: { function: { [key]: "given" } } }).literals.map(
        ({ placeholder }) => placeholder,
      );

    expect(nameOf(farFunction)).toContain("function.given");
    expect(nameOf("orders")).toContain("function.given");
  });

  it("is kept without being asked where its ARN is known", () => {
    const value = calling({ uri: functionUri("orders", { partition: "aws", region, account: other }) });
    const known = (its: string) => refusals(textOf(value), { knownNames: { function: { [its]: "shared" } } });

    expect(known(farFunction)).toEqual([]);
    expect(known(farFunction.replace("orders", "parts"))).toHaveLength(1);
    expect(
      imported(value, { knownNames: { function: { [farFunction]: "shared" } } }).literals,
    ).toContainEqual(expect.objectContaining({ placeholder: "function.shared", text: farFunction }));
  });

  it("has the problem once, beside those of other places", () => {
    const value = calling({
      uri: functionUri("orders", { partition: "aws", region, account: other }),
      requestTemplates: { a: other, b: farFunction },
    });

    expect(
      refusals(textOf(value)).map(({ rule, pointer }) => [rule, pointer.replace(integrationPointer, "")]),
    ).toEqual([
      ["foreign-literal", "/uri"],
      ["foreign-literal", "/requestTemplates/b"],
      ["account-literal", "/requestTemplates/a"],
    ]);
  });
});
