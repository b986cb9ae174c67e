import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { mapValues } from "../constructs/object-entries.ts";
import { type NextStepsProps, nextSteps } from "./next-steps.ts";
import type { PrivateRestApi } from "./private-rest-api.ts";
import type { Gateway, Processing, Storage } from "./stack-parts.ts";

export interface StackOutputsProps {
  readonly account: AwsAccount;
  readonly namePrefix: string;
  readonly choices: NextStepsProps["choices"];
  readonly storage: Storage;
  readonly processing: Processing;
  readonly gateway: Gateway;
  readonly notifierFunctionName: string | undefined;
  /** Who is told of alarms, as a sentence. */
  readonly alertRoutes: string;
  readonly thresholdBytes: number;
  readonly maxPayloadBytes: number;
  /** The policy of a role for those who operate the stack, as JSON. */
  readonly operatorPolicy: string;
  /** Policies that the owners of existing dependencies have to attach there, as JSON by the dependency's name. */
  readonly requiredPolicies: Readonly<Record<string, string>>;
  /** What such roles do besides, in words: the documents of their APIs do not tell which permissions that takes. */
  readonly undeterminedPermissions: Readonly<Record<string, readonly string[]>>;
  /** What owners of things in other accounts have to allow there, as JSON by API and thing. */
  readonly externalPermissions: Readonly<Record<string, string>>;
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
    this.#addNextSteps(props);
  }

  #addEntrances({ account, namePrefix, gateway: { apis, endpoint } }: StackOutputsProps): void {
    const host = ({ apiId }: PrivateRestApi) =>
      `${apiId}-${endpoint.id}.execute-api.${account.region}.${account.dnsSuffix}`;
    this.#add(
      "api_ids",
      "Id of each API.",
      mapValues(apis.byName, ({ apiId }) => apiId),
    );
    this.#add(
      "api_urls",
      "URL of each API through the VPC endpoint; its host is also Host, SNI and certificate name.",
      mapValues(apis.byName, (api) => `https://${host(api)}/${api.stageName}`),
    );
    this.#add(
      "api_paths",
      "The proxy sends what is at or below these paths to each API, as it is. Where two have the same, the payload's size decides.",
      mapValues(apis.byName, ({ paths }) => paths),
    );
    this.#add("deployment", "Which environment these are the outputs of.", {
      account_id: account.id,
      region: account.region,
      name_prefix: namePrefix,
    });
    this.#add("vpc_endpoint_id", "The VPC endpoint through which alone the APIs answer.", endpoint.id);
  }

  #addNames(props: StackOutputsProps): void {
    const { intake, documents, queue, deadLetterQueue, table } = props.storage;
    const { functions } = props.processing;
    this.#add("intake_bucket_name", "Bucket in which large payloads wait for their outcome.", intake.name);
    this.#add("documents_bucket_name", "Bucket of the stored documents.", documents.name);
    this.#add("queue_url", "Queue that the intake bucket notifies.", queue.url);
    this.#add("dead_letter_queue_url", "Queue of the payloads that failed for good.", deadLetterQueue.url);
    this.#add("table_name", "Table of records and submissions.", table.name);
    this.#add("function_names", "Name of each function.", {
      api: functions["api-function"].functionName,
      queue: functions["queue-function"].functionName,
      sweep: functions["sweep-function"].functionName,
      ...(props.notifierFunctionName !== undefined && { notifier: props.notifierFunctionName }),
    });
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
      "operator_policy",
      "Policy of a role for those who operate the stack, as JSON.",
      props.operatorPolicy,
    );
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
    // Most stacks use nothing of other accounts.
    if (Object.keys(props.externalPermissions).length > 0) {
      this.#add(
        "external_permissions",
        "What the owners of what APIs use in other accounts have to allow there, as JSON: of a function the input of aws lambda add-permission, of everything else its policy.",
        props.externalPermissions,
      );
    }
    this.#add(
      "required_settings",
      "Settings that the owners of existing buckets have to keep.",
      props.requiredSettings,
    );
  }

  #addNextSteps({ choices, ...props }: StackOutputsProps): void {
    const asked = {
      required_policies: Object.keys(props.requiredPolicies),
      undetermined_permissions: Object.keys(props.undeterminedPermissions),
      external_permissions: Object.keys(props.externalPermissions),
      required_settings: Object.keys(props.requiredSettings),
    };
    this.#add("next_steps", "What is left to do by hand after an apply.", nextSteps({ choices, asked }));
  }

  /** Under its name alone: pipelines and the proxy read it by that. */
  #add(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, name, { description, value }).overrideLogicalId(name);
  }
}
