import { TerraformAsset, Token } from "cdktf";
import type { Construct } from "constructs";
import type { FunctionVariable, SweepVariable } from "../../contract/function-variables.ts";
import { resourceNames } from "../../contract/resource-names.ts";
import type { Environment } from "../../env/schema.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { AddressedStack } from "../constructs/addressed-stack.ts";
import { AwsAccount } from "../constructs/aws-account.ts";
import { EncryptionKey } from "../constructs/encryption-key.ts";
import { configureBackend } from "../constructs/terraform-backend.ts";
import { declareEnvironmentVariables } from "../variables/environment-variables.ts";
import { DocumentsBucket } from "./documents-bucket.ts";
import { ExecuteApiEndpoint } from "./execute-api-endpoint.ts";
import { GatewayAccount } from "./gateway-account.ts";
import { IntakeBucket } from "./intake-bucket.ts";
import { IntakeEventSource } from "./intake-event-source.ts";
import { IntakeQueue } from "./intake-queue.ts";
import { Alarms } from "./observation/alarms.ts";
import { AlertRoutes } from "./observation/alert-routes.ts";
import { Dashboard } from "./observation/dashboard.ts";
import { LogMetrics } from "./observation/log-metrics.ts";
import { SavedQueries } from "./observation/saved-queries.ts";
import { PrivateApis } from "./private-apis.ts";
import { ProposalFunction } from "./proposal-function.ts";
import { ProposalRoles } from "./proposal-roles.ts";
import { ProposalsTable } from "./proposals-table.ts";
import { requiredPolicies, requiredSettings } from "./required-policies.ts";
import { permissionTargets } from "./role-permissions.ts";
import { StackOutputs } from "./stack-outputs.ts";
import { SweepSchedule } from "./sweep-schedule.ts";

export interface IngestionStackProps {
  readonly environment: Environment;
  /** Documents of `specs/` by file name. */
  readonly documents: Readonly<Record<string, OpenApiDocument>>;
  /** The built functions: path of the zip file and its SHA-256. */
  readonly bundle: { readonly path: string; readonly sha256Base64: string };
}

/** Everything of one environment: two private APIs, and what a proposal passes on its way behind them. */
export class IngestionStack extends AddressedStack {
  /** Values of the stack's variables, to be written to `<stack>.auto.tfvars.json`. */
  readonly variableValues: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, { environment, documents, bundle }: IngestionStackProps) {
    super(scope, id, environment.awsProviderVersion);
    configureBackend(this, environment.backend);
    const variables = declareEnvironmentVariables(this, environment);
    this.variableValues = variables.values;
    const account = new AwsAccount(this, "account", variables);
    const names = resourceNames(variables.namePrefix);
    const roles = new ProposalRoles(this, "roles", {
      kinds: environment.roles,
      names: {
        gatewayWriter: variables.gatewayWriterRoleName,
        documentReader: variables.documentReaderRoleName,
        apiFunction: variables.apiFunctionRoleName,
        queueFunction: variables.queueFunctionRoleName,
        sweepFunction: variables.sweepFunctionRoleName,
      },
    });

    const withoutKey = permissionTargets(account, variables);
    const key = new EncryptionKey(this, "encryption", {
      account,
      namePrefix: variables.namePrefix,
      encryption: variables.encryption,
      intakeBucketArn: withoutKey.intakeBucketArn,
      roleGrants: roles.keyGrants("existing", withoutKey),
      forAlerts: environment.alerts.kind === "routed",
    });
    const targets = { ...withoutKey, keyArn: key.arn };
    roles.permit(targets);

    const intake = new IntakeBucket(this, "intake", {
      kind: environment.buckets.intake.kind,
      name: variables.intakeBucketName,
      region: account.region,
      keyArn: key.arn,
      deletionProtection: variables.deletionProtection,
      roleGrants: roles.bucketGrants("existing", targets, targets.intakeBucketArn),
      objectDays: variables.intakeObjectDays,
    });
    const documentsBucket = new DocumentsBucket(this, "documents", {
      kind: environment.buckets.documents.kind,
      name: variables.documentsBucketName,
      region: account.region,
      keyArn: key.arn,
      deletionProtection: variables.deletionProtection,
      roleGrants: roles.bucketGrants("existing", targets, targets.documentsBucketArn),
      nonCurrentDays: variables.nonCurrentDocumentDays,
    });
    const table = new ProposalsTable(this, "table", {
      name: names.table,
      keyArn: key.arn,
      deletionProtection: variables.deletionProtection,
    });
    const { queue, deadLetterQueue } = new IntakeQueue(this, "intake-queue", {
      name: names.queue,
      deadLetterName: names.deadLetterQueue,
      accountId: account.id,
      bucket: intake,
      keyArn: key.arn,
      functionTimeoutSeconds: variables.queueFunctionTimeoutSeconds,
      batchWindowSeconds: variables.batchWindowSeconds,
      maxReceiveCount: variables.maxReceiveCount,
      retentionDays: variables.queueRetentionDays,
      deadLetterRetentionDays: variables.deadLetterRetentionDays,
    });

    const code = new TerraformAsset(this, "functions", { path: bundle.path });
    const shared = {
      bundle: { path: code.path, sha256Base64: bundle.sha256Base64 },
      environment: {
        INTAKE_BUCKET: intake.name,
        DOCUMENTS_BUCKET: documentsBucket.name,
        TABLE_NAME: table.name,
        MAX_PAYLOAD_BYTES: Token.asString(variables.maxPayloadBytes),
        SUBMISSION_RETENTION_DAYS: Token.asString(variables.submissionRetentionDays),
      } satisfies Record<FunctionVariable, string>,
      logRetentionDays: variables.logRetentionDays,
      keyArn: key.arn,
    };
    const api = new ProposalFunction(this, "api-function", {
      ...shared,
      name: names.apiFunction,
      description: "Small proposals, records and submissions, behind the synchronous API",
      handler: "api.handler",
      role: roles.roles.apiFunction,
      memoryMb: variables.apiFunctionMemoryMb,
      timeoutSeconds: variables.apiFunctionTimeoutSeconds,
    });
    const worker = new ProposalFunction(this, "queue-function", {
      ...shared,
      name: names.queueFunction,
      description: "Large proposals, read from the intake bucket",
      handler: "queue.handler",
      role: roles.roles.queueFunction,
      memoryMb: variables.queueFunctionMemoryMb,
      timeoutSeconds: variables.queueFunctionTimeoutSeconds,
    });
    const { uuid: mappingUuid } = new IntakeEventSource(this, "intake-event-source", {
      queueArn: queue.arn,
      functionArn: worker.function.arn,
      role: roles.roles.queueFunction,
      batchSize: variables.batchSize,
      batchWindowSeconds: variables.batchWindowSeconds,
      polling: variables.polling,
    });

    const sweep = new ProposalFunction(this, "sweep-function", {
      ...shared,
      name: names.sweepFunction,
      description: "Queues unprocessed payloads again and removes documents that no record points to",
      handler: "sweep.handler",
      role: roles.roles.sweepFunction,
      memoryMb: variables.sweepFunctionMemoryMb,
      timeoutSeconds: variables.sweepFunctionTimeoutSeconds,
      environment: {
        INTAKE_BUCKET: intake.name,
        DOCUMENTS_BUCKET: documentsBucket.name,
        TABLE_NAME: table.name,
        QUEUE_URL: queue.url,
        UNPROCESSED_AFTER_MINUTES: Token.asString(variables.unprocessedAfterMinutes),
        DOCUMENT_GRACE_DAYS: Token.asString(variables.nonCurrentDocumentDays),
      } satisfies Record<SweepVariable, string>,
    });
    new SweepSchedule(this, "sweep-schedule", {
      name: names.sweepSchedule,
      everyMinutes: variables.sweepEveryMinutes,
      function: sweep.function,
    });

    const endpoint = new ExecuteApiEndpoint(this, "endpoint", {
      namePrefix: variables.namePrefix,
      region: account.region,
      vpcEndpoint: variables.vpcEndpoint,
    });
    const gatewayAccount = new GatewayAccount(this, "gateway", {
      kind: environment.roles.gatewayLogging.kind,
      roleName: variables.gatewayLoggingRoleName,
      account,
    });
    const apis = new PrivateApis(this, "apis", {
      environmentName: environment.name,
      apis: environment.apis,
      documents,
      variables,
      names,
      account,
      vpcEndpointId: endpoint.id,
      parts: {
        gatewayWriterRole: roles.roles.gatewayWriter.arn,
        documentReaderRole: roles.roles.documentReader.arn,
        intakeBucket: intake.name,
        documentsBucket: documentsBucket.name,
        apiFunction: api.function.arn,
        vpcEndpoint: endpoint.id,
      },
      failOnWarnings: environment.failOnWarnings,
      keyArn: key.arn,
      dependsOn: gatewayAccount.ready,
    });
    endpoint.allow(apis.executionArns);

    const alertRoutes =
      variables.alerts.kind === "routed"
        ? new AlertRoutes(this, "alerts", {
            account,
            names,
            namePrefix: variables.namePrefix,
            alerts: variables.alerts,
            keyArn: key.arn,
            bundle: shared.bundle,
            logRetentionDays: variables.logRetentionDays,
            deadLetterRetentionDays: variables.deadLetterRetentionDays,
          })
        : undefined;
    const observed = {
      "api-function": observedFunction(
        api,
        variables.apiFunctionTimeoutSeconds,
        variables.apiFunctionMemoryMb,
      ),
      "queue-function": observedFunction(
        worker,
        variables.queueFunctionTimeoutSeconds,
        variables.queueFunctionMemoryMb,
      ),
      "sweep-function": observedFunction(
        sweep,
        variables.sweepFunctionTimeoutSeconds,
        variables.sweepFunctionMemoryMb,
      ),
    };
    const watched = {
      namePrefix: variables.namePrefix,
      queueName: queue.name,
      deadLetterQueueName: deadLetterQueue.name,
      mappingUuid,
      tableName: table.name,
      functions: observed,
      apis: apis.byName,
      logMetrics: new LogMetrics(this, "log-metrics", {
        apis: apis.byName,
        functions: observed,
        namePrefix: variables.namePrefix,
        proxyLogGroupName: variables.alarms.proxyLogGroupName,
      }),
      sweepEveryMinutes: variables.sweepEveryMinutes,
    };
    const alarms = new Alarms(this, "alarms", {
      ...watched,
      thresholds: variables.alarms,
      notifierDeadLetterQueueName: alertRoutes?.notifier?.deadLetterQueueName,
      topics: alertRoutes?.topics,
    });
    const logGroupNames = {
      functionLogGroupNames: [api, worker, sweep].map(({ logGroupName }) => logGroupName),
      accessLogGroupNames: Object.values(apis.byName).map(({ logGroupName }) => logGroupName),
    };
    new SavedQueries(this, "queries", { namePrefix: variables.namePrefix, ...logGroupNames });
    new Dashboard(this, "dashboard", {
      ...watched,
      region: account.region,
      intakeBucketName: intake.name,
      alarmArns: alarms.arns,
      logGroupNames: Object.values(logGroupNames).flat(),
    });
    new StackOutputs(this, "outputs", {
      account,
      namePrefix: variables.namePrefix,
      apis: apis.byName,
      vpcEndpointId: endpoint.id,
      intakeBucketName: intake.name,
      documentsBucketName: documentsBucket.name,
      queueUrl: queue.url,
      deadLetterQueueUrl: deadLetterQueue.url,
      tableName: table.name,
      functionNames: {
        api: api.function.functionName,
        queue: worker.function.functionName,
        sweep: sweep.function.functionName,
        ...(alertRoutes?.notifier && { notifier: alertRoutes.notifier.functionName }),
      },
      alertRoutes: describeRoutes(environment),
      thresholdBytes: variables.thresholdBytes,
      maxPayloadBytes: variables.maxPayloadBytes,
      requiredPolicies: {
        ...requiredPolicies(environment, { account, roles, targets, executionArns: apis.executionArns }),
        ...alertRoutes?.requiredPolicies,
        ...apis.boundRoles.policies,
      },
      undeterminedPermissions: apis.boundRoles.undetermined,
      requiredSettings: requiredSettings(environment, variables),
    });
  }
}

function observedFunction(
  { function: { functionName }, logGroupName }: ProposalFunction,
  timeoutSeconds: number,
  memoryMb: number,
) {
  return { functionName, logGroupName, timeoutSeconds, memoryMb };
}

/** For whoever wonders why nobody was called. */
function describeRoutes({ alerts }: Environment): string {
  if (alerts.kind === "none") return "None: alarms have no actions, they are seen in CloudWatch alone.";
  const { emails, notifier } = alerts;
  return [
    ...(notifier?.pagerDuty ? ["PagerDuty (urgent)"] : []),
    ...(notifier?.serviceNow ? ["ServiceNow (tickets)"] : []),
    `${emails.length} e-mail ${emails.length === 1 ? "address" : "addresses"} (everything)`,
  ].join(", ");
}
