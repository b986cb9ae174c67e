import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { parseEnvironment } from "../../../env/load-environment.ts";
import type { Environment, EnvironmentApi } from "../../../env/schema.ts";
import type { Json } from "../../../openapi/json.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { IngestionStack } from "../../../stacks/ingestion/ingestion-stack.ts";
import { loadEnvironment, terraformName } from "../../support/environments.ts";
import { type Block, readDocuments, synthesize } from "../../support/synthesize.ts";

const source = readFileSync("__tests__/fixtures/third-api/branches.openapi.json", "utf8");
const branches: EnvironmentApi = {
  name: "branches",
  document: "branches.openapi.json",
  stage: "v1",
  paths: ["/branches", "/portraits"],
  stageVariables: { folder: "approved" },
  throttling: { rateLimit: 10, burstLimit: 20 },
  bindings: {
    "function.branches": { kind: "existing", name: "branch-api" },
    "bucket.portraits": { kind: "existing", name: "branch-portraits" },
    "role.portraitReader": { kind: "existing", name: "portrait-reader" },
  },
};

/** The fixture's document, with texts replaced. */
function documentWith(...replacements: [string, string][]) {
  const text = replacements.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the document has no ${from}`);
    return all.replaceAll(from, () => to);
  }, source);
  return parseDocument(text, "branches");
}

function synthesizeWith(
  changes: Partial<EnvironmentApi> = {},
  document = documentWith(),
  environment: Environment = loadEnvironment("prod"),
) {
  const changed = { ...environment, apis: [...environment.apis, { ...branches, ...changes }] };
  return synthesize(parseEnvironment(environment.name, changed), {
    ...readDocuments(),
    "branches.openapi.json": document,
  });
}

function problemsWith(changes: Partial<EnvironmentApi>, document = documentWith()): string[] {
  try {
    synthesizeWith(changes, document);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split("\n");
  }
}

const prefix = 'env/prod.ts, API "branches" of specs/branches.openapi.json: ';
const unreachable = (path: string, given: string) =>
  `${prefix}the document's path ${path} gets no request: the proxy sends the API what is at or below ${given}. Add the path to paths of the API, or take it out of the document`;
const idle = (path: string) =>
  `${prefix}the document has no path at or below ${path}: correct paths of the API, or the document`;

describe("the paths of a third API", () => {
  it("are told to the proxy by an output, beside those of the two APIs that share theirs", () => {
    expect(synthesizeWith().json.output["api_paths"]?.value).toEqual({
      [SMALL_API]: [SHARED_PATH],
      [LARGE_API]: [SHARED_PATH],
      branches: ["/branches", "/portraits"],
    });
  });

  it.each<[string, readonly string[] | undefined, string[]]>([
    ["only some are given", ["/branches"], [unreachable("/portraits/{branch}", "/branches")]],
    [
      "one is misspelt",
      ["/branch", "/portraits"],
      [idle("/branch"), unreachable("/branches", "/branch, /portraits")],
    ],
    ["one is too many", ["/branches", "/portraits", "/x"], [idle("/x")]],
    [
      "none are given, and the document has more",
      undefined,
      [unreachable("/portraits/{branch}", "/branches")],
    ],
  ])("are found not to be the document's where %s", (_, paths, problems) => {
    const { paths: __, ...without } = branches;
    const environment = loadEnvironment("prod");
    const apis = [...environment.apis, { ...without, ...(paths && { paths: [...paths] }) }];

    const synthesis = () =>
      synthesize(parseEnvironment("prod", { ...environment, apis }), {
        ...readDocuments(),
        "branches.openapi.json": documentWith(),
      });

    expect(synthesis).toThrow(new UserError(problems.join("\n")));
  });

  it("may be any, where the document takes any", () => {
    const document = documentWith(["/portraits/{branch}", "/{branch}"]);

    expect(problemsWith({ paths: ["/branches", "/anything"] }, document)).toEqual([]);
  });

  it("lead to no path /, which no API can have for itself", () => {
    const document = documentWith(['"/portraits/{branch}"', '"/"']);

    expect(problemsWith({ paths: ["/branches"] }, document)).toEqual([
      `${prefix}the proxy sends no request to the document's path /: take it out of the document`,
    ]);
  });

  it("must not be ones that the document of the small API has, which would get no request there", () => {
    const documents = readDocuments();
    const file = `${SMALL_API}.openapi.json`;
    const small = documents[file];
    const environment = loadEnvironment("prod");
    const apis = [...environment.apis, branches];
    const paths: Record<string, Json> = { ...small?.paths };
    const taken = {
      ...documents,
      "branches.openapi.json": documentWith(),
      [file]: {
        ...small,
        openapi: "3.0.1",
        paths: { ...paths, "/portraits": paths[SHARED_PATH] ?? {} },
      },
    };

    expect(() => synthesize(parseEnvironment("prod", { ...environment, apis }), taken)).toThrow(
      `env/prod.ts, API "${SMALL_API}" of specs/${file}: the document's path /portraits gets no request: /portraits belongs to another API`,
    );
  });
});

describe("the stage variables of a third API", () => {
  it("are a Terraform variable with the rules of AWS, and the stage's alone", () => {
    const { json, variableValues } = synthesizeWith();
    const stages = Object.entries(json.resource["aws_api_gateway_stage"] ?? {});

    expect(variableValues["branches_stage_variables"]).toEqual({ folder: "approved" });
    expect(json.variable["branches_stage_variables"]).toMatchObject({
      type: "map(string)",
      nullable: false,
      validation: [
        { condition: expect.stringContaining("keys(var.branches_stage_variables)") },
        { condition: expect.stringContaining("values(var.branches_stage_variables)") },
        { condition: "${length(var.branches_stage_variables) <= 100}" },
      ],
    });
    expect(stages.map(([name, { variables }]) => [name, variables])).toEqual(
      [
        ["apis_branches_stage", "${var.branches_stage_variables}"],
        [`apis_${terraformName(LARGE_API)}_stage`, undefined],
        [`apis_${terraformName(SMALL_API)}_stage`, undefined],
      ].toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    );
  });

  it("leave no trace where there are none", () => {
    const document = documentWith(["/${stageVariables.folder}", ""]);
    const without = synthesizeWith({ stageVariables: {} }, document);

    expect(without.text).not.toContain("stage_variables");
    expect(without.json.resource["aws_api_gateway_stage"]?.["apis_branches_stage"]?.["variables"]).toBe(
      undefined,
    );
  });

  it("must have what the document's URIs need", () => {
    expect(problemsWith({ stageVariables: { other: "x" } })).toEqual([
      `${prefix}the document needs the stage variable "folder": set it in stageVariables of the API`,
    ]);
  });

  it("choose the alias of a function, which then gets its permission", () => {
    const document = documentWith(["{{function.branches}}", "{{function.branches}}:${stageVariables.alias}"]);

    const { json } = synthesizeWith({ stageVariables: { folder: "a", alias: "live" } }, document);

    expect(json.resource["aws_lambda_permission"]?.["apis_branches_invoke_branches_alias"]).toMatchObject({
      qualifier: "${var.branches_stage_variables.alias}",
    });
  });
});

describe("functions of a third API that stage variables name", () => {
  const named = (name: string) =>
    synthesizeWith(
      {
        stageVariables: { folder: "a", fn: "branch-api", alias: "live" },
        bindings: withoutFunction,
      },
      documentWith([
        "{{function.branches}}",
        `arn:{{partition}}:lambda:{{region}}:{{account}}:function:${name}`,
      ]),
    ).json.resource["aws_lambda_permission"];
  const { "function.branches": _, ...withoutFunction } = branches.bindings;

  it("get a permission each, by what the stage will be given", () => {
    expect(named("${stageVariables.fn}")?.["apis_branches_permit_fn"]).toMatchObject({
      action: "lambda:InvokeFunction",
      function_name: "${var.branches_stage_variables.fn}",
      principal: "apigateway.amazonaws.com",
      source_arn: "${aws_api_gateway_rest_api.apis_branches_api.execution_arn}/${var.branches_stage_name}/*",
    });
    expect(
      named("branches-${stageVariables.fn}:${stageVariables.alias}")?.[
        "apis_branches_permit_branches_fn_at_alias"
      ],
    ).toMatchObject({
      function_name: "branches-${var.branches_stage_variables.fn}",
      qualifier: "${var.branches_stage_variables.alias}",
    });
  });

  it("are what a role may invoke that calls them", () => {
    const uri = "arn:{{partition}}:lambda:{{region}}:{{account}}:function:${stageVariables.fn}";
    const { json } = synthesizeWith(
      { stageVariables: { folder: "a", fn: "branch-api" }, bindings: withoutFunction },
      documentWith(
        ["{{function.branches}}", uri],
        ['"type": "aws_proxy"', '"type": "aws_proxy", "credentials": "{{role.portraitReader}}"'],
      ),
    );
    const policies: Record<string, string> = json.output["required_policies"]?.value;

    expect(JSON.parse(policies["branches-role-portraitReader"] ?? "{}").Statement).toContainEqual({
      Sid: "LambdaInvokeFunction",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: [
        "arn:${data.aws_partition.account_partition.partition}:lambda:${var.region}:${var.account_id}:function:${var.branches_stage_variables.fn}",
      ],
    });
  });
});

describe("a role of a third API that a stage variable names", () => {
  it("needs what its integrations do, told by the variable", () => {
    const { "role.portraitReader": _, ...bindings } = branches.bindings;
    const { json } = synthesizeWith(
      { bindings, stageVariables: { folder: "a", reader: "portrait-reader" } },
      documentWith([
        "{{role.portraitReader}}",
        "arn:{{partition}}:iam::{{account}}:role/${stageVariables.reader}",
      ]),
    );
    const policies: Record<string, string> = json.output["required_policies"]?.value;

    expect(JSON.parse(policies["branches-role-reader"] ?? "{}").Statement).toMatchObject([
      { Action: "s3:GetObject" },
    ]);
  });
});

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
        "In the API branches, ARN of what {{function.branches}} stands for, in another account or region.",
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
      "no value for {{queue.orders}}; what queue.orders is bound to has no value for this account, only parts such as {{queue.orders.arn}}: import the document with --foreign keep",
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

describe("what existing roles of a third API need", () => {
  const required = ({ json }: ReturnType<typeof synthesize>) => {
    const value: Record<string, string> = json.output["required_policies"]?.value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name.startsWith("branches-"))
        .map(([name, policy]) => [name, JSON.parse(policy).Statement as Block[]]),
    );
  };
  const undetermined = ({ json }: ReturnType<typeof synthesize>) =>
    json.output["undetermined_permissions"]?.value;
  const ownAccount = { StringEquals: { "aws:ResourceAccount": "${var.account_id}" } };
  const portraits = "${data.aws_s3_bucket.apis_branches_bucket_portraits_bucket_bucket.bucket}";
  const partition = "${data.aws_partition.account_partition.partition}";

  it("is a policy for exactly what its integrations do", () => {
    const stack = synthesizeWith();

    expect(required(stack)).toEqual({
      "branches-role-portraitReader": [
        {
          Sid: "S3GetObject",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: [`arn:${partition}:s3:::${portraits}/*`],
          Condition: ownAccount,
        },
      ],
    });
    expect(undetermined(stack)).toEqual({
      "branches-role-portraitReader": ["uses the KMS key of bucket.portraits, if one encrypts it"],
    });
  });

  it("has the stack's own key for the stack's own buckets", () => {
    const bindings = { ...branches.bindings, "bucket.portraits": "documentsBucket" as const };
    const stack = synthesizeWith({ bindings }, documentWith(["/${stageVariables.folder}/", "/portraits/"]));

    expect(required(stack)["branches-role-portraitReader"]).toEqual([
      {
        Sid: "S3GetObject",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: [`arn:${partition}:s3:::\${data.aws_s3_bucket.documents_bucket.bucket}/portraits/*`],
        Condition: ownAccount,
      },
      {
        Sid: "UseKeyForObjects",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: "${data.aws_kms_key.encryption_key.arn}",
        Condition: { StringEquals: { "kms:ViaService": ["s3.${var.region}.amazonaws.com"] } },
      },
    ]);
    expect(undetermined(stack)).toEqual({});
  });

  it("says in words what the document does not tell", () => {
    const document = documentWith([
      '"requestParameters": {',
      `"requestParameters": { "integration.request.querystring.versionId": "'7'",`,
    ]);
    const stack = synthesizeWith({}, document);

    expect(required(stack)).toEqual({});
    expect(undetermined(stack)).toEqual({
      "branches-role-portraitReader": [
        `GET /portraits/{branch} calls arn:${partition}:apigateway:\${var.region}:s3:path/${portraits}/$\${stageVariables.folder}/{branch}`,
      ],
    });
  });

  it("is nothing for a role of the stack, whose needs are told by its own name", () => {
    const bindings = { ...branches.bindings, "role.portraitReader": "documentReaderRole" as const };

    expect(required(synthesizeWith({ bindings }))).toEqual({});
  });

  it.each(["dev", "test", "uat", "prod"])(
    "is nothing in %s, whose documents use the stack's roles",
    (name) => {
      const { output } = synthesize(loadEnvironment(name)).json;

      expect(output["undetermined_permissions"]?.value).toEqual({});
    },
  );
});

describe(IngestionStack, () => {
  it("says which environment its outputs are of, by what can be overridden", () => {
    expect(synthesizeWith().json.output["deployment"]?.value).toEqual({
      account_id: "${var.account_id}",
      region: "${var.region}",
      name_prefix: "${var.name_prefix}",
    });
  });
});
