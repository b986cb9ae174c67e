import type { TerraformStack } from "cdktf";
import type { Environment, EnvironmentApi } from "../../env/schema.ts";
import { eachMatches, matches, TerraformVariables, wholeNumberBetween } from "./terraform-variables.ts";

const CIDR = "^([0-9]{1,3}[.]){3}[0-9]{1,3}/[0-9]{1,2}$";
const CIDR_MESSAGE = "must be IPv4 CIDR blocks such as 10.0.0.0/24.";
const NAME = "must be the name alone, not an ARN.";
const awsId = (prefix: string) => `^${prefix}-[0-9a-f]{8,17}$`;

const queuesExpression = "var.queue_retention_days + var.dead_letter_retention_days";
const outlivesQueues = {
  condition: (reference: string) => `${reference} > ${queuesExpression}`,
  errorMessage: "must be more than queue_retention_days + dead_letter_retention_days.",
};

/** Variables that name or size things in every environment, whatever exists already. */
function declareCommon(variables: TerraformVariables, environment: Environment) {
  const { functions, queue, retention, payload, buckets, roles } = environment;
  const named = (name: string, description: string, value: string, pattern: string) =>
    variables.string(name, { description, value, validations: [matches(pattern, NAME)] });
  const sized = (name: string, description: string, value: number, min: number, max: number) =>
    variables.number(name, { description, value, validations: [wholeNumberBetween(min, max)] });
  const role = (name: string, task: string, value: string) =>
    named(`${name}_role_name`, `Role ${task}.`, value, "^[A-Za-z0-9_+=,.@-]{1,64}$");
  const bucket = (name: string, use: string, value: string) =>
    named(`${name}_bucket_name`, `Bucket ${use}.`, value, "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$");

  return {
    accountId: variables.string("account_id", {
      description: "The only AWS account this configuration may be applied to.",
      value: environment.accountId,
      validations: [matches("^[0-9]{12}$", "must be a 12-digit AWS account id.")],
    }),
    region: variables.string("region", {
      description: "AWS region of everything in this configuration.",
      value: environment.region,
      validations: [matches("^[a-z]{2}(-[a-z]+)+-[0-9]$", "must be an AWS region such as eu-central-1.")],
    }),
    tags: variables.stringMap("tags", {
      description: "Tags of every resource.",
      value: environment.tags,
      validations: [
        {
          condition: (reference) => `length(${reference}) <= 50`,
          errorMessage: "must be at most 50 tags, the limit of AWS.",
        },
      ],
    }),
    namePrefix: variables.string("name_prefix", {
      description: "Begins the name of queues, table, functions, APIs and alarms.",
      value: environment.namePrefix,
      validations: [
        matches("^[a-z][a-z0-9-]{1,30}$", "must be 2 to 31 lower-case letters, digits and hyphens."),
      ],
    }),
    gatewayWriterRoleName: role(
      "gateway_writer",
      "with which API Gateway writes to the intake bucket",
      roles.gatewayWriter.name,
    ),
    documentReaderRoleName: role(
      "document_reader",
      "with which API Gateway reads documents",
      roles.documentReader.name,
    ),
    apiFunctionRoleName: role(
      "api_function",
      "of the function behind the synchronous API",
      roles.apiFunction.name,
    ),
    queueFunctionRoleName: role(
      "queue_function",
      "of the function that reads the intake queue",
      roles.queueFunction.name,
    ),
    gatewayLoggingRoleName: role(
      "gateway_logging",
      "with which API Gateway writes logs, account-wide",
      roles.gatewayLogging.name,
    ),
    intakeBucketName: bucket("intake", "in which large payloads wait for their outcome", buckets.intake.name),
    documentsBucketName: bucket(
      "documents",
      "that keeps the documents of stored proposals",
      buckets.documents.name,
    ),
    thresholdBytes: sized(
      "large_payload_threshold_bytes",
      "From this size on, payloads take the large path.",
      payload.thresholdBytes,
      1,
      6_291_456,
    ),
    maxPayloadBytes: sized(
      "max_payload_bytes",
      "Largest payload that the functions read; API Gateway ends at 10485760.",
      payload.maxBytes,
      1,
      10_485_760,
    ),
    apiFunctionMemoryMb: sized(
      "api_function_memory_mb",
      "Memory of the API function.",
      functions.api.memoryMb,
      128,
      10_240,
    ),
    apiFunctionTimeoutSeconds: sized(
      "api_function_timeout_seconds",
      "Timeout of the API function; API Gateway gives up after 29 seconds.",
      functions.api.timeoutSeconds,
      1,
      29,
    ),
    queueFunctionMemoryMb: sized(
      "queue_function_memory_mb",
      "Memory of the queue function.",
      functions.queue.memoryMb,
      128,
      10_240,
    ),
    queueFunctionTimeoutSeconds: sized(
      "queue_function_timeout_seconds",
      "Timeout of the queue function; the queue's visibility timeout follows it.",
      functions.queue.timeoutSeconds,
      1,
      900,
    ),
    batchSize: sized(
      "batch_size",
      "Messages per invocation of the queue function.",
      queue.batchSize,
      1,
      1_000,
    ),
    batchWindowSeconds: sized(
      "batch_window_seconds",
      "Time to gather a batch.",
      queue.batchWindowSeconds,
      0,
      300,
    ),
    maxReceiveCount: sized(
      "max_receive_count",
      "Receives before a message goes to the dead-letter queue.",
      queue.maxReceiveCount,
      5,
      1_000,
    ),
    queueRetentionDays: sized(
      "queue_retention_days",
      "Retention of the intake queue.",
      queue.retentionDays,
      1,
      13,
    ),
    deadLetterRetentionDays: variables.number("dead_letter_retention_days", {
      description: "Retention of the dead-letter queue, counted from a message's first enqueue time.",
      value: queue.deadLetterRetentionDays,
      validations: [
        wholeNumberBetween(2, 14),
        {
          condition: (reference) => `${reference} > var.queue_retention_days`,
          errorMessage: "must be more than queue_retention_days.",
        },
      ],
    }),
    intakeObjectDays: variables.number("intake_object_days", {
      description: "Days after which an unprocessed object of the intake bucket expires.",
      value: retention.intakeObjectDays,
      validations: [wholeNumberBetween(1, 3_650), outlivesQueues],
    }),
    submissionRetentionDays: variables.number("submission_retention_days", {
      description: "Days for which the outcome of a submission can be read.",
      value: retention.submissionDays,
      validations: [wholeNumberBetween(1, 3_650), outlivesQueues],
    }),
    nonCurrentDocumentDays: sized(
      "non_current_document_days",
      "Days for which replaced or deleted documents are kept.",
      retention.nonCurrentDocumentDays,
      1,
      3_650,
    ),
    logRetentionDays: sized(
      "log_retention_days",
      "Retention of every log group; one of the values CloudWatch Logs offers.",
      retention.logDays,
      1,
      3_653,
    ),
    oldestMessageAlarmSeconds: sized(
      "oldest_message_alarm_seconds",
      "Age of the oldest waiting message that raises an alarm.",
      environment.alarms.oldestMessageSeconds,
      60,
      1_209_600,
    ),
    deletionProtection: variables.boolean("deletion_protection", {
      description: "Whether the table refuses deletion and buckets with objects survive destroy.",
      value: environment.deletionProtection,
      validations: [
        {
          condition: (reference) => `contains([true, false], ${reference})`,
          errorMessage: "must be true or false.",
        },
      ],
    }),
  };
}

function declarePolling(variables: TerraformVariables, { polling }: Environment["queue"]) {
  if (polling.kind === "on-demand") {
    const maximumConcurrency = variables.number("maximum_concurrency", {
      description: "Upper bound of concurrent invocations by the queue.",
      value: polling.maximumConcurrency,
      validations: [wholeNumberBetween(2, 1_000)],
    });
    return { kind: polling.kind, maximumConcurrency };
  }
  const pollers = (bound: "minimum" | "maximum", value: number, max: number) =>
    variables.number(`${bound}_pollers`, {
      description: `The ${bound} number of provisioned pollers.`,
      value,
      validations: [wholeNumberBetween(2, max)],
    });
  return {
    kind: polling.kind,
    minimumPollers: pollers("minimum", polling.minimumPollers, 200),
    maximumPollers: pollers("maximum", polling.maximumPollers, 2_000),
  };
}

function declareVpcEndpoint(variables: TerraformVariables, { vpcEndpoint }: Environment) {
  if (vpcEndpoint.kind === "existing") {
    const id = variables.string("vpc_endpoint_id", {
      description: "Interface endpoint for execute-api through which the APIs are called.",
      value: vpcEndpoint.id,
      validations: [matches(awsId("vpce"), "must look like vpce-0123456789abcdef0.")],
    });
    return { kind: vpcEndpoint.kind, id };
  }
  const allowedCidrBlocks = variables.strings("allowed_cidr_blocks", {
    description: "Who may open a connection to the VPC endpoint.",
    value: vpcEndpoint.allowedCidrBlocks,
    validations: [eachMatches(CIDR, CIDR_MESSAGE)],
  });
  return {
    kind: vpcEndpoint.kind,
    allowedCidrBlocks,
    network: declareNetwork(variables, vpcEndpoint.network),
  };
}

type Network = Extract<Environment["vpcEndpoint"], { kind: "managed" }>["network"];

function declareNetwork(variables: TerraformVariables, network: Network) {
  if (network.kind === "managed") {
    const cidrBlock = variables.string("vpc_cidr_block", {
      description: "Address range of the VPC that the stack creates, /16 to /26.",
      value: network.cidrBlock,
      validations: [matches(CIDR, CIDR_MESSAGE)],
    });
    return { kind: network.kind, cidrBlock };
  }
  return {
    kind: network.kind,
    vpcId: variables.string("vpc_id", {
      description: "VPC in which the stack creates the VPC endpoint.",
      value: network.vpcId,
      validations: [matches(awsId("vpc"), "must look like vpc-0123456789abcdef0.")],
    }),
    subnetIds: variables.strings("subnet_ids", {
      description: "Subnets of the VPC endpoint, one per availability zone.",
      value: network.subnetIds,
      validations: [eachMatches(awsId("subnet"), "must look like subnet-0123456789abcdef0.")],
    }),
  };
}

function declareEncryption(variables: TerraformVariables, { encryption }: Environment) {
  if (encryption.kind !== "existing") {
    return encryption;
  }
  const keyArn = variables.string("key_arn", {
    description: "KMS key that encrypts buckets, queues, table and logs.",
    value: encryption.keyArn,
    validations: [matches("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", "must be the ARN of a KMS key.")],
  });
  return { kind: encryption.kind, keyArn };
}

function declareApi(variables: TerraformVariables, api: EnvironmentApi) {
  const prefix = snakeCase(api.name);
  const limit = (name: string, description: string, value: number, max: number) =>
    variables.number(`${prefix}_${name}`, { description, value, validations: [wholeNumberBetween(1, max)] });
  return {
    stageName: variables.string(`${prefix}_stage_name`, {
      description: `Stage of the API ${api.name}.`,
      value: api.stage,
      validations: [matches("^[A-Za-z0-9_-]{1,128}$", "must be letters, digits, hyphens and underscores.")],
    }),
    throttling: {
      rateLimit: limit(
        "throttling_rate_limit",
        `Requests per second of each method of the API ${api.name}.`,
        api.throttling.rateLimit,
        10_000,
      ),
      burstLimit: limit(
        "throttling_burst_limit",
        `Burst of requests of each method of the API ${api.name}.`,
        api.throttling.burstLimit,
        5_000,
      ),
    },
    /** Names of what the document's placeholders are bound to outside the stack. */
    existing: Object.fromEntries(
      Object.entries(api.bindings).flatMap(([placeholder, binding]) =>
        typeof binding === "string"
          ? []
          : [[placeholder, declareExistingName(variables, api.name, placeholder, binding.name)]],
      ),
    ),
  };
}

function declareExistingName(variables: TerraformVariables, api: string, placeholder: string, value: string) {
  return variables.string(snakeCase(`${api}_${placeholder}_name`), {
    description: `What {{${placeholder}}} stands for in the API ${api}.`,
    value,
    validations: [matches("^[A-Za-z0-9_+=,.@-]{1,64}$", NAME)],
  });
}

function snakeCase(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** Declares every variable of an environment and returns references to them, in the shape of the environment. */
export function declareEnvironmentVariables(stack: TerraformStack, environment: Environment) {
  const variables = new TerraformVariables(stack);
  const apis = new Map(environment.apis.map((api) => [api.name, declareApi(variables, api)]));
  return {
    ...declareCommon(variables, environment),
    polling: declarePolling(variables, environment.queue),
    vpcEndpoint: declareVpcEndpoint(variables, environment),
    encryption: declareEncryption(variables, environment),
    ofApi(name: string) {
      const api = apis.get(name);
      if (!api) {
        throw new Error(`no variables are declared for an API "${name}"`);
      }
      return api;
    },
    /** Value of every variable, by its name: the content of `<stack>.auto.tfvars.json`. */
    values: variables.values,
  };
}

export type EnvironmentVariables = ReturnType<typeof declareEnvironmentVariables>;
