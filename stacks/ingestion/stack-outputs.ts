import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { mapValues } from "../constructs/object-entries.ts";
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
    this.#addEntrances(props);
    this.#addNames(props);
    this.#addPayloadLimits(props);
    this.#addRequirements(props);
  }

  #addEntrances({ apis, account, namePrefix, vpcEndpointId }: StackOutputsProps): void {
    const host = ({ apiId }: PrivateRestApi) =>
      `${apiId}-${vpcEndpointId}.execute-api.${account.region}.${account.dnsSuffix}`;
    this.#add(
      "api_ids",
      "Id of each API.",
      mapValues(apis, ({ apiId }) => apiId),
    );
    this.#add(
      "api_urls",
      "URL of each API through the VPC endpoint; its host is also Host, SNI and certificate name.",
      mapValues(apis, (api) => `https://${host(api)}/${api.stageName}`),
    );
    this.#add(
      "api_paths",
      "The proxy sends what is at or below these paths to each API, as it is. Where two have the same, the payload's size decides.",
      mapValues(apis, ({ paths }) => paths),
    );
    this.#add("deployment", "Which environment these are the outputs of.", {
      account_id: account.id,
      region: account.region,
      name_prefix: namePrefix,
    });
    this.#add("vpc_endpoint_id", "The VPC endpoint through which alone the APIs answer.", vpcEndpointId);
  }

  #addNames(props: StackOutputsProps): void {
    this.#add(
      "intake_bucket_name",
      "Bucket in which large payloads wait for their outcome.",
      props.intakeBucketName,
    );
    this.#add("documents_bucket_name", "Bucket of the stored documents.", props.documentsBucketName);
    this.#add("queue_url", "Queue that the intake bucket notifies.", props.queueUrl);
    this.#add(
      "dead_letter_queue_url",
      "Queue of the payloads that failed for good.",
      props.deadLetterQueueUrl,
    );
    this.#add("table_name", "Table of records and submissions.", props.tableName);
    this.#add("function_names", "Name of each function.", props.functionNames);
    this.#add("alert_routes", "Who is told of alarms.", props.alertRoutes);
  }

  #addPayloadLimits({ thresholdBytes, maxPayloadBytes }: StackOutputsProps): void {
    this.#add(
      "large_payload_threshold_bytes",
      "From this size on the proxy sends payloads to the large API.",
      thresholdBytes,
    );
    this.#add("max_payload_bytes", "The proxy refuses larger payloads.", maxPayloadBytes);
  }

  #addRequirements(props: StackOutputsProps): void {
    this.#add(
      "required_policies",
      "Policies that the owners of existing dependencies have to attach there, as JSON.",
      props.requiredPolicies,
    );
    this.#add(
      "undetermined_permissions",
      "What existing roles of APIs do beyond their required_policies: their documents do not tell which permissions that takes.",
      props.undeterminedPermissions,
    );
    this.#add(
      "required_settings",
      "Settings that the owners of existing buckets have to keep.",
      props.requiredSettings,
    );
  }

  /** Under its name alone: pipelines and the proxy read it by that. */
  #add(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, name, { description, value }).overrideLogicalId(name);
  }
}
