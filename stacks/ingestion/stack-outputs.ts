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
  /** Who receives alarms, as a sentence. */
  readonly alertRoutes: string;
  readonly thresholdBytes: number;
  readonly maxPayloadBytes: number;
  /** The policy for the role of the operators, as JSON. */
  readonly operatorPolicy: string;
  /** Policies that the owners of existing resources must attach, as JSON by resource. */
  readonly requiredPolicies: Readonly<Record<string, string>>;
  /** Further permissions of such roles, in words: the documents of their APIs do not determine them. */
  readonly undeterminedPermissions: Readonly<Record<string, readonly string[]>>;
  /** Permissions that the owners of resources in other accounts must grant, as JSON by API and resource. */
  readonly externalPermissions: Readonly<Record<string, string>>;
  /** The same for settings of existing buckets, as sentences. */
  readonly requiredSettings: Readonly<Record<string, string>>;
}

/** Outputs for the proxy, the operators and the owners of existing resources. */
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
      "URL of each API through the VPC endpoint. Use its host as the Host header and as the SNI name. The certificate is valid for this name.",
      mapValues(apis.byName, (api) => `https://${host(api)}/${api.stageName}`),
    );
    this.#add(
      "api_paths",
      "Paths that the proxy sends to each API, with everything below them. If two APIs have the same path, the payload's size decides.",
      mapValues(apis.byName, ({ paths }) => paths),
    );
    this.#add("deployment", "Account, region and name prefix of the environment.", {
      account_id: account.id,
      region: account.region,
      name_prefix: namePrefix,
    });
    this.#add("vpc_endpoint_id", "Id of the VPC endpoint through which the APIs are called.", endpoint.id);
  }

  #addNames(props: StackOutputsProps): void {
    const { intake, documents, queue, deadLetterQueue, table } = props.storage;
    const { functions } = props.processing;
    this.#add(
      "intake_bucket_name",
      "Name of the intake bucket, in which large payloads wait for processing.",
      intake.name,
    );
    this.#add(
      "documents_bucket_name",
      "Name of the documents bucket, which stores the documents of records.",
      documents.name,
    );
    this.#add(
      "queue_url",
      "URL of the intake queue, which receives the events of the intake bucket.",
      queue.url,
    );
    this.#add(
      "dead_letter_queue_url",
      "URL of the dead-letter queue, which receives the events of payloads that the queue function could not process.",
      deadLetterQueue.url,
    );
    this.#add("table_name", "Name of the table with records and submissions.", table.name);
    this.#add("function_names", "Name of each function.", {
      api: functions["api-function"].functionName,
      queue: functions["queue-function"].functionName,
      sweep: functions["sweep-function"].functionName,
      ...(props.notifierFunctionName !== undefined && { notifier: props.notifierFunctionName }),
    });
    this.#add("alert_routes", "Who receives alarms.", props.alertRoutes);
  }

  #addPayloadLimits({ thresholdBytes, maxPayloadBytes }: StackOutputsProps): void {
    this.#add(
      "large_payload_threshold_bytes",
      "Size in bytes from which the proxy sends payloads to the large API.",
      thresholdBytes,
    );
    this.#add(
      "max_payload_bytes",
      "Largest payload in bytes. The proxy refuses larger ones.",
      maxPayloadBytes,
    );
  }

  #addRequirements(props: StackOutputsProps): void {
    this.#add("operator_policy", "Policy for the role of the operators, as JSON.", props.operatorPolicy);
    this.#add(
      "required_policies",
      "Policies that the owners of existing resources must attach: for each resource, a policy as JSON.",
      props.requiredPolicies,
    );
    this.#add(
      "undetermined_permissions",
      "Permissions that existing roles of APIs need in addition to required_policies. The OpenAPI documents do not determine them, so they are described in words.",
      props.undeterminedPermissions,
    );
    // Most stacks use no resources of other accounts.
    if (Object.keys(props.externalPermissions).length > 0) {
      this.#add(
        "external_permissions",
        "Permissions that the owners of resources in other accounts must grant, as JSON. For a function, it is the input of aws lambda add-permission. For any other resource, it is a resource policy.",
        props.externalPermissions,
      );
    }
    this.#add(
      "required_settings",
      "Settings that the owners of existing resources must keep.",
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
    this.#add("next_steps", "Manual steps after an apply.", nextSteps({ choices, asked }));
  }

  /** Under its name alone: pipelines and the proxy read it by that. */
  #add(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, name, { description, value }).overrideLogicalId(name);
  }
}
