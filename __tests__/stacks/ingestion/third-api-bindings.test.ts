import { describe, expect, it } from "vitest";
import type { EnvironmentApi } from "../../../env/schema.ts";

import { branches, documentWith, synthesizeWith } from "./third-api.ts";

describe("what a third API uses of other accounts", () => {
  const elsewhere = "eu-central-1:999999999999";
  const external = (arn: string) => ({ kind: "external", arn }) as const;
  const withFunction = (name = "{{function.branches}}") =>
    synthesizeWith(
      {
        stageVariables: { folder: "a", alias: "live" },
        bindings: {
          ...branches.bindings,
          "function.branches": external(`arn:aws:lambda:${elsewhere}:function:branch-api`),
        },
      },
      documentWith(["{{function.branches}}", name]),
    );

  it("is a Terraform variable with the form of its ARN, and is not looked up", () => {
    const { json, variableValues } = withFunction();

    expect(variableValues["branches_function_branches_arn"]).toBe(
      `arn:aws:lambda:${elsewhere}:function:branch-api`,
    );
    expect(json.variable["branches_function_branches_arn"]).toMatchObject({
      type: "string",
      description:
        "In the API branches, ARN of the resource in another account or region that replaces {{function.branches}} in the OpenAPI document.",
      nullable: false,
      validation: [{ condition: expect.stringContaining("^arn:aws[a-z-]*:lambda:") }],
    });
    expect(json.data["aws_lambda_function"]).toBeUndefined();
    expect(json.locals["apis_branches_body"]).toContain(
      "functions/${var.branches_function_branches_arn}/invocations",
    );
  });

  it("is a function that its owner has to permit, and is told how", () => {
    const { json } = withFunction("{{function.branches}}:${stageVariables.alias}");
    const told: Record<string, string> = json.output["external_permissions"]?.value;

    expect(
      Object.keys(json.resource["aws_lambda_permission"] ?? {}).filter((id) => id.includes("branches_")),
    ).toEqual([]);
    expect(Object.keys(told)).toEqual(["branches-invoke-branches-alias"]);
    expect(JSON.parse(told["branches-invoke-branches-alias"] ?? "{}")).toEqual({
      FunctionName: "${var.branches_function_branches_arn}",
      Qualifier: "${var.branches_stage_variables.alias}",
      StatementId: "branches-invoke-branches-alias",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: "${aws_api_gateway_rest_api.apis_branches_api.execution_arn}/${var.branches_stage_name}/*",
    });
  });

  it("is a bucket whose account nothing tells, so that its role's policy does not name one", () => {
    const { json } = synthesizeWith({
      bindings: { ...branches.bindings, "bucket.portraits": external("arn:aws:s3:::branch-portraits") },
    });
    const required: Record<string, string> = json.output["required_policies"]?.value;
    const told: Record<string, string> = json.output["external_permissions"]?.value;
    const resource =
      "arn:${data.aws_partition.account_partition.partition}:s3:::${local.apis_branches_bucket_portraits_name}/*";

    expect(JSON.parse(required["branches-role-portraitReader"] ?? "{}").Statement).toEqual([
      { Sid: "S3GetObjectElsewhere", Effect: "Allow", Action: "s3:GetObject", Resource: [resource] },
    ]);
    expect(JSON.parse(told["branches-bucket-portraits"] ?? "{}").Statement).toMatchObject([
      { Action: "s3:GetObject", Resource: resource },
    ]);
  });

  it("is told of by no output where there is nothing", () => {
    expect(synthesizeWith().json.output["external_permissions"]).toBeUndefined();
  });

  const queue = (uri: string, to: EnvironmentApi["bindings"][string]) =>
    synthesizeWith(
      {
        bindings: {
          "function.branches": branches.bindings["function.branches"] ?? expect.fail(),
          "role.portraitReader": branches.bindings["role.portraitReader"] ?? expect.fail(),
          "queue.orders": to,
        },
        stageVariables: {},
      },
      documentWith(
        ["s3:path/{{bucket.portraits}}/${stageVariables.folder}/{branch}", uri],
        [
          '"requestParameters": {',
          `"requestTemplates": { "application/json": "Action=SendMessage" }, "requestParameters": { "integration.request.querystring.Action": "'SendMessage'",`,
        ],
      ),
    );
  const parts = "sqs:path/{{queue.orders.account}}/{{queue.orders.name}}";

  it("stands in the body by parts of its ARN, and its owner is told what its policy has to allow", () => {
    const { json } = queue(parts, external(`arn:aws:sqs:${elsewhere}:orders`));
    const body = json.locals["apis_branches_body"];
    const told: Record<string, string> = json.output["external_permissions"]?.value;
    const required: Record<string, string> = json.output["required_policies"]?.value;

    expect(body).toContain(
      "sqs:path/${local.apis_branches_queue_orders_account}/${local.apis_branches_queue_orders_name}",
    );
    expect(json.locals).toMatchObject({
      apis_branches_queue_orders_account: '${element(split(":", var.branches_queue_orders_arn), 4)}',
      apis_branches_queue_orders_name: '${element(split(":", var.branches_queue_orders_arn), 5)}',
    });
    expect(JSON.parse(told["branches-queue-orders"] ?? "{}").Statement).toEqual([
      {
        Sid: "Allowbranches1",
        Effect: "Allow",
        Principal: { AWS: expect.stringMatching(/^\$\{data\.aws_iam_role\..*\.arn\}$/) },
        Action: "sqs:SendMessage",
        Resource: "${var.branches_queue_orders_arn}",
      },
    ]);
    expect(JSON.parse(required["branches-role-portraitReader"] ?? "{}").Statement).toEqual([
      {
        Sid: "SqsSendMessageElsewhere",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: ["${var.branches_queue_orders_arn}"],
      },
    ]);
  });

  it("may be bound to what exists in the stack's own account as well", () => {
    const { json } = queue(parts, { kind: "existing", name: "orders" });

    expect(json.locals["apis_branches_body"]).toContain(
      "sqs:path/${var.account_id}/${var.branches_queue_orders_name}",
    );
    expect(json.output["external_permissions"]).toBeUndefined();
  });

  it("can't stand behind a name that is looked for in the stack's own account", () => {
    expect(() =>
      queue("sqs:path/{{account}}/{{queue.orders}}", external(`arn:aws:sqs:${elsewhere}:orders`)),
    ).toThrow(
      "no value for {{queue.orders}}; queue.orders is bound to something in another account, which has only parts such as {{queue.orders.arn}}: import the document with --foreign keep",
    );
  });

  it.each([
    [
      "bucket.orders",
      "arn:aws:s3:::orders",
      "{{bucket.orders}}",
      "bucket_orders_name",
      '${element(split(":", var.branches_bucket_orders_arn), 5)}',
    ],
    [
      "table.orders",
      `arn:aws:dynamodb:${elsewhere}:table/orders`,
      "{{table.orders.name}}",
      "table_orders_name",
      '${trimprefix(element(split(":", var.branches_table_orders_arn), 5), "table/")}',
    ],
    [
      "stateMachine.orders",
      "arn:aws:states:us-east-1:444444444444:stateMachine:orders",
      "{{stateMachine.orders.name}}",
      "stateMachine_orders_name",
      '${element(split(":", var.branches_state_machine_orders_arn), 6)}',
    ],
    [
      "topic.orders",
      `arn:aws:sns:${elsewhere}:orders`,
      "{{topic.orders.region}}",
      "topic_orders_region",
      '${element(split(":", var.branches_topic_orders_arn), 3)}',
    ],
  ])("has its name behind what its ARN has before it: %s", (placeholder, arn, text, id, expression) => {
    const { json } = synthesizeWith(
      { bindings: { ...branches.bindings, [placeholder]: external(arn) } },
      documentWith([
        '"requestParameters": {',
        `"requestParameters": { "integration.request.header.a": "'${text}'",`,
      ]),
    );

    expect(json.locals[`apis_branches_${id}`]).toBe(expression);
  });
});

describe("parts of what a third API is bound to in the stack's own account", () => {
  const partition = "${data.aws_partition.account_partition.partition}";
  const home = "${var.region}:${var.account_id}";
  const key = "1a2b3c4d-0000-4000-8000-000000000001";

  it.each<[string, EnvironmentApi["bindings"][string], string]>([
    [
      "key.a.arn",
      { kind: "existing", name: key },
      `arn:${partition}:kms:${home}:key/\${var.branches_key_a_name}`,
    ],
    [
      "key.a.arn",
      { kind: "existing", name: "orders" },
      `arn:${partition}:kms:${home}:alias/\${var.branches_key_a_name}`,
    ],
    [
      "topic.a.arn",
      { kind: "existing", name: "orders" },
      `arn:${partition}:sns:${home}:\${var.branches_topic_a_name}`,
    ],
    [
      "bucket.a.arn",
      "documentsBucket",
      `arn:${partition}:s3:::\${data.aws_s3_bucket.documents_bucket.bucket}`,
    ],
    ["function.a.name", "apiFunction", "${var.name_prefix}-api"],
    ["role.a.name", "documentReaderRole", "${var.document_reader_role_name}"],
    ["stream.a.region", { kind: "existing", name: "orders" }, "${var.region}"],
  ])("are its own: %s", (text, target, value) => {
    const binding = text.replace(/\.\w+$/, "");
    const { json } = synthesizeWith(
      { bindings: { ...branches.bindings, [binding]: target } },
      documentWith([
        '"requestParameters": {',
        `"requestParameters": { "integration.request.header.a": "'{{${text}}}'",`,
      ]),
    );

    expect(json.locals["apis_branches_body"]).toContain(`"integration.request.header.a":"'${value}'"`);
  });
});

describe("a load balancer of a third API", () => {
  it("is looked up by its name, and stands in the body by its ARN", () => {
    const { json } = synthesizeWith(
      { bindings: { ...branches.bindings, "loadBalancer.orders": { kind: "existing", name: "orders" } } },
      documentWith([
        '"requestParameters": {',
        '"integrationTarget": "{{loadBalancer.orders}}", "requestParameters": {',
      ]),
    );

    expect(json.data["aws_lb"]).toMatchObject({
      apis_branches_loadBalancer_orders_load_balancer: { name: "${var.branches_load_balancer_orders_name}" },
    });
    expect(json.locals["apis_branches_body"]).toContain(
      '"integrationTarget":"${data.aws_lb.apis_branches_loadBalancer_orders_load_balancer.arn}"',
    );
  });
});
