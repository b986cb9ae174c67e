import { describe, expect, it } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { LARGE_API, SMALL_API } from "../../../domain/names.ts";
import type { StateResource } from "../../support/deployment.ts";
import { loadEnvironment, terraformName } from "../../support/environments.ts";

const apiNames = [SMALL_API, LARGE_API].map(terraformName);
const { namePrefix } = loadEnvironment("dev");

// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests know the shape of
type Json = any;

/** What the design promises of an applied dev, read from the state: there nothing is unknown any more. */
export function describePromises(getState: () => StateResource[], accountId: string): void {
  const find = (address: string): Json => {
    const found = getState().find((resource) => resource.address === address);
    if (!found) {
      throw new Error(`the state has no ${address}`);
    }
    return found.values;
  };
  const statements = (address: string, name = "policy"): Json[] => JSON.parse(find(address)[name]).Statement;
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:eu-central-1:${accountId}:${resource}`;
  const endpointId = () => find("aws_vpc_endpoint.endpoint_endpoint").id;

  describe("keeps its promises", () => {
    it.each(apiNames)("the API %s is private, and says so in its body and policy", (name) => {
      const api = find(`aws_api_gateway_rest_api.apis_${name}_api`);
      const body = JSON.parse(api.body);

      expect(api.endpoint_configuration).toMatchObject([
        { types: ["PRIVATE"], vpc_endpoint_ids: [endpointId()] },
      ]);
      expect(body.servers[0]["x-amazon-apigateway-endpoint-configuration"]).toEqual({
        vpcEndpointIds: [endpointId()],
      });
      expect(api.binary_media_types ?? []).toEqual(body["x-amazon-apigateway-binary-media-types"] ?? []);
      expect(JSON.parse(api.policy).Statement).toEqual([
        expect.objectContaining({
          Effect: "Allow",
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceVpce": [endpointId()] } },
        }),
        expect.objectContaining({
          Effect: "Deny",
          Resource: "*",
          Condition: { StringNotEquals: { "aws:SourceVpce": [endpointId()] } },
        }),
        expect.objectContaining({
          Effect: "Deny",
          Resource: "*",
          Condition: { NotIpAddress: { "aws:VpcSourceIp": ["10.20.0.128/25"] } },
        }),
      ]);
    });

    it("the document of the large API names the roles and buckets that exist", () => {
      const { paths } = JSON.parse(
        find(`aws_api_gateway_rest_api.apis_${terraformName(LARGE_API)}_api`).body,
      );
      const integrations = Object.values<Json>(paths).flatMap((item) =>
        Object.values<Json>(item).map((operation) => operation["x-amazon-apigateway-integration"]),
      );

      const intake = `${find("aws_s3_bucket.intake_bucket").id}/incoming/`;
      const documents = `${find("aws_s3_bucket.documents_bucket").id}/documents/`;
      const calls = integrations.map(({ credentials, httpMethod, uri }) => ({
        credentials,
        httpMethod,
        folder: /^arn:aws:apigateway:eu-central-1:s3:path\/([^{]*)\{caller\}\//.exec(uri)?.[1],
      }));
      const reader = {
        credentials: find("aws_iam_role.roles_document_reader_role").arn,
        folder: documents,
      };
      const payload = [
        {
          credentials: find("aws_iam_role.roles_gateway_writer_role").arn,
          httpMethod: "PUT",
          folder: intake,
        },
        { ...reader, httpMethod: "GET" },
        { ...reader, httpMethod: "HEAD" },
      ];
      // Plain files go the same ways.
      expect(calls).toEqual(domain.plainFiles ? [...payload, ...payload] : payload);
    });

    it("the endpoint admits these two APIs only, over HTTPS from the proxy's addresses", () => {
      const apis = apiNames.map((name) => find(`aws_api_gateway_rest_api.apis_${name}_api`));

      expect(statements("aws_vpc_endpoint_policy.endpoint_policy")).toEqual([
        expect.objectContaining({
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: apis.map(({ execution_arn }) => `${execution_arn}/*`),
        }),
      ]);
      expect(find("aws_vpc_endpoint.endpoint_endpoint").private_dns_enabled).toBe(false);
      expect(find("aws_security_group.endpoint_security_group").ingress).toMatchObject([
        { cidr_blocks: ["10.20.0.128/25"], from_port: 443, to_port: 443, protocol: "tcp" },
      ]);
    });

    it("the stages log access and traces, and never payloads", () => {
      for (const name of apiNames) {
        const stage = find(`aws_api_gateway_stage.apis_${name}_stage`);
        const [settings] = find(`aws_api_gateway_method_settings.apis_${name}_settings`).settings;

        expect(stage.xray_tracing_enabled).toBe(true);
        expect(JSON.parse(stage.access_log_settings[0].format)).toHaveProperty("extendedRequestId");
        expect(settings).toMatchObject({
          data_trace_enabled: false,
          metrics_enabled: true,
          throttling_rate_limit: 50,
        });
      }
    });

    it.each([
      ["intake", []],
      ["documents", [{ status: "Enabled" }]],
    ])("the bucket %s is private, encrypted and reached over TLS only", (name, versioning) => {
      const bucket = find(`aws_s3_bucket.${name}_bucket`);

      expect(find(`aws_s3_bucket_public_access_block.${name}_public_access_block`)).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(find(`aws_s3_bucket_ownership_controls.${name}_ownership`).rule).toEqual([
        { object_ownership: "BucketOwnerEnforced" },
      ]);
      expect(statements(`aws_s3_bucket_policy.${name}_policy`)).toEqual([
        expect.objectContaining({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, `${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      ]);
      const versioned = getState().filter(
        ({ type, values }) => type === "aws_s3_bucket_versioning" && values["bucket"] === bucket.id,
      );
      expect(
        versioned.map(({ values }) => ({ status: values["versioning_configuration"][0].status })),
      ).toEqual(versioning);
    });

    it("the queue keeps AWS's margins, and only this account's intake bucket may send", () => {
      const queue = find("aws_sqs_queue.intake_queue_queue");
      const deadLetters = find("aws_sqs_queue.intake_queue_dead_letter");
      const queueFunction = find("aws_lambda_function.queue_function_function");

      expect(queue.visibility_timeout_seconds).toBeGreaterThanOrEqual(6 * queueFunction.timeout);
      expect(JSON.parse(queue.redrive_policy)).toEqual({
        deadLetterTargetArn: deadLetters.arn,
        maxReceiveCount: 5,
      });
      expect(deadLetters.message_retention_seconds).toBe(14 * 86_400);
      expect(deadLetters.message_retention_seconds).toBeGreaterThan(queue.message_retention_seconds);
      expect(
        JSON.parse(
          find("aws_sqs_queue_redrive_allow_policy.intake_queue_redrive_allow").redrive_allow_policy,
        ),
      ).toEqual({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] });
      expect(statements("aws_sqs_queue_policy.intake_queue_policy")).toEqual([
        {
          Sid: "BucketNotifications",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: {
            ArnEquals: { "aws:SourceArn": find("aws_s3_bucket.intake_bucket").arn },
            StringEquals: { "aws:SourceAccount": accountId },
          },
        },
        expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ]);
      expect(find("aws_s3_bucket_notification.intake_queue_notification").queue).toMatchObject([
        { queue_arn: queue.arn, events: ["s3:ObjectCreated:*"], filter_prefix: "incoming/" },
      ]);
    });

    it("the queue function is polled for, one message at a time, and reports what failed", () => {
      expect(find("aws_lambda_event_source_mapping.intake_event_source_mapping")).toMatchObject({
        event_source_arn: find("aws_sqs_queue.intake_queue_queue").arn,
        function_arn: find("aws_lambda_function.queue_function_function").arn,
        batch_size: 1,
        function_response_types: ["ReportBatchItemFailures"],
        scaling_config: [{ maximum_concurrency: 10 }],
      });
    });

    it("both functions run the same code with the names of what was created", () => {
      const functions = ["api", "queue", "sweep"].map((name) =>
        find(`aws_lambda_function.${name}_function_function`),
      );

      expect(functions[0].source_code_hash).toBe(functions[1].source_code_hash);
      for (const each of functions) {
        expect(each.environment[0].variables).toMatchObject({
          BUCKET_OWNER: find("aws_dynamodb_table.table_table").arn.split(":")[4],
          INTAKE_BUCKET: find("aws_s3_bucket.intake_bucket").id,
          DOCUMENTS_BUCKET: find("aws_s3_bucket.documents_bucket").id,
          TABLE_NAME: find("aws_dynamodb_table.table_table").name,
        });
        expect(each.code_sha256).toBe(each.source_code_hash);
      }
    });

    it("the writer role puts objects under incoming/ and does nothing else", () => {
      expect(statements("aws_iam_role_policy.roles_gateway_writer_policy")).toEqual([
        {
          Sid: "WriteIntake",
          Effect: "Allow",
          Action: "s3:PutObject",
          Resource: `${find("aws_s3_bucket.intake_bucket").arn}/incoming/*`,
          Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
        },
      ]);
    });

    it("every role is trusted to one service, and what it may do names what was created", () => {
      const created = new Set([
        ...["aws_s3_bucket.intake_bucket", "aws_s3_bucket.documents_bucket"].map(
          (address) => find(address).arn,
        ),
        find("aws_dynamodb_table.table_table").arn,
        find("aws_sqs_queue.intake_queue_queue").arn,
        ...["api", "queue", "sweep"].map((name) =>
          arn("logs", `log-group:/aws/lambda/${namePrefix}-${name}`),
        ),
      ]);
      const policies = getState().filter(({ type }) => type === "aws_iam_role_policy");

      for (const { values } of getState().filter(({ type }) => type === "aws_iam_role")) {
        expect(JSON.parse(values["assume_role_policy"]).Statement).toHaveLength(1);
      }
      expect(policies).toHaveLength(5);
      for (const statement of policies.flatMap(({ values }) => JSON.parse(values["policy"]).Statement)) {
        for (const resource of [statement.Resource].flat()) {
          const base = resource.replace(/(\/(incoming|documents|deleted)\/\*|:\*|\/index\/byGroup)$/, "");
          expect(statement.Sid === "WriteTraces" || created.has(base), JSON.stringify(statement)).toBe(true);
        }
      }
    });

    it("the table survives mistakes, and logs end after the environment's time", () => {
      expect(find("aws_dynamodb_table.table_table")).toMatchObject({
        billing_mode: "PAY_PER_REQUEST",
        point_in_time_recovery: [{ enabled: true }],
        ttl: [{ attribute_name: "expiresAt", enabled: true }],
      });
      const groups = getState().filter(({ type }) => type === "aws_cloudwatch_log_group");
      expect(groups.map(({ values }) => values["retention_in_days"])).toEqual(Array(7).fill(14));
    });
  });
}
