import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { AwsAccount } from "../constructs/aws-account.ts";
import type { PrivateRestApi } from "./private-rest-api.ts";

export interface StackOutputsProps {
  readonly account: AwsAccount;
  readonly namePrefix: string;
  readonly apis: Readonly<Record<string, PrivateRestApi>>;
  readonly vpcEndpointId: string;
  readonly intakeBucketName: string;
  readonly documentsBucketName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly tableName: string;
  readonly functionNames: Readonly<Record<string, string>>;
  /** Who is told of alarms, as a sentence. */
  readonly alertRoutes: string;
  readonly thresholdBytes: number;
  readonly maxPayloadBytes: number;
  /** Policies that the owners of existing dependencies have to attach there, as JSON by the dependency's name. */
  readonly requiredPolicies: Readonly<Record<string, string>>;
  /** What such roles do besides, in words: the documents of their APIs do not tell which permissions that takes. */
  readonly undeterminedPermissions: Readonly<Record<string, readonly string[]>>;
  /** The same for settings of existing buckets, as sentences. */
  readonly requiredSettings: Readonly<Record<string, string>>;
}

/** What the proxy, operators and the owners of existing dependencies need to know. */
export class StackOutputs extends Construct {
  constructor(scope: Construct, id: string, props: StackOutputsProps) {
    super(scope, id);
    const output = (name: string, description: string, value: unknown) =>
      new TerraformOutput(this, name, { description, value }).overrideLogicalId(name);
    const forEachApi = (value: (api: PrivateRestApi) => string) =>
      Object.fromEntries(Object.entries(props.apis).map(([name, api]) => [name, value(api)]));

    output(
      "api_ids",
      "Id of each API.",
      forEachApi((api) => api.apiId),
    );
    output(
      "api_urls",
      "URL of each API through the VPC endpoint; its host is also Host, SNI and certificate name.",
      forEachApi(
        ({ apiId, stageName }) =>
          `https://${apiId}-${props.vpcEndpointId}.execute-api.${props.account.region}.${props.account.dnsSuffix}/${stageName}`,
      ),
    );
    output(
      "api_paths",
      "The proxy sends what is at or below these paths to each API, as it is. Where two have the same, the payload's size decides.",
      Object.fromEntries(Object.entries(props.apis).map(([name, { paths }]) => [name, paths])),
    );
    output("deployment", "Which environment these are the outputs of.", {
      account_id: props.account.id,
      region: props.account.region,
      name_prefix: props.namePrefix,
    });
    output("vpc_endpoint_id", "The VPC endpoint through which alone the APIs answer.", props.vpcEndpointId);
    output(
      "intake_bucket_name",
      "Bucket in which large payloads wait for their outcome.",
      props.intakeBucketName,
    );
    output("documents_bucket_name", "Bucket of the stored documents.", props.documentsBucketName);
    output("queue_url", "Queue that the intake bucket notifies.", props.queueUrl);
    output("dead_letter_queue_url", "Queue of the payloads that failed for good.", props.deadLetterQueueUrl);
    output("table_name", "Table of records and submissions.", props.tableName);
    output("function_names", "Name of each function.", props.functionNames);
    output("alert_routes", "Who is told of alarms.", props.alertRoutes);
    output(
      "large_payload_threshold_bytes",
      "From this size on the proxy sends payloads to the large API.",
      props.thresholdBytes,
    );
    output("max_payload_bytes", "The proxy refuses larger payloads.", props.maxPayloadBytes);
    output(
      "required_policies",
      "Policies that the owners of existing dependencies have to attach there, as JSON.",
      props.requiredPolicies,
    );
    output(
      "undetermined_permissions",
      "What existing roles of APIs do beyond their required_policies: their documents do not tell which permissions that takes.",
      props.undeterminedPermissions,
    );
    output(
      "required_settings",
      "Settings that the owners of existing buckets have to keep.",
      props.requiredSettings,
    );
  }
}
