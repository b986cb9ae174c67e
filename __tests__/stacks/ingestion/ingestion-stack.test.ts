import { readFileSync } from "node:fs";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../contract/user-error.ts";
import { ingestionStackName, LARGE_API, SMALL_API } from "../../../domain/names.ts";
import { createResourcePolicy } from "../../../emulator/api-gateway/resource-policy.ts";
import { parseEnvironment } from "../../../env/load-environment.ts";
import type { Environment } from "../../../env/schema.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { IngestionStack } from "../../../stacks/ingestion/ingestion-stack.ts";
import { loadEnvironment, terraformName, tfeBackend } from "../../support/environments.ts";
import { names, stacks } from "../../support/fixture-stacks.ts";
import { expectRecordedAddresses, withoutMetadata } from "../../support/state-addresses.ts";
import {
  type Block,
  jsonOf,
  readDocuments,
  resource,
  resources,
  type Synthesized,
  statements,
  synthesize,
  types,
} from "../../support/synthesize.ts";

const [small, large] = [terraformName(SMALL_API), terraformName(LARGE_API)];

function problemsOf(synthesis: () => unknown): string {
  try {
    synthesis();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return "";
}

describe(IngestionStack, () => {
  it.each(["dev", "test", "prod"] as const)("has the recorded state addresses in %s", async (name) => {
    await expectRecordedAddresses(stacks[name].json, `ingestion-${name}`);
  });

  it("synthesizes the same for uat and prod, metadata and backend apart", () => {
    const comparable = ({ json }: Synthesized) => {
      const { backend: _, cloud: __, ...terraform } = json.terraform;
      return JSON.parse(
        JSON.stringify({ ...json, terraform }, (key, value) => (key === "//" ? undefined : value)),
      );
    };

    expect(comparable(stacks.uat)).toEqual(comparable(stacks.prod));
    expect(stacks.uat.variableValues).not.toEqual(stacks.prod.variableValues);
    expect(Object.keys(stacks.uat.variableValues)).toEqual(Object.keys(stacks.prod.variableValues));
  });

  it("puts nothing of an account into the configuration of uat and prod", () => {
    for (const name of ["uat", "prod"] as const) {
      const { accountId, vpcEndpoint, buckets, roles, namePrefix, proxy } = loadEnvironment(name);
      const body = JSON.stringify(withoutMetadata(stacks[name].json));

      for (const literal of [
        accountId,
        namePrefix,
        ...(vpcEndpoint.kind === "existing" ? [vpcEndpoint.id] : []),
        ...[proxy.addresses].flat(),
        ...Object.values({ ...buckets, ...roles }).map((each) => each.name),
      ]) {
        expect(body).not.toContain(literal);
      }
    }
  });

  it("refuses two constructs with one state address", () => {
    const addTwins = (stack: IngestionStack) => {
      new SqsQueue(stack, "twin-queue", {});
      new SqsQueue(stack, "twin_queue", {});
    };

    expect(() => synthesize(loadEnvironment("dev"), readDocuments(), addTwins)).toThrow(
      "Two constructs share the address aws_sqs_queue.twin_queue: rename one of them",
    );
  });

  describe("variables", () => {
    it.each(names)("are typed, described, validated and without default in %s", (name) => {
      for (const [variable, block] of Object.entries(stacks[name].json.variable)) {
        expect(block, variable).toMatchObject({
          type: expect.stringMatching(/^(string|number|bool|list\(string\)|map\(string\))$/),
          description: expect.stringMatching(/\.$/),
          nullable: false,
        });
        expect(block, variable).not.toHaveProperty("default");
        // The type of a bool says all.
        if (block["type"] !== "bool") expect(block.validation.length, variable).toBeGreaterThan(0);
        for (const { condition, error_message } of block.validation) {
          expect(condition).toContain(`var.${variable}`);
          expect(error_message).toMatch(new RegExp(`^${variable} (must|needs) .*\\.$`));
        }
      }
    });

    it.each(names)("all have a value, and all are used, in %s", (name) => {
      const { json, variableValues } = stacks[name];
      const { variable, ...rest } = json;
      // Outside of its own declaration; one that only limits another one is used too.
      const isUsed = (each: string) => {
        const others = Object.entries(variable).filter(([other]) => other !== each);
        return new RegExp(`var\\.${each}\\b`).test(JSON.stringify([rest, others]));
      };

      expect(Object.keys(variableValues).sort()).toEqual(Object.keys(variable).sort());
      expect(Object.keys(variable).filter((each) => !isUsed(each))).toEqual([]);
    });
  });

  describe("terraform and provider", () => {
    it("keeps the state where the environment says", () => {
      expect(stacks.dev.json.terraform.backend).toEqual({
        local: { path: `../../../terraform.${ingestionStackName("dev")}.tfstate` },
      });
      const backend = {
        kind: "s3" as const,
        bucket: "states",
        key: "records/test.tfstate",
        region: "eu-west-1" as const,
      };
      const inS3 = synthesize({ ...loadEnvironment("test"), backend }).json.terraform.backend;
      expect(inS3?.["s3"]).toEqual({
        bucket: "states",
        key: "records/test.tfstate",
        region: "eu-west-1",
        encrypt: true,
        use_lockfile: true,
      });
      expect(stacks.prod.json.terraform.cloud).toEqual({
        hostname: "terraform.example.com",
        organization: "example",
        workspaces: { name: tfeBackend("prod").workspace },
      });
    });

    it.each(names)("refuses other accounts and tags everything in %s", (name) => {
      expect(stacks[name].json.provider.aws).toEqual([
        {
          region: "${var.region}",
          allowed_account_ids: ["${var.account_id}"],
          default_tags: [{ tags: "${var.tags}" }],
        },
      ]);
    });

    it.each(["~> 5.100", "~> 6.25"] as const)(
      "takes the provider constraint %s from the environment",
      (version) => {
        const { json } = synthesize({ ...loadEnvironment("dev"), awsProviderVersion: version });

        expect(json.terraform.required_providers["aws"]).toEqual({ source: "hashicorp/aws", version });
        expect(json.terraform.required_version).toBe(">= 1.10.0");
      },
    );
  });

  describe("ownership", () => {
    it("creates nothing that exists already", () => {
      for (const type of [
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_s3_bucket",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_vpc_endpoint",
        "aws_vpc_endpoint_policy",
        "aws_security_group",
        "aws_vpc",
        "aws_kms_key",
      ]) {
        expect(types(stacks.dev).concat(types(stacks.test)), type).toContain(type);
        expect(types(stacks.prod), type).not.toContain(type);
      }
      expect(Object.keys(stacks.prod.json.data).sort()).toEqual([
        "aws_iam_role",
        "aws_kms_key",
        "aws_partition",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
        "aws_vpc_endpoint",
      ]);
    });

    it("owns the notification of an existing intake bucket, and no other part of it", () => {
      const touching = Object.entries(stacks.prod.json.resource).flatMap(([type, blocks]) =>
        Object.values(blocks).flatMap((block) =>
          block.bucket === "${data.aws_s3_bucket.intake_bucket.bucket}" ? [type] : [],
        ),
      );

      expect(touching).toEqual(["aws_s3_bucket_notification"]);
    });

    it("lets the policy of a managed bucket admit the roles of other owners, and only those", () => {
      const policy = statements(resource(stacks.test, "aws_s3_bucket_policy", "documents_policy").policy);

      expect(policy.map(({ Sid }) => Sid)).toEqual([
        "DenyInsecureTransport",
        "ApiFunctionStoreDocuments",
        "ApiFunctionRemoveDocuments",
        "ApiFunctionSeeDocuments",
      ]);
      expect(policy[1]).toMatchObject({
        Effect: "Allow",
        Principal: { AWS: "${data.aws_iam_role.roles_api_function_role.arn}" },
        Action: "s3:PutObject",
        Resource:
          "arn:${data.aws_partition.account_partition.partition}:s3:::${var.documents_bucket_name}/documents/*",
      });
    });

    it("lets the policy of a managed key admit the roles of other owners", () => {
      const policy = statements(resource(stacks.test, "aws_kms_key", "encryption_key").policy);

      expect(policy.map(({ Sid }) => Sid)).toEqual([
        "AccountDecidesByIam",
        "CloudWatchLogs",
        "BucketNotifications",
        "Alarms",
        "UndeliveredAlerts",
        "GatewayWriterEncryptPayloads",
        "ApiFunctionUseKeyForRecords",
        "ApiFunctionEncryptDocuments",
      ]);
      expect(policy.slice(3).every(({ Resource }) => Resource === "*")).toBe(true);
    });

    it.each([
      ["dev", []],
      ["test", ["api-function-role", "gateway-writer-role", "intake-bucket"]],
      [
        "prod",
        [
          "api-function-role",
          "document-reader-role",
          "documents-bucket",
          "gateway-writer-role",
          "intake-bucket",
          "key",
          "notifier-role",
          "queue-function-role",
          "sweep-function-role",
          "vpc-endpoint",
        ],
      ],
    ] as const)("outputs for %s the policies that other owners have to keep", (name, expected) => {
      const required = stacks[name].json.output["required_policies"]?.value as Record<string, string>;

      expect(Object.keys(required).sort()).toEqual(expected);
      for (const policy of Object.values(required)) {
        expect(statements(policy).length).toBeGreaterThan(0);
      }
    });

    it("outputs the settings that the owners of existing dependencies have to keep", () => {
      const settings = (stack: Synthesized) => stack.json.output["required_settings"]?.value;

      expect(settings(stacks.dev)).toEqual({});
      expect(settings(stacks.prod)).toEqual({
        "intake-bucket": expect.stringMatching(/Versioning off.*expire \$\{var\.intake_object_days\} days/),
        "documents-bucket": expect.stringMatching(
          /Versioning on.*No MFA delete.*no Object Lock.*No replication.*after \$\{var\.non_current_document_days\} days.*Nothing else uses the bucket/,
        ),
        "vpc-endpoint":
          'Its security groups allow HTTPS (TCP port 443) only from ${join(", ", var.proxy_addresses)}.',
      });
    });

    it("checks what it looks up", () => {
      const conditions = Object.values(stacks.prod.json.data).flatMap((blocks) =>
        Object.entries(blocks).flatMap(([name, { lifecycle }]) =>
          (lifecycle?.postcondition ?? []).map(({ condition }: Block) => [name, condition]),
        ),
      );
      const trusts = (service: string) =>
        '${anytrue([for statement in flatten([jsondecode(self.assume_role_policy).Statement]) : statement.Effect == "Allow" && ' +
        'length(setintersection(flatten([try(statement.Action, [])]), ["sts:AssumeRole", "sts:*", "*"])) > 0 && ' +
        `contains(flatten([try(statement.Principal.Service, [])]), "${service}")])}`;
      const inRegion = '${strcontains(self.bucket_regional_domain_name, format(".%s.", var.region))}';

      expect(conditions).toEqual([
        ["alerts_role_role", trusts("lambda.amazonaws.com")],
        ["gateway_logging_role", trusts("apigateway.amazonaws.com")],
        ["roles_api_function_role", trusts("lambda.amazonaws.com")],
        ["roles_document_reader_role", trusts("apigateway.amazonaws.com")],
        ["roles_gateway_writer_role", trusts("apigateway.amazonaws.com")],
        ["roles_queue_function_role", trusts("lambda.amazonaws.com")],
        ["roles_sweep_function_role", trusts("lambda.amazonaws.com")],
        [
          "encryption_key",
          '${self.enabled && self.key_usage == "ENCRYPT_DECRYPT" && self.key_spec == "SYMMETRIC_DEFAULT"}',
        ],
        ["documents_bucket", inRegion],
        ["intake_bucket", inRegion],
        ["endpoint_endpoint", '${endswith(self.service_name, format(".%s.execute-api", var.region))}'],
        ["endpoint_endpoint", '${self.state == "available"}'],
      ]);
    });
  });

  describe("apis", () => {
    const apiOf = (stack: Synthesized, name: string) => ({
      api: resource(stack, "aws_api_gateway_rest_api", `apis_${name}_api`),
      deployment: resource(stack, "aws_api_gateway_deployment", `apis_${name}_deployment`),
      stage: resource(stack, "aws_api_gateway_stage", `apis_${name}_stage`),
      settings: resource(stack, "aws_api_gateway_method_settings", `apis_${name}_settings`),
      body: JSON.parse(stack.json.locals[`apis_${name}_body`] ?? ""),
      policy: jsonOf(stack.json.locals[`apis_${name}_policy`] ?? ""),
    });

    it.each([
      ["dev", small, "${aws_vpc_endpoint.endpoint_endpoint.id}"],
      ["dev", large, "${aws_vpc_endpoint.endpoint_endpoint.id}"],
      ["prod", small, "${data.aws_vpc_endpoint.endpoint_endpoint.id}"],
      ["prod", large, "${data.aws_vpc_endpoint.endpoint_endpoint.id}"],
    ] as const)("are private in %s: %s answers through its endpoint only", (name, api, endpoint) => {
      const { api: block, body, policy } = apiOf(stacks[name], api);

      expect(block).toMatchObject({
        endpoint_configuration: { types: ["PRIVATE"], vpc_endpoint_ids: [endpoint] },
        body: `\${local.apis_${api}_body}`,
        policy: `\${local.apis_${api}_policy}`,
        put_rest_api_mode: "overwrite",
        fail_on_warnings: name === "prod",
        binary_media_types: body["x-amazon-apigateway-binary-media-types"] ?? [],
      });
      expect(body.servers).toEqual([
        expect.objectContaining({
          "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds: [endpoint] },
        }),
      ]);
      expect(policy.Statement).toEqual([
        expect.objectContaining({
          Effect: "Allow",
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceVpce": [endpoint] } },
        }),
        expect.objectContaining({
          Effect: "Deny",
          Resource: "*",
          Condition: { StringNotEquals: { "aws:SourceVpce": [endpoint] } },
        }),
        expect.objectContaining({
          Effect: "Deny",
          Resource: "*",
          Condition: { NotIpAddress: { "aws:VpcSourceIp": "${var.proxy_addresses}" } },
        }),
      ]);
    });

    it.each([small, large])(
      "are deployed anew when document, policy or binary types of %s change",
      (name) => {
        const { deployment, body } = apiOf(stacks.dev, name);

        expect(deployment.triggers).toEqual({
          body: `\${sha256(local.apis_${name}_body)}`,
          policy: `\${sha256(local.apis_${name}_policy)}`,
          binary_media_types: (body["x-amazon-apigateway-binary-media-types"] ?? []).join(","),
        });
        expect(deployment.lifecycle).toEqual({ create_before_destroy: true });
      },
    );

    it("log access as JSON and no payload", () => {
      const { stage, settings } = apiOf(stacks.dev, small);
      const format: Record<string, string> = JSON.parse(stage.access_log_settings.format);

      expect(stage.xray_tracing_enabled).toBe(true);
      expect(Object.values(format).every((value) => /^\$context\.[\w.]+$/.test(value))).toBe(true);
      expect(settings).toMatchObject({
        method_path: "*/*",
        settings: {
          data_trace_enabled: false,
          metrics_enabled: true,
          logging_level: "ERROR",
          throttling_rate_limit: `\${var.${small}_throttling_rate_limit}`,
          throttling_burst_limit: `\${var.${small}_throttling_burst_limit}`,
        },
      });
    });

    it("may invoke the functions that their documents name, on their own stage only", () => {
      const { sweep_schedule_permission, ...ofApis } =
        stacks.dev.json.resource["aws_lambda_permission"] ?? {};

      expect(ofApis).toEqual({
        [`apis_${small}_invoke_api`]: expect.objectContaining({
          function_name: "${aws_lambda_function.api_function_function.arn}",
          principal: "apigateway.amazonaws.com",
          source_arn: `\${aws_api_gateway_rest_api.apis_${small}_api.execution_arn}/\${var.${small}_stage_name}/*`,
        }),
      });
    });

    it("are the only ones that a managed endpoint admits", () => {
      const policy = statements(resource(stacks.dev, "aws_vpc_endpoint_policy", "endpoint_policy").policy);

      expect(policy).toEqual([
        expect.objectContaining({
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: [
            `\${aws_api_gateway_rest_api.apis_${small}_api.execution_arn}/*`,
            `\${aws_api_gateway_rest_api.apis_${large}_api.execution_arn}/*`,
          ],
        }),
      ]);
      expect(resource(stacks.dev, "aws_vpc_endpoint", "endpoint_endpoint").private_dns_enabled).toBe(false);
    });

    it("are open to every address only where the environment says so in words", () => {
      const dev = loadEnvironment("dev");
      const open = synthesize({ ...dev, proxy: { ...dev.proxy, addresses: "any" } });
      const ingress = (synthesized: typeof open) =>
        resource(synthesized, "aws_security_group", "endpoint_security_group").ingress;

      const denials = (synthesized: typeof open) =>
        apiOf(synthesized, large)
          .policy["Statement"].filter(({ Effect }: Block) => Effect === "Deny")
          .map(({ Sid }: Block) => Sid);

      expect(ingress(open)).toMatchObject([{ cidr_blocks: ["0.0.0.0/0"] }]);
      expect(open.json.variable).not.toHaveProperty("proxy_addresses");
      expect(denials(open)).toEqual(["DenyElsewhere"]);
      expect(denials(stacks.dev)).toEqual(["DenyElsewhere", "DenyOtherAddresses"]);
      const sourceVpcEndpoint = "${aws_vpc_endpoint.endpoint_endpoint.id}";
      const isLetIn = createResourcePolicy(JSON.stringify(apiOf(open, large).policy));
      expect(isLetIn({ resource: "any", sourceVpcEndpoint, vpcSourceIp: "203.0.113.9" })).toBe(true);
      expect(ingress(stacks.dev)).toMatchObject([{ cidr_blocks: "${var.proxy_addresses}" }]);
    });

    it("refuse at synth more addresses than a resource policy has room for, whatever a reference to them takes", () => {
      const dev = loadEnvironment("dev");
      const addresses = Array.from(
        { length: 400 },
        (_, index) => `203.100.${100 + (index >> 7)}.${100 + (index & 127)}/32`,
      );

      expect(problemsOf(() => synthesize({ ...dev, proxy: { ...dev.proxy, addresses } }))).toMatch(
        /API Gateway accepts 8192; set fewer endpoints and addresses/,
      );
    });

    it("take calls from the proxy alone through an endpoint that others use too", () => {
      const prod = loadEnvironment("prod");
      const open = synthesize({ ...prod, proxy: { ...prod.proxy, addresses: "any" } });
      const required = (synthesized: typeof open, place: "required_policies" | "required_settings") =>
        synthesized.json.output[place]?.["value"]["vpc-endpoint"];

      expect(statements(required(stacks.prod, "required_policies"))).toEqual([
        {
          Sid: "CallTheseApis",
          Effect: "Allow",
          Principal: "*",
          Action: "execute-api:Invoke",
          Resource: [small, large].map(
            (name) => `\${aws_api_gateway_rest_api.apis_${name}_api.execution_arn}/*`,
          ),
          Condition: { IpAddress: { "aws:VpcSourceIp": "${var.proxy_addresses}" } },
        },
      ]);
      expect(statements(required(open, "required_policies"))[0]).not.toHaveProperty("Condition");
      expect(required(open, "required_settings")).toContain("only from the external API proxy");
    });

    it("take a third one from a document and a few lines of configuration", () => {
      const source = readFileSync("__tests__/fixtures/third-api/branches.openapi.json", "utf8");
      const documents = { ...readDocuments(), "branches.openapi.json": parseDocument(source, "branches") };
      const prod = structuredClone(loadEnvironment("prod"));
      prod.apis.push({
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
      });

      const stack = synthesize(parseEnvironment("prod", prod), documents);

      const text = JSON.stringify(apiOf(stack, "branches").body);
      expect(text).toContain(
        "functions/${data.aws_lambda_function.apis_branches_function_branches_function.arn}/invocations",
      );
      expect(text).toContain(
        "s3:path/${data.aws_s3_bucket.apis_branches_bucket_portraits_bucket_bucket.bucket}/$${stageVariables.folder}/{branch}",
      );
      expect(text).toContain("${data.aws_iam_role.apis_branches_role_portraitReader_role_role.arn}");
      const [reader] = Object.entries(stack.json.data["aws_iam_role"] ?? {}).filter(([name]) =>
        name.includes("branches"),
      );
      expect(reader?.[1].lifecycle.postcondition[0].condition).toContain('"apigateway.amazonaws.com"');
      expect(stack.variableValues).toMatchObject({
        branches_function_branches_name: "branch-api",
        branches_bucket_portraits_name: "branch-portraits",
        branches_role_portrait_reader_name: "portrait-reader",
      });
    });

    it("report what is wrong with every document and binding at once", () => {
      const dev = structuredClone(loadEnvironment("dev")) as Environment;
      const [first, second] = dev.apis;
      if (first && second) {
        first.bindings = { "function.api": "apiFunction", "role.unknown": "gatewayWriterRole" };
        delete second.bindings["bucket.intake"];
        dev.apis.push({ ...first, name: "third", document: "missing.openapi.json" });
      }

      const problems = problemsOf(() => synthesize(dev));
      expect(problems).toContain(`API "${SMALL_API}" of specs/${SMALL_API}.openapi.json`);
      expect(problems).toContain("role.unknown");
      expect(problems).toContain(`API "${LARGE_API}" of specs/${LARGE_API}.openapi.json`);
      expect(problems).toContain("bucket.intake");
      expect(problems).toContain('API "third": there is no document specs/missing.openapi.json. Known: ');
    });
  });

  describe("intake", () => {
    it("lets the writer role put objects under incoming/ and nothing else", () => {
      expect(
        statements(resource(stacks.dev, "aws_iam_role_policy", "roles_gateway_writer_policy").policy),
      ).toEqual([
        {
          Sid: "WriteIntake",
          Effect: "Allow",
          Action: "s3:PutObject",
          Resource:
            "arn:${data.aws_partition.account_partition.partition}:s3:::${var.intake_bucket_name}/incoming/*",
          Condition: { StringEquals: { "aws:ResourceAccount": "${var.account_id}" } },
        },
      ]);
    });

    it("adds the use of the key where there is one, through S3 only", () => {
      const required = stacks.prod.json.output["required_policies"]?.value as Record<string, string>;

      expect(statements(required["gateway-writer-role"] ?? "")[1]).toEqual({
        Sid: "EncryptPayloads",
        Effect: "Allow",
        Action: ["kms:GenerateDataKey"],
        Resource: "${data.aws_kms_key.encryption_key.arn}",
        Condition: { StringEquals: { "kms:ViaService": ["s3.${var.region}.amazonaws.com"] } },
      });
    });

    it("keeps the buckets private and their objects encrypted", () => {
      for (const bucket of ["intake", "documents"]) {
        expect(
          resource(stacks.dev, "aws_s3_bucket_public_access_block", `${bucket}_public_access_block`),
        ).toMatchObject({
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
          restrict_public_buckets: true,
        });
        expect(resource(stacks.dev, "aws_s3_bucket_ownership_controls", `${bucket}_ownership`).rule).toEqual({
          object_ownership: "BucketOwnerEnforced",
        });
        expect(
          statements(resource(stacks.dev, "aws_s3_bucket_policy", `${bucket}_policy`).policy)[0],
        ).toMatchObject({
          Effect: "Deny",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        });
      }
      const encryption = (stack: Synthesized) =>
        resource(stack, "aws_s3_bucket_server_side_encryption_configuration", "documents_encryption").rule;
      expect(encryption(stacks.dev)).toEqual([
        { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
      ]);
      expect(encryption(stacks.test)).toEqual([
        {
          apply_server_side_encryption_by_default: {
            kms_master_key_id: "${aws_kms_key.encryption_key.arn}",
            sse_algorithm: "aws:kms",
          },
          bucket_key_enabled: true,
        },
      ]);
    });

    it("versions documents but not payloads, and cleans both up", () => {
      expect(Object.keys(stacks.dev.json.resource["aws_s3_bucket_versioning"] ?? {})).toEqual([
        "documents_versioning",
      ]);
      const rule = (bucket: string) =>
        resource(stacks.dev, "aws_s3_bucket_lifecycle_configuration", `${bucket}_lifecycle`).rule[0];
      expect(rule("intake")).toMatchObject({ expiration: [{ days: "${var.intake_object_days}" }] });
      expect(rule("documents")).toMatchObject({
        noncurrent_version_expiration: [{ noncurrent_days: "${var.non_current_document_days}" }],
        expiration: [{ expired_object_delete_marker: true }],
      });
    });

    it("derives visibility and retention of the queues from the function and the days", () => {
      expect(resource(stacks.dev, "aws_sqs_queue", "intake_queue_queue")).toMatchObject({
        visibility_timeout_seconds:
          "${((6 * var.queue_function_timeout_seconds) + var.batch_window_seconds)}",
        message_retention_seconds: "${(var.queue_retention_days * 86400)}",
        redrive_policy:
          '${jsonencode({"deadLetterTargetArn" = aws_sqs_queue.intake_queue_dead_letter.arn, "maxReceiveCount" = var.max_receive_count})}',
        sqs_managed_sse_enabled: true,
      });
      expect(
        resource(stacks.dev, "aws_sqs_queue_redrive_allow_policy", "intake_queue_redrive_allow"),
      ).toMatchObject({
        queue_url: "${aws_sqs_queue.intake_queue_dead_letter.url}",
        redrive_allow_policy: JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: ["${aws_sqs_queue.intake_queue_queue.arn}"],
        }),
      });
      expect(resource(stacks.test, "aws_sqs_queue", "intake_queue_queue").kms_master_key_id).toBe(
        "${aws_kms_key.encryption_key.arn}",
      );
    });

    it("lets only the bucket of this account notify, once the queue admits it", () => {
      const policy = statements(resource(stacks.dev, "aws_sqs_queue_policy", "intake_queue_policy").policy);

      expect(policy.filter(({ Effect }) => Effect === "Allow")).toEqual([
        expect.objectContaining({
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sqs:SendMessage",
          Condition: {
            ArnEquals: { "aws:SourceArn": "${aws_s3_bucket.intake_bucket.arn}" },
            StringEquals: { "aws:SourceAccount": "${var.account_id}" },
          },
        }),
      ]);
      expect(resource(stacks.dev, "aws_s3_bucket_notification", "intake_queue_notification")).toMatchObject({
        queue: [{ events: ["s3:ObjectCreated:*"], filter_prefix: "incoming/" }],
        depends_on: ["aws_sqs_queue_policy.intake_queue_policy"],
      });
    });

    it("polls with partial batch responses, by concurrency or by provisioned pollers", () => {
      const mapping = (stack: Synthesized) =>
        resource(stack, "aws_lambda_event_source_mapping", "intake_event_source_mapping");

      expect(mapping(stacks.dev)).toMatchObject({
        function_response_types: ["ReportBatchItemFailures"],
        batch_size: "${var.batch_size}",
        scaling_config: { maximum_concurrency: "${var.maximum_concurrency}" },
        depends_on: ["aws_iam_role_policy.roles_queue_function_policy"],
      });
      expect(mapping(stacks.dev)).not.toHaveProperty("provisioned_poller_config");
      expect(mapping(stacks.test)).toMatchObject({
        provisioned_poller_config: {
          minimum_pollers: "${var.minimum_pollers}",
          maximum_pollers: "${var.maximum_pollers}",
        },
      });
      expect(mapping(stacks.test)).not.toHaveProperty("scaling_config");
    });
  });

  describe("functions", () => {
    it("come from one bundle, with one role and one log group each", () => {
      const functions = resources(stacks.dev, "aws_lambda_function");

      expect(functions.map(({ handler }) => handler).sort()).toEqual([
        "api.handler",
        "queue.handler",
        "sweep.handler",
      ]);
      expect(new Set(functions.map(({ filename }) => filename)).size).toBe(1);
      expect(new Set(functions.map(({ role }) => role)).size).toBe(3);
      expect(new Set(functions.map(({ logging_config }) => logging_config.log_group)).size).toBe(3);
      for (const each of functions) {
        expect(each).toMatchObject({
          architectures: ["arm64"],
          source_code_hash: "c2hhMjU2",
          tracing_config: { mode: "Active" },
        });
      }
    });

    it("sweep at a rate, called by nobody but that schedule", () => {
      const rule = resource(stacks.prod, "aws_cloudwatch_event_rule", "sweep_schedule_rule");
      const target = resource(stacks.prod, "aws_cloudwatch_event_target", "sweep_schedule_target");

      expect(rule.schedule_expression).toBe("rate(${var.sweep_every_minutes} minutes)");
      expect(target).toMatchObject({
        rule: "${aws_cloudwatch_event_rule.sweep_schedule_rule.name}",
        arn: "${aws_lambda_function.sweep_function_function.arn}",
      });
      expect(resource(stacks.prod, "aws_lambda_permission", "sweep_schedule_permission")).toMatchObject({
        function_name: "${aws_lambda_function.sweep_function_function.arn}",
        principal: "events.amazonaws.com",
        source_arn: "${aws_cloudwatch_event_rule.sweep_schedule_rule.arn}",
      });
    });

    it("store records in a table that survives mistakes", () => {
      expect(resource(stacks.prod, "aws_dynamodb_table", "table_table")).toMatchObject({
        billing_mode: "PAY_PER_REQUEST",
        hash_key: "pk",
        range_key: "sk",
        global_secondary_index: [
          { name: "byGroup", hash_key: "groupKey", range_key: "groupItem", projection_type: "ALL" },
        ],
        point_in_time_recovery: { enabled: true },
        ttl: { attribute_name: "expiresAt", enabled: true },
        deletion_protection_enabled: "${var.deletion_protection}",
        server_side_encryption: { enabled: true, kms_key_arn: "${data.aws_kms_key.encryption_key.arn}" },
      });
      expect(resource(stacks.dev, "aws_dynamodb_table", "table_table")).not.toHaveProperty(
        "server_side_encryption",
      );
    });
  });

  it("outputs what the proxy and operators need", () => {
    expect(Object.keys(stacks.dev.json.output).sort()).toEqual([
      "alert_routes",
      "api_ids",
      "api_paths",
      "api_urls",
      "dead_letter_queue_url",
      "deployment",
      "documents_bucket_name",
      "function_names",
      "intake_bucket_name",
      "large_payload_threshold_bytes",
      "max_payload_bytes",
      "next_steps",
      "operator_policy",
      "queue_url",
      "required_policies",
      "required_settings",
      "table_name",
      "undetermined_permissions",
      "vpc_endpoint_id",
    ]);
    expect(stacks.dev.json.output["api_urls"]?.value[SMALL_API]).toBe(
      `https://\${aws_api_gateway_rest_api.apis_${small}_api.id}-\${aws_vpc_endpoint.endpoint_endpoint.id}.execute-api.\${var.region}.\${data.aws_partition.account_partition.dns_suffix}/\${var.${small}_stage_name}`,
    );
  });
});
