import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { parseEnvironment } from "../../../env/load-environment.ts";
import type { Json } from "../../../openapi/json.ts";
import { IngestionStack } from "../../../stacks/ingestion/ingestion-stack.ts";
import { loadEnvironment, terraformName } from "../../support/environments.ts";
import { type Block, readDocuments, synthesize } from "../../support/synthesize.ts";

import { branches, documentWith, prefix, problemsWith, synthesizeWith } from "./third-api.ts";

const unreachable = (path: string, given: string) =>
  `${prefix}the document's path ${path} is not at or below ${given}, so the proxy sends it no requests. Add the path to paths of the API, or remove it from the document`;
const idle = (path: string) =>
  `${prefix}the document has no path at or below ${path}: remove ${path} from paths of the API, or correct the document`;

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
      `${prefix}the proxy sends no requests to the document's path /: remove the path from the document`,
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
      `env/prod.ts, API "${SMALL_API}" of specs/${file}: the document's path /portraits gets no requests, because /portraits belongs to another API: rename the path`,
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
