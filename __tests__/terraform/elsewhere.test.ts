import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceNames } from "../../contract/resource-names.ts";
import type { JsonObject } from "../../openapi/json.ts";
import { type CheckOut, checkOut } from "../support/check-out.ts";
import { Deployment, type StateResource } from "../support/deployment.ts";
import { loadEnvironment } from "../support/environments.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";

const { accountId, region, namePrefix } = loadEnvironment("dev");
const { apiFunction } = resourceNames(namePrefix);
const uriOf = (rest: string) => `arn:{{partition}}:apigateway:{{region}}:${rest}`;
const invoking = (name: string) => uriOf(`lambda:path/2015-03-31/functions/${name}/invocations`);
const operation = (integration: JsonObject): JsonObject => ({
  responses: { "200": { description: "200 response" } },
  "x-amazon-apigateway-integration": integration,
});
const proxy = (uri: string) => ({ post: operation({ type: "aws_proxy", httpMethod: "POST", uri }) });

const document: JsonObject = {
  openapi: "3.0.1",
  info: { title: "orders", version: "1" },
  paths: {
    "/orders": proxy(invoking("{{function.orders}}:live")),
    "/orders/own": proxy(
      invoking("arn:{{partition}}:lambda:{{region}}:{{account}}:function:${stageVariables.fn}"),
    ),
    "/orders/queue": {
      post: operation({
        type: "aws",
        httpMethod: "POST",
        uri: uriOf("sqs:path/{{queue.orders.account}}/{{queue.orders.name}}"),
        credentials: "{{role.writer}}",
        requestParameters: { "integration.request.querystring.TableName": "'{{table.orders.name}}'" },
        responses: { default: { statusCode: "200" } },
      }),
    },
    "/orders/balancer": {
      get: operation({
        type: "http_proxy",
        httpMethod: "GET",
        uri: "http://{{host.orders}}/",
        connectionType: "VPC_LINK",
        connectionId: "{{vpcLink.orders}}",
        integrationTarget: "{{loadBalancer.orders}}",
      }),
    },
  },
};

const entry = {
  name: "orders",
  document: "orders.openapi.json",
  stageVariables: { fn: apiFunction },
  bindings: {
    "function.orders": {
      kind: "external",
      arn: `arn:aws:lambda:${region}:999999999999:function:orders`,
    },
    "host.orders": { kind: "existing", name: "orders.example.com" },
    "loadBalancer.orders": { kind: "existing", name: "orders" },
    "queue.orders": { kind: "external", arn: "arn:aws:sqs:us-east-1:999999999999:orders" },
    "role.writer": "gatewayWriterRole",
    "table.orders": { kind: "external", arn: "arn:aws:dynamodb:us-east-1:999999999999:table/orders" },
    "vpcLink.orders": { kind: "existing", name: "abcde1" },
  },
};

/** What another team has made. */
async function createLoadBalancer({ endpoint }: Moto): Promise<void> {
  const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
  const ec2 = new EC2Client({ endpoint, region, credentials });
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const body = new URLSearchParams({ Action: "CreateLoadBalancer", Version: "2015-12-01", Name: "orders" });
  for (const [index, { SubnetId = "" }] of Subnets.slice(0, 2).entries()) {
    body.set(`Subnets.member.${index + 1}`, SubnetId);
  }
  const scope = `testing/20260101/${region}/elasticloadbalancing/aws4_request`;
  const Authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, { method: "POST", headers: { Authorization }, body });
  if (!response.ok) throw new Error(await response.text());
}

let project: CheckOut;
let deployment: Deployment;
let state: StateResource[];

beforeAll(async () => {
  project = checkOut();
  writeFileSync(join(project.folder, "specs", "orders.openapi.json"), JSON.stringify(document));
  const text = JSON.stringify(entry).replace(/"kind":"\w+"/g, "$& as const");
  project.edit("env/dev.ts", "  apis: [\n", `  apis: [\n${text},\n`);
  deployment = new Deployment("dev", await startMoto(accountId), project.folder);
  await createLoadBalancer(deployment.moto);
  await deployment.init();
  await deployment.apply(
    "-target=aws_api_gateway_rest_api.apis_orders_api",
    "-target=aws_lambda_permission.apis_orders_permit_fn",
    "-target=aws_lambda_function.api_function_function",
  );
  state = await deployment.state();
}, 300_000);

afterAll(async () => {
  await deployment?.moto.stop();
  deployment?.remove();
  project?.remove();
});

describe("an API of dev that uses what belongs to other accounts, applied", () => {
  const valuesAt = (address: string) =>
    state.find((each) => each.address === address)?.values ?? expect.fail(`there is no ${address}`);

  it("names them in its body by their ARNs and by parts of these", () => {
    const { paths } = JSON.parse(valuesAt("aws_api_gateway_rest_api.apis_orders_api")["body"]);
    const at = (path: string, method = "post") => paths[path][method]["x-amazon-apigateway-integration"];

    expect(at("/orders").uri).toContain(
      `functions/arn:aws:lambda:${region}:999999999999:function:orders:live/invocations`,
    );
    expect(at("/orders/queue")).toMatchObject({
      uri: `arn:aws:apigateway:${region}:sqs:path/999999999999/orders`,
      requestParameters: { "integration.request.querystring.TableName": "'orders'" },
    });
  });

  it("keeps stage variables, and finds its load balancer", () => {
    const { paths } = JSON.parse(valuesAt("aws_api_gateway_rest_api.apis_orders_api")["body"]);

    expect(paths["/orders/own"].post["x-amazon-apigateway-integration"].uri).toContain(
      `:${accountId}:function:\${stageVariables.fn}/invocations`,
    );
    expect(paths["/orders/balancer"].get["x-amazon-apigateway-integration"]).toMatchObject({
      connectionId: "abcde1",
      integrationTarget: expect.stringMatching(
        /^arn:aws:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer\/app\/orders\/\w+$/,
      ),
    });
  });

  it("may invoke the function that its stage variable names, and tells the owner of the other one what to allow", async () => {
    expect(valuesAt("aws_lambda_permission.apis_orders_permit_fn")).toMatchObject({
      function_name: apiFunction,
      principal: "apigateway.amazonaws.com",
    });
    expect(state.filter(({ type }) => type === "aws_lambda_permission")).toHaveLength(1);
    const told = (await deployment.outputs())["external_permissions"] as Record<string, string>;
    expect(JSON.parse(told["orders-invoke-orders-live"] ?? "{}")).toMatchObject({
      FunctionName: `arn:aws:lambda:${region}:999999999999:function:orders`,
      Qualifier: "live",
      SourceArn: `${valuesAt("aws_api_gateway_rest_api.apis_orders_api")["execution_arn"]}/v1/*`,
    });
  });
});
