import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import type { Json, JsonObject } from "../../openapi/json.ts";
import { account, exportWith, functionUri, region, serviceUri } from "../openapi/import/exports.ts";
import { type CheckOut, checkOut } from "../support/check-out.ts";
import { mendStatements } from "../support/further-apis.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";

/** An export that names one of everything that an import knows. */
function exportOfEverything(): JsonObject {
  const aws = (rest: string, template: string): JsonObject => ({
    post: {
      responses: { "200": { description: "200 response" } },
      "x-amazon-apigateway-integration": {
        type: "aws",
        httpMethod: "POST",
        uri: serviceUri(rest),
        credentials: `arn:aws:iam::${account}:role/acme-caller`,
        requestTemplates: { "application/json": template },
        responses: { default: { statusCode: "200" } },
      },
    },
  });
  const value = exportWith(
    { type: "aws_proxy", httpMethod: "POST", uri: functionUri("acme-orders:live") },
    {
      components: {
        securitySchemes: {
          token: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
              type: "token",
              authorizerUri: functionUri("acme-authorizer"),
            },
          },
          pool: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
              type: "cognito_user_pools",
              providerARNs: [`arn:aws:cognito-idp:${region}:${account}:userpool/${region}_Aa1`],
            },
          },
        },
      },
    },
  );
  const more: Record<string, Json> = {
    "/queue": aws(`sqs:path/${account}/acme-queue`, "Action=SendMessage"),
    "/topic": aws("sns:action/Publish", `TopicArn=arn%3Aaws%3Asns%3A${region}%3A${account}%3Aacme-topic`),
    "/table": aws("dynamodb:action/PutItem", '{"TableName":"acme-table"}'),
    "/stream": aws("kinesis:action/PutRecord", '{"StreamName":"acme-stream"}'),
    "/delivery": aws("firehose:action/PutRecord", '{"DeliveryStreamName":"acme-delivery"}'),
    "/bus": aws("events:action/PutEvents", '{"EventBusName":"acme-bus"}'),
    "/flow": aws(
      "states:action/StartExecution",
      `{"stateMachineArn":"arn:aws:states:${region}:${account}:stateMachine:acme-flow","x":"\${stageVariables.x} %{if} \\\\d"}`,
    ),
    "/link": {
      get: {
        responses: { "200": { description: "200 response" } },
        "x-amazon-apigateway-integration": {
          type: "http_proxy",
          httpMethod: "GET",
          uri: `http://acme-0123456789abcdef.elb.${region}.amazonaws.com/`,
          connectionType: "VPC_LINK",
          connectionId: "a1b2c3",
          requestParameters: { "integration.request.header.x-endpoint": "'vpce-0a1b2c3d4e5f60718'" },
        },
      },
    },
  };
  return { ...value, paths: { ...(value["paths"] as JsonObject), ...more } };
}

const bindings = {
  "statements.openapi.json": {
    "bucket.statements": "intakeBucket",
    "role.writer": { kind: "existing", name: "example-statements-apigw-s3" },
  },
  "everything.openapi.json": {
    "deliveryStream.acmeDelivery": { kind: "existing", name: "acme-delivery" },
    "eventBus.acmeBus": { kind: "existing", name: "acme-bus" },
    "function.acmeAuthorizer": { kind: "existing", name: "acme-authorizer" },
    "function.acmeHealth": { kind: "existing", name: "acme-health" },
    "function.acmeOrders": { kind: "existing", name: "acme-orders" },
    "host.host1": { kind: "existing", name: "acme.elb.eu-central-1.amazonaws.com" },
    "queue.acmeQueue": { kind: "existing", name: "acme-queue" },
    "role.acmeCaller": { kind: "existing", name: "acme-caller" },
    "stateMachine.acmeFlow": { kind: "existing", name: "acme-flow" },
    "stream.acmeStream": { kind: "existing", name: "acme-stream" },
    "table.acmeTable": { kind: "existing", name: "acme-table" },
    "topic.acmeTopic": { kind: "existing", name: "acme-topic" },
    "userPool.pool1": { kind: "existing", name: "eu-central-1_Aa1" },
    "vpcEndpoint.endpoint1": "vpcEndpoint",
    "vpcLink.link1": { kind: "existing", name: "a1b2c3" },
  },
};

const exports = join("__tests__", "fixtures", "exports");
let project: CheckOut;
const imported = (document: string) => readFileSync(join(project.folder, "specs", document), "utf8");

/** The first segments of a document's paths. */
function pathsOf(document: string): string[] {
  const { paths }: { paths: object } = JSON.parse(imported(document));
  return [...new Set(Object.keys(paths).map((path) => `/${path.split("/")[1]}`))];
}

/** Its function, by the name that the import has made of the exported one. */
function bindingsOfLambda() {
  const [, name] = /\{\{(function\.\w+)\}\}/.exec(imported("lambda.openapi.json")) ?? [];
  return { [name ?? expect.fail("no function was imported")]: "apiFunction" };
}

const spec = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["cli/run.mjs", "tools/spec.ts", ...args], {
    cwd: project.folder,
    env: { ...process.env, INIT_CWD: project.folder },
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }) => ({ code, stdout }),
  );

beforeAll(() => {
  project = checkOut();
  for (const name of readdirSync(exports)) {
    copyFileSync(join(exports, name), join(project.folder, name.replace(/^.*-lambda-.*$/, "lambda.json")));
  }
  writeFileSync(join(project.folder, "everything.json"), JSON.stringify(exportOfEverything()));
});

afterAll(() => project?.remove());

describe("exported APIs", () => {
  it("are imported, linted, mended, listed in an environment, and validated by Terraform", async () => {
    await spec(
      ...["import", "statement-upload-s3-oas30.json", "specs/statements.openapi.json"],
      ...["--bucket", "example-statements-dev=statements", "--role", "example-statements-apigw-s3=writer"],
    );
    await spec("import", "lambda.json", "specs/lambda.openapi.json");
    await spec("import", "everything.json", "specs/everything.openapi.json");
    const linted = await spec("lint", "--json");

    const { documents } = JSON.parse(linted.stdout);
    expect(
      documents.flatMap(({ file, problems }: { file: string; problems: { rule: string }[] }) =>
        problems.map(({ rule }) => `${file} ${rule}`),
      ),
    ).toEqual([
      "specs/everything.openapi.json stage-variable",
      "specs/statements.openapi.json s3-error-as-success",
      "specs/statements.openapi.json s3-bucket-owner",
    ]);

    mendStatements(project);
    await spec("lint", "--fix");
    const listed = Object.entries({ ...bindings, "lambda.openapi.json": bindingsOfLambda() }).map(
      ([document, bound]) => ({
        name: document.split(".")[0],
        document,
        stage: "v1",
        stageVariables: { x: "y", alias: "live" },
        paths: pathsOf(document),
        throttling: { rateLimit: 5, burstLimit: 5 },
        bindings: bound,
      }),
    );
    const entries = JSON.stringify(listed)
      .slice(1, -1)
      .replaceAll('"kind":"existing"', '"kind":"existing" as const');
    project.edit("env/dev.ts", "  apis: [\n", `  apis: [\n${entries},\n`);
    // Now that an environment sets the stage variable.
    const count = readdirSync(join(project.folder, "specs")).filter((file) => file.endsWith(".json")).length;
    expect((await spec("lint")).stdout).toContain(`0 errors, 0 warnings in ${count} documents.`);
    execFileSync(process.execPath, ["cli/run.mjs", "main.ts"], { cwd: project.folder });
    const directory = join(project.folder, "cdktf.out", "stacks", ingestionStackName("dev"));
    await terraform(directory, [
      "init",
      "-backend=false",
      "-input=false",
      `-plugin-dir=${findPluginDirectory()}`,
    ]);

    expect(JSON.parse(await terraform(directory, ["validate", "-json"]))).toMatchObject({
      valid: true,
      error_count: 0,
    });
    expect(permissionsOf(directory)).toEqual([
      { id: "invoke_acmeAuthorizer_authorizer", from: "/authorizers/*" },
      { id: "invoke_acmeHealth", from: "/${var.everything_stage_name}/*" },
      { id: "invoke_acmeOrders_live", qualifier: "live", from: "/${var.everything_stage_name}/*" },
    ]);
  }, 120_000);
});

/** Of the API "everything": which functions it may invoke, and from where. */
function permissionsOf(directory: string) {
  const { resource } = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
  const permissions: [string, { qualifier?: string; source_arn: string }][] = Object.entries(
    resource.aws_lambda_permission,
  );
  return permissions
    .filter(([name]) => name.startsWith("apis_everything_"))
    .map(([name, { qualifier, source_arn }]) => ({
      id: name.replace("apis_everything_", ""),
      ...(qualifier !== undefined && { qualifier }),
      from: source_arn.replace(/^.*execution_arn\}/, ""),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
