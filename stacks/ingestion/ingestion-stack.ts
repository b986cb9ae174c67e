import { TerraformAsset } from "cdktf";
import type { Construct } from "constructs";
import { functionRuntime } from "../../contract/aws-provider-versions.ts";
import type { FunctionPart } from "../../contract/function-parts.ts";
import { type ResourceNames, resourceNames } from "../../contract/resource-names.ts";
import type { Environment } from "../../env/schema.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { AddressedStack } from "../constructs/addressed-stack.ts";
import { AwsAccount } from "../constructs/aws-account.ts";
import { EncryptionKey } from "../constructs/encryption-key.ts";
import { configureBackend } from "../constructs/terraform-backend.ts";
import {
  declareEnvironmentVariables,
  type EnvironmentVariables,
} from "../variables/environment-variables.ts";
import { DocumentsBucket } from "./documents-bucket.ts";
import { ExecuteApiEndpoint } from "./execute-api-endpoint.ts";
import { functionSettings } from "./function-settings.ts";
import { GatewayLogging } from "./gateway-logging.ts";
import { IngestionRoles } from "./ingestion-roles.ts";
import { IntakeBucket } from "./intake-bucket.ts";
import { IntakeEventSource } from "./intake-event-source.ts";
import { IntakeQueue } from "./intake-queue.ts";
import { addObservation } from "./observation/add-observation.ts";
import { AlertRoutes, describeAlertRoutes } from "./observation/alert-routes.ts";
import { operatorPolicy } from "./operator-permissions.ts";
import { PrivateApis } from "./private-apis.ts";
import { RecordsTable } from "./records-table.ts";
import { requiredPolicies, requiredSettings } from "./required-policies.ts";
import { type PermissionTargets, permissionTargets } from "./role-permissions.ts";
import { ServiceFunction } from "./service-function.ts";
import { StackOutputs } from "./stack-outputs.ts";
import type { Gateway, Processing, Storage } from "./stack-parts.ts";
import { SweepSchedule } from "./sweep-schedule.ts";

export interface IngestionStackProps {
  readonly environment: Environment;
  /** Documents of `specs/` by file name. */
  readonly documents: Readonly<Record<string, OpenApiDocument>>;
  /** The built functions: path of the zip file and its SHA-256. */
  readonly bundle: { readonly path: string; readonly sha256Base64: string };
}

/** Everything of one environment: private APIs, and what an item passes on its way behind them. */
export class IngestionStack extends AddressedStack {
  /** Values of the stack's variables, to be written to `<stack>.auto.tfvars.json`. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly #environment: Environment;
  readonly #variables: EnvironmentVariables;
  readonly #account: AwsAccount;
  readonly #names: ResourceNames;
  readonly #roles: IngestionRoles;
  readonly #targets: PermissionTargets;

  constructor(scope: Construct, id: string, { environment, documents, bundle }: IngestionStackProps) {
    super(scope, id, environment.awsProviderVersion);
    configureBackend(this, environment.backend);
    this.#environment = environment;
    this.#variables = declareEnvironmentVariables(this, environment);
    this.variableValues = this.#variables.values;
    this.#account = new AwsAccount(this, "account", this.#variables);
    this.#names = resourceNames(this.#variables.namePrefix);
    this.#roles = this.#addRoles();
    this.#targets = this.#addKey();
    this.#roles.permit(this.#targets);

    const storage = this.#addStorage();
    const processing = this.#addProcessing(storage, bundle);
    const gateway = this.#addGateway(storage, processing, documents);
    const alertRoutes = this.#addAlertRoutes(processing);
    this.#addObservation(storage, processing, gateway, alertRoutes);
    this.#addOutputs(storage, processing, gateway, alertRoutes);
  }

  #addRoles(): IngestionRoles {
    return new IngestionRoles(this, "roles", {
      kinds: this.#environment.roles,
      names: {
        gatewayWriter: this.#variables.roles.gatewayWriter.name,
        documentReader: this.#variables.roles.documentReader.name,
        apiFunction: this.#variables.roles.apiFunction.name,
        queueFunction: this.#variables.roles.queueFunction.name,
        sweepFunction: this.#variables.roles.sweepFunction.name,
      },
    });
  }

  /** What the roles act on, with the key that encrypts it. The key's own policy is about the rest. */
  #addKey(): PermissionTargets {
    const targetsBeforeKey = permissionTargets(this.#account, this.#variables, {
      keepsDeleted: this.#environment.retention.deletedDocumentDays > 0,
    });
    const key = new EncryptionKey(this, "encryption", {
      account: this.#account,
      namePrefix: this.#variables.namePrefix,
      encryption: this.#variables.encryption,
      intakeBucketArn: targetsBeforeKey.intakeBucketArn,
      roleGrants: this.#roles.keyGrants("existing", targetsBeforeKey),
      forAlerts: this.#environment.alerts.kind === "routed",
    });
    return { ...targetsBeforeKey, keyArn: key.arn };
  }

  #addStorage(): Storage {
    const { keyArn, intakeBucketArn, documentsBucketArn } = this.#targets;
    const variables = this.#variables;
    const { intake: ofIntake } = this.#environment.buckets;
    const shared = { region: this.#account.region, keyArn, deletionProtection: variables.deletionProtection };
    const intake = new IntakeBucket(this, "intake", {
      ...shared,
      kind: ofIntake.kind,
      name: variables.buckets.intake.name,
      roleGrants: this.#roles.bucketGrants("existing", this.#targets, intakeBucketArn),
      objectDays: variables.retention.intakeObjectDays,
    });
    const documents = new DocumentsBucket(this, "documents", {
      ...shared,
      kind: this.#environment.buckets.documents.kind,
      name: variables.buckets.documents.name,
      roleGrants: this.#roles.bucketGrants("existing", this.#targets, documentsBucketArn),
      nonCurrentDays: variables.retention.nonCurrentDocumentDays,
    });
    const table = new RecordsTable(this, "table", {
      name: this.#names.table,
      keyArn,
      deletionProtection: variables.deletionProtection,
    });
    const { queue, deadLetterQueue } = new IntakeQueue(this, "intake-queue", {
      name: this.#names.queue,
      deadLetterName: this.#names.deadLetterQueue,
      accountId: this.#account.id,
      bucket: intake,
      eventBridge: ofIntake.kind === "existing" && ofIntake.eventBridge,
      keyArn,
      functionTimeoutSeconds: variables.functions.queue.timeoutSeconds,
      batchWindowSeconds: variables.queue.batchWindowSeconds,
      maxReceiveCount: variables.queue.maxReceiveCount,
      retentionDays: variables.queue.retentionDays,
      deadLetterRetentionDays: variables.queue.deadLetterRetentionDays,
    });
    return { intake, documents, table, queue, deadLetterQueue };
  }

  #addProcessing(storage: Storage, { path, sha256Base64 }: IngestionStackProps["bundle"]): Processing {
    const variables = this.#variables;
    const code = new TerraformAsset(this, "functions", { path });
    const runtime = functionRuntime(this.#environment.awsProviderVersion);
    const bundle = { path: code.path, sha256Base64, runtime };
    const settings = functionSettings({ variables, names: this.#names, roles: this.#roles, storage });
    const logRetentionDays = variables.retention.logDays;
    const { keyArn } = this.#targets;
    const add = (part: FunctionPart) =>
      new ServiceFunction(this, part, { ...settings[part], bundle, logRetentionDays, keyArn });
    const api = add("api-function");
    const worker = add("queue-function");
    const { uuid: mappingUuid } = new IntakeEventSource(this, "intake-event-source", {
      queueArn: storage.queue.arn,
      functionArn: worker.arn,
      role: this.#roles.byTask.queueFunction,
      batchSize: variables.queue.batchSize,
      batchWindowSeconds: variables.queue.batchWindowSeconds,
      polling: variables.queue.polling,
    });
    const sweep = add("sweep-function");
    new SweepSchedule(this, "sweep-schedule", {
      name: this.#names.sweepSchedule,
      everyMinutes: variables.sweep.everyMinutes,
      functionArn: sweep.arn,
    });
    const functions = { "api-function": api, "queue-function": worker, "sweep-function": sweep };
    return { bundle, functions, mappingUuid };
  }

  #addGateway(
    storage: Storage,
    { functions }: Processing,
    documents: IngestionStackProps["documents"],
  ): Gateway {
    const account = this.#account;
    const { addresses } = this.#variables.proxy;
    const endpoint = new ExecuteApiEndpoint(this, "endpoint", {
      namePrefix: this.#variables.namePrefix,
      region: account.region,
      vpcEndpoint: this.#variables.vpcEndpoint,
      proxyAddresses: addresses === "any" ? ["0.0.0.0/0"] : addresses,
    });
    new GatewayLogging(this, "gateway", { roleName: this.#variables.roles.gatewayLogging.name });
    const part = (value: string, name = value) => ({ value, name });
    const rolePart = (task: "gatewayWriter" | "documentReader") =>
      part(this.#roles.byTask[task].arn, this.#variables.roles[task].name);
    const apis = new PrivateApis(this, "apis", {
      environmentName: this.#environment.name,
      apis: this.#environment.apis,
      documents,
      variables: this.#variables,
      names: this.#names,
      account,
      vpcEndpointId: endpoint.id,
      proxyAddresses: this.#environment.proxy.addresses,
      stackParts: {
        gatewayWriterRole: rolePart("gatewayWriter"),
        documentReaderRole: rolePart("documentReader"),
        intakeBucket: part(storage.intake.name),
        documentsBucket: part(storage.documents.name),
        apiFunction: part(functions["api-function"].arn, this.#names.apiFunction),
        vpcEndpoint: part(endpoint.id),
      },
      failOnWarnings: this.#environment.failOnWarnings,
      keyArn: this.#targets.keyArn,
    });
    endpoint.allow(apis.executionArns);
    return { endpoint, apis };
  }

  /** Who is told of alarms; nobody, where the environment says so. */
  #addAlertRoutes({ bundle }: Processing): AlertRoutes | undefined {
    const { alerts, namePrefix, retention, queue } = this.#variables;
    const { logDays: logRetentionDays } = retention;
    const { deadLetterRetentionDays } = queue;
    if (alerts.kind === "none") return undefined;
    return new AlertRoutes(this, "alerts", {
      account: this.#account,
      names: this.#names,
      namePrefix,
      alerts,
      keyArn: this.#targets.keyArn,
      bundle,
      logRetentionDays,
      deadLetterRetentionDays,
    });
  }

  #addObservation(
    storage: Storage,
    processing: Processing,
    gateway: Gateway,
    alertRoutes: AlertRoutes | undefined,
  ): void {
    const { namePrefix, alarms: thresholds, sweep } = this.#variables;
    const { everyMinutes: sweepEveryMinutes } = sweep;
    addObservation(this, {
      region: this.#account.region,
      namePrefix,
      storage,
      processing,
      gateway,
      sweepEveryMinutes,
      thresholds,
      notifierDeadLetterQueueName: alertRoutes?.notifier?.deadLetterQueueName,
      topics: alertRoutes?.topics,
    });
  }

  #addOutputs(
    storage: Storage,
    processing: Processing,
    gateway: Gateway,
    alertRoutes: AlertRoutes | undefined,
  ): void {
    new StackOutputs(this, "outputs", {
      account: this.#account,
      namePrefix: this.#variables.namePrefix,
      choices: this.#variables,
      storage,
      processing,
      gateway,
      notifierFunctionName: alertRoutes?.notifier?.functionName,
      alertRoutes: describeAlertRoutes(this.#environment),
      thresholdBytes: this.#variables.payload.thresholdBytes,
      maxPayloadBytes: this.#variables.payload.maxBytes,
      operatorPolicy: operatorPolicy(this.#targets),
      requiredPolicies: {
        ...requiredPolicies(this.#environment, {
          account: this.#account,
          roles: this.#roles,
          targets: this.#targets,
          executionArns: gateway.apis.executionArns,
          proxyAddresses: this.#variables.proxy.addresses,
        }),
        ...alertRoutes?.notifier?.requiredPolicies,
        ...gateway.apis.boundRoles.policies,
      },
      undeterminedPermissions: gateway.apis.boundRoles.undetermined,
      externalPermissions: gateway.apis.externalPermissions,
      requiredSettings: requiredSettings(this.#environment, this.#variables),
    });
  }
}
