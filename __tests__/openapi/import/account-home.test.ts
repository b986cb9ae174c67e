import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import {
  account,
  exportWith,
  functionUri,
  imported,
  refusals,
  region,
  serviceUri,
  textOf,
} from "./exports.ts";

const other = "112233445566";
const elsewhere = "eu-west-1";
const healthUri = "/paths/~1health/get/x-amazon-apigateway-integration/uri";
const ordersUri = "/paths/~1orders/post/x-amazon-apigateway-integration/uri";

const foreignFunction = (name: string, at = { partition: "aws", region, account: other }) => ({
  type: "aws_proxy",
  httpMethod: "POST",
  uri: functionUri(name, at),
});

/** The account that others of the export speak against, as often or more. */
const contradicted = (more: JsonObject): JsonObject => {
  const paths = Object.fromEntries(
    ["a", "b", "c"].map((name) => [
      `/${name}`,
      { get: { "x-amazon-apigateway-integration": foreignFunction(name) } },
    ]),
  );
  const { paths: own, ...rest } = exportWith({ type: "mock" });
  return { ...rest, paths: { ...(own as JsonObject), ...paths }, ...more };
};

const homeOf = (value: JsonObject, options = {}) => imported(value, { foreign: "keep", ...options }).home;

describe("the account and region that an export belongs to", () => {
  it("are those of the API's own ARNs in its resource policy, whatever else says otherwise", () => {
    const statement = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${other}:root` },
      Action: "execute-api:Invoke",
      Resource: `arn:aws:execute-api:${region}:${account}:r6y1c4h9ua/*`,
    };
    const policy = { "x-amazon-apigateway-policy": { Version: "2012-10-17", Statement: [statement] } };

    expect(homeOf(contradicted(policy))).toMatchObject({ partition: "aws", region, account });
  });

  it.each(["credentials", "authorizerCredentials"])("are those of the roles in %s", (key) => {
    const role = { [key]: `arn:aws:iam::${account}:role/acme-caller` };
    const schemes = {
      token: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: functionUri("acme"), ...role },
      },
    };

    expect(homeOf(contradicted({ components: { securitySchemes: schemes } })).account).toBe(account);
  });

  it("are what most of the others name, where documents are compared", () => {
    expect(homeOf(contradicted({}), { isForComparison: true }).account).toBe(other);
  });

  it("are asked for where a majority alone tells them and what lies elsewhere is kept", () => {
    const text = textOf(contradicted({}));

    expect(refusals(text, { foreign: "keep" })).toEqual([
      expect.objectContaining({
        rule: "home-account",
        message: expect.stringMatching(/^names account (?!.*same number).*set it with --account <id>$/),
      }),
    ]);
    expect(refusals(text, { foreign: "keep", account })).toEqual([]);
    // The wrong guess shows.
    expect(refusals(text).map(({ rule }) => rule)).toEqual(["foreign-literal"]);
  });

  it.each([
    ["a queue's path", { uri: serviceUri(`sqs:path/${account}/orders`) }],
    [
      "a queue's URL",
      {
        uri: serviceUri("sqs:action/SendMessage"),
        requestTemplates: { a: `QueueUrl=https%3A%2F%2Fsqs.${region}.amazonaws.com%2F${account}%2Forders` },
      },
    ],
  ])("show in %s", (_, integration) => {
    const value = exportWith({ type: "aws", ...integration }, { paths: {} });
    value["paths"] = {
      "/a": { post: { "x-amazon-apigateway-integration": { type: "aws", ...integration } } },
    };

    expect(homeOf(value)).toMatchObject({ partition: "aws", region, account });
  });

  it("are rather what is called than what only stands in a template", () => {
    const template = { requestTemplates: { a: `arn:aws:sns:${region}:${other}:orders` } };

    expect(homeOf(exportWith({ type: "mock", ...template })).account).toBe(account);
    const twice = {
      requestTemplates: { a: `${template.requestTemplates.a} ${template.requestTemplates.a}` },
    };
    expect(homeOf(exportWith({ type: "mock", ...twice }))).toMatchObject({
      account,
      accountAt: "/paths/~1health/get/x-amazon-apigateway-integration/uri",
    });
  });

  it("are not what a description names, unless nothing else names any", () => {
    const described = Array(3).fill(`arn:aws:sns:${elsewhere}:${other}:orders`).join(" ");
    const info = { title: "orders", version: "1", description: described };

    expect(homeOf(exportWith({ type: "mock" }, { info })).account).toBe(account);
    expect(homeOf({ ...exportWith({ type: "mock" }, { info }), paths: { "/a": {} } })).toMatchObject({
      partition: "aws",
      region: elsewhere,
      account: other,
    });
  });

  it.each([
    ["servers", { servers: [{ url: `https://r6y1c4h9ua.execute-api.${region}.amazonaws.com/{basePath}` }] }],
    ["host", { host: `r6y1c4h9ua.execute-api.${region}.amazonaws.com`, swagger: "2.0" }],
  ])("have the region of %s, wherever its functions are", (_, more) => {
    const { openapi: _openapi, paths: _paths, ...rest } = exportWith({ type: "mock" });
    const uri = functionUri("far", { partition: "aws", region: elsewhere, account });
    const paths = { "/a": { get: { "x-amazon-apigateway-integration": { type: "aws_proxy", uri } } } };
    const version = "swagger" in more ? {} : { openapi: "3.0.1" };

    expect(homeOf({ ...version, ...rest, paths, ...more }).region).toBe(region);
  });

  it.each([
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eu-west-1", "aws"],
  ])("have the partition of the region %s", (its, partition) => {
    const uri = functionUri("orders", { partition, region: its, account });
    const paths = { "/a": { get: { "x-amazon-apigateway-integration": { type: "aws_proxy", uri } } } };

    expect(homeOf({ ...exportWith({ type: "mock" }), paths })).toMatchObject({
      partition,
      region: its,
      account,
    });
  });

  it("are refused with both places where two are named as often", () => {
    const tied = exportWith(foreignFunction("orders"));
    const problems = refusals(textOf(tied));

    expect(problems).toEqual([
      {
        rule: "home-account",
        pointer: healthUri,
        message: `names account ${account}, and ${ordersUri} names account ${other} the same number of times; one of them is the API's own: set it with --account <id>`,
      },
    ]);
    expect(refusals(textOf(tied), { foreign: "keep" })).toEqual(problems);
  });

  it("are refused where two regions are named as often", () => {
    const far = functionUri("orders", { partition: "aws", region: elsewhere, account });

    expect(refusals(textOf(exportWith({ type: "aws_proxy", uri: far })))).toEqual([
      expect.objectContaining({ rule: "home-region", message: expect.stringContaining("--region <name>") }),
    ]);
  });

  it("are what is given, whatever the export says", () => {
    const tied = exportWith(foreignFunction("orders"));

    const { home, literals } = imported(tied, { account: other, foreign: "keep" });

    expect(home.account).toBe(other);
    expect(literals.map(({ placeholder, owner }) => [placeholder, owner?.account])).toEqual([
      ["function.orders", undefined],
      ["function.acmeHealth", account],
    ]);
  });
});
