import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  PutRestApiCommand,
  UpdateAccountCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteQueryDefinitionCommand,
  DescribeQueryDefinitionsCommand,
  PutQueryDefinitionCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { BatchGetProjectsCommand, CodeBuildClient, CreateProjectCommand } from "@aws-sdk/client-codebuild";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, GetPolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listMotoChanges, type Moto, startMoto } from "../support/moto/moto.ts";

const ACCOUNT = "123456789012";
const changes = await listMotoChanges();
let changed: Moto;
let raw: Moto;

beforeAll(async () => {
  changed = await startMoto(ACCOUNT);
  raw = await startMoto(
    ACCOUNT,
    changes.map(({ name }) => name),
  );
});

afterAll(() => Promise.all([changed, raw].map((moto) => moto?.stop())));

function clientConfig({ endpoint }: Moto) {
  return {
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    maxAttempts: 1,
  };
}

function clients(moto: Moto) {
  const config = clientConfig(moto);
  return {
    gateway: new APIGatewayClient(config),
    cloudwatch: new CloudWatchClient(config),
    codebuild: new CodeBuildClient(config),
    dynamodb: new DynamoDBClient(config),
    logs: new CloudWatchLogsClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
}
type Clients = ReturnType<typeof clients>;

const ENDPOINT = "vpce-0123456789abcdef0";
const unique = () => `test-${Math.random().toString(36).slice(2)}`;
const policy = (resource: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: resource }],
  });

async function createApi({ gateway }: Clients, input: { policy?: string } = {}) {
  const { id } = await gateway.send(
    new CreateRestApiCommand({
      name: unique(),
      endpointConfiguration: { types: ["PRIVATE"], vpcEndpointIds: [ENDPOINT] },
      ...input,
    }),
  );
  return id as string;
}

const integration = {
  type: "aws",
  httpMethod: "GET",
  uri: "arn:aws:apigateway:eu-central-1:s3:path/files/report.pdf",
  credentials: `arn:aws:iam::${ACCOUNT}:role/reader`,
  responses: { default: { statusCode: "200" } },
};
const documentOf = (paths: object, more: object = {}) =>
  Buffer.from(JSON.stringify({ openapi: "3.0.1", info: { title: "t", version: "1" }, paths, ...more }));
const operation = (more: object, path = "/items") => ({
  [path]: {
    get: {
      responses: { 200: { description: "" } },
      "x-amazon-apigateway-integration": { ...integration, ...more },
    },
  },
});

async function importPaths(aws: Clients, paths: object, more: object = {}) {
  const restApiId = await createApi(aws, { policy: policy("*") });
  const body = documentOf(paths, more);
  await aws.gateway.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body }));
  return restApiId;
}

async function createQueue({ sqs }: Clients) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: unique() }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  return { url: QueueUrl as string, arn: Attributes?.["QueueArn"] as string };
}

async function createFunction({ iam, lambda }: Clients, more: object = {}) {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const role = await iam.send(
    new CreateRoleCommand({
      RoleName: unique(),
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    }),
  );
  const name = unique();
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role.Role?.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: zipSync({ "index.js": Buffer.from("exports.handler = () => {}") }) },
      ...more,
    }),
  );
  return name;
}

/** Credentials of a new role that may do only this. */
async function assumeRole({ iam, sts }: Clients, action: string | string[], resource: string | string[]) {
  const RoleName = unique();
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }),
  );
  const PolicyDocument = document({ Effect: "Allow", Action: action, Resource: resource });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "one", PolicyDocument }));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

/** A bucket, and S3 as a role that may do only this with its objects. */
async function bucketOfRole(aws: Clients, moto: Moto, action: string | string[]) {
  const Bucket = unique();
  const location = { LocationConstraint: "eu-central-1" } as const;
  await aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: location }));
  const resources = [`arn:aws:s3:::${Bucket}/*`, `arn:aws:s3:::${Bucket}`];
  const credentials = await assumeRole(aws, action, resources);
  return { Bucket, s3: new S3Client({ ...clientConfig(moto), credentials, forcePathStyle: true }) };
}

async function enforced<T>(moto: Moto, work: () => Promise<T>): Promise<T> {
  await moto.enforceIam(true);
  try {
    return await work();
  } finally {
    await moto.enforceIam(false);
  }
}

async function checkIndexResource(aws: Clients, moto: Moto, table: string, TableName: string) {
  const credentials = await assumeRole(aws, "dynamodb:Query", `${table}/index/mine`);
  const dynamodb = new DynamoDBClient({ ...clientConfig(moto), credentials });
  const query = (IndexName: string) =>
    enforced(moto, () =>
      dynamodb.send(
        new QueryCommand({
          TableName,
          IndexName,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": { S: "x" } },
        }),
      ),
    );

  await expect(query("mine")).rejects.not.toThrow(/not authorized/);
  await expect(query("another")).rejects.toThrow(/not authorized/);
}

async function checkLogStreamResource(aws: Clients, moto: Moto) {
  const logGroupName = unique();
  await aws.logs.send(new CreateLogGroupCommand({ logGroupName }));
  const group = `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:${logGroupName}`;
  const credentials = await assumeRole(aws, "logs:CreateLogStream", `${group}:log-stream:mine`);
  const logs = new CloudWatchLogsClient({ ...clientConfig(moto), credentials });
  const create = (logStreamName: string) =>
    enforced(moto, () => logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })));

  await create("mine");
  await expect(create("another")).rejects.toThrow(/not authorized/);
}

async function checkSecretResource(aws: Clients, moto: Moto) {
  const secrets = new SecretsManagerClient(clientConfig(moto));
  const [Name, another] = [unique(), unique()];
  const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name, SecretString: "x" }));
  await secrets.send(new CreateSecretCommand({ Name: another, SecretString: "x" }));
  const credentials = await assumeRole(aws, "secretsmanager:GetSecretValue", ARN);
  const reader = new SecretsManagerClient({ ...clientConfig(moto), credentials });
  const get = (SecretId: string) =>
    enforced(moto, () => reader.send(new GetSecretValueCommand({ SecretId })));

  await get(ARN);
  await get(Name);
  await expect(get(another)).rejects.toThrow(/not authorized/);
}

/** For each change: what AWS does, as far as the stack and its provider depend on it. */
const checks: Record<string, (aws: Clients, moto: Moto) => Promise<void>> = {
  async "secure-transport"(aws, moto) {
    const { Bucket, s3 } = await bucketOfRole(aws, moto, "s3:PutObject");
    const Statement = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: `arn:aws:s3:::${Bucket}/*`,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
    await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));

    await enforced(moto, () => s3.send(new PutObjectCommand({ Bucket, Key: "x", Body: "x" })));
  },
  async "batch-delete-actions"(aws, moto) {
    const { Bucket, s3 } = await bucketOfRole(aws, moto, "s3:DeleteObjectVersion");
    const remove = (Objects: ObjectIdentifier[]) =>
      enforced(moto, () => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } })));

    expect((await remove([{ Key: "x", VersionId: "null" }])).Errors).toBeUndefined();
    expect((await remove([{ Key: "x" }])).Errors).toMatchObject([{ Key: "x", Code: "AccessDenied" }]);
  },
  async "signed-query"(aws, moto) {
    const Bucket = unique();
    const location = { LocationConstraint: "eu-central-1" } as const;
    await aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: location }));
    const credentials = await assumeRole(aws, "s3:ListBucket", `arn:aws:s3:::${Bucket}`);
    const s3 = new S3Client({ ...clientConfig(moto), credentials, forcePathStyle: true });

    await enforced(moto, () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: "incoming/a=/" })));
  },
  async "authorized-resources"(aws, moto) {
    const TableName = unique();
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      }),
    );
    const table = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/${TableName}`;
    const credentials = await assumeRole(aws, "dynamodb:GetItem", table);
    const dynamodb = new DynamoDBClient({ ...clientConfig(moto), credentials });
    const get = (name: string) =>
      enforced(moto, () => dynamodb.send(new GetItemCommand({ TableName: name, Key: { pk: { S: "x" } } })));

    await get(TableName);
    await expect(get("another")).rejects.toThrow(/not authorized/);
    await checkIndexResource(aws, moto, table, TableName);
    await checkLogStreamResource(aws, moto);
    await checkSecretResource(aws, moto);
  },
  async "managed-policies"({ iam }) {
    const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));

    expect(Policy?.Arn).toBe(PolicyArn);
  },
  async "overwrite-root-resource"(aws) {
    const restApiId = await importPaths(aws, operation({}));

    const { rootResourceId } = await aws.gateway.send(new GetRestApiCommand({ restApiId }));

    const { items } = await aws.gateway.send(new GetResourcesCommand({ restApiId }));
    expect(items?.find(({ path }) => path === "/")?.id).toBe(rootResourceId);
  },
  async "sqs-batch-actions"(aws, moto) {
    const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: unique() }));
    const credentials = await assumeRole(aws, "sqs:SendMessage", "*");
    const sqs = new SQSClient({ ...clientConfig(moto), credentials });
    const Entries = [{ Id: "1", MessageBody: "x" }];

    await enforced(moto, () => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })));

    const other = new SQSClient({
      ...clientConfig(moto),
      credentials: await assumeRole(aws, "sqs:ReceiveMessage", "*"),
    });
    const denied = enforced(moto, () => other.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
    await expect(denied).rejects.toThrow(/not authorized to perform: sqs:SendMessage/);
  },
  async "cloudwatch-actions"(aws, moto) {
    const describeAs = async (action: string) => {
      const credentials = await assumeRole(aws, action, "*");
      const cloudWatch = new CloudWatchClient({ ...clientConfig(moto), credentials });
      return enforced(moto, () => cloudWatch.send(new DescribeAlarmsCommand({})));
    };

    await describeAs("cloudwatch:DescribeAlarms");

    await expect(describeAs("cloudwatch:GetMetricData")).rejects.toThrow(
      /not authorized to perform: cloudwatch:DescribeAlarms/,
    );
  },
  async "json-access-denied"(aws, moto) {
    const credentials = await assumeRole(aws, "sqs:GetQueueAttributes", "*");
    const sqs = new SQSClient({ ...clientConfig(moto), credentials });

    const denied = enforced(moto, () => sqs.send(new CreateQueueCommand({ QueueName: unique() })));

    await expect(denied).rejects.toThrow(/not authorized to perform: sqs:CreateQueue/i);
  },
  async "missing-key-without-list-right"(aws, moto) {
    const { Bucket, s3 } = await bucketOfRole(aws, moto, "s3:GetObject");

    const missing = enforced(moto, () => s3.send(new GetObjectCommand({ Bucket, Key: "missing" })));

    await expect(missing).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    const lister = await bucketOfRole(aws, moto, ["s3:GetObject", "s3:ListBucket"]);
    const told = enforced(moto, () =>
      lister.s3.send(new GetObjectCommand({ Bucket: lister.Bucket, Key: "missing" })),
    );
    await expect(told).rejects.toMatchObject({ name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
  },
  async "expected-bucket-owner"(aws) {
    const Bucket = unique();
    const location = { LocationConstraint: "eu-central-1" } as const;
    await aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: location }));
    const at = { Bucket, Key: "x" };
    const copy = (owners: object) =>
      aws.s3.send(new CopyObjectCommand({ ...at, Key: "y", CopySource: `${Bucket}/x`, ...owners }));
    const ours = { ExpectedBucketOwner: ACCOUNT };
    const theirs = { ExpectedBucketOwner: "210987654321" };

    await aws.s3.send(new PutObjectCommand({ ...at, Body: "x", ...ours }));
    const refused: (() => Promise<unknown>)[] = [
      () => aws.s3.send(new PutObjectCommand({ ...at, Body: "y", ...theirs })),
      () => aws.s3.send(new GetObjectCommand({ ...at, ...theirs })),
      () => aws.s3.send(new HeadObjectCommand({ ...at, ...theirs })),
      () => aws.s3.send(new DeleteObjectCommand({ ...at, ...theirs })),
      () => aws.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "x" }] }, ...theirs })),
      () => aws.s3.send(new ListObjectsV2Command({ Bucket, ...theirs })),
      () => aws.s3.send(new ListObjectVersionsCommand({ Bucket, ...theirs })),
      () => copy(theirs),
      () => copy({ ExpectedSourceBucketOwner: "210987654321" }),
    ];
    for (const call of refused) {
      await expect(call()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    }
    await copy({ ExpectedSourceBucketOwner: ACCOUNT, ...ours });
    const { Contents } = await aws.s3.send(new ListObjectsV2Command({ Bucket, ...ours }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["x", "y"]);
  },
  async "rest-api-policy-escaped"(aws) {
    const restApiId = await createApi(aws, { policy: policy("*") });

    const api = await aws.gateway.send(new GetRestApiCommand({ restApiId }));

    expect(JSON.parse(JSON.parse(`"${api.policy}"`)).Statement[0].Resource).toBe("*");
  },
  async "execute-api-policy-arn"(aws) {
    const restApiId = await createApi(aws, { policy: policy("execute-api:/*") });

    const api = await aws.gateway.send(new GetRestApiCommand({ restApiId }));

    expect(api.policy).toContain(`arn:aws:execute-api:eu-central-1:${ACCOUNT}:${restApiId}/*`);
  },
  async "rest-api-patch"(aws) {
    const restApiId = await createApi(aws);

    const api = await aws.gateway.send(
      new UpdateRestApiCommand({
        restApiId,
        patchOperations: [
          { op: "add", path: "/binaryMediaTypes/image~1png" },
          { op: "add", path: "/binaryMediaTypes/image~1jpeg" },
          { op: "add", path: "/binaryMediaTypes/*~1*" },
          { op: "remove", path: "/binaryMediaTypes/image~1png" },
          { op: "add", path: "/endpointConfiguration/vpcEndpointIds", value: "vpce-0fedcba9876543210" },
          { op: "remove", path: "/endpointConfiguration/vpcEndpointIds", value: ENDPOINT },
        ],
      }),
    );

    expect(api.binaryMediaTypes).toEqual(["image/jpeg", "*/*"]);
    expect(api.endpointConfiguration?.vpcEndpointIds).toEqual(["vpce-0fedcba9876543210"]);
  },
  async "account-setting-reset"({ gateway }) {
    const op = { op: "replace", path: "/cloudwatchRoleArn" } as const;
    await gateway.send(
      new UpdateAccountCommand({ patchOperations: [{ ...op, value: "arn:aws:iam::1:role/a" }] }),
    );

    const { cloudwatchRoleArn } = await gateway.send(new UpdateAccountCommand({ patchOperations: [op] }));

    expect(cloudwatchRoleArn ?? "").toBe("");
  },
  async "overwrite-replaces-endpoints"(aws) {
    const restApiId = await importPaths(aws, operation({}), { servers: [{ url: "/" }] });

    const api = await aws.gateway.send(new GetRestApiCommand({ restApiId }));

    expect(api.endpointConfiguration?.vpcEndpointIds ?? []).toEqual([]);
    const naming = { "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds: [ENDPOINT] } };
    const keptId = await importPaths(aws, operation({}), { servers: [{ url: "/", ...naming }] });
    const kept = await aws.gateway.send(new GetRestApiCommand({ restApiId: keptId }));
    expect(kept.endpointConfiguration?.vpcEndpointIds).toEqual([ENDPOINT]);
  },
  async "queue-redrive-allow-policy"(aws) {
    const { url: QueueUrl } = await createQueue(aws);
    const RedriveAllowPolicy = JSON.stringify({ redrivePermission: "denyAll" });

    const kept = async () => {
      const answer = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedriveAllowPolicy"] }),
      );
      return answer.Attributes?.["RedriveAllowPolicy"];
    };

    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedriveAllowPolicy } }));
    expect(await kept()).toBe(RedriveAllowPolicy);
    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedriveAllowPolicy: "" } }));
    expect(await kept()).toBeUndefined();
  },
  async "queue-policy-kept"(aws) {
    const { url: QueueUrl } = await createQueue(aws);
    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy("*") } }));

    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "60" } }));

    const kept = async () => {
      const { Attributes } = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy"] }),
      );
      return JSON.parse(Attributes?.["Policy"] ?? "null");
    };
    expect(await kept()).toEqual(JSON.parse(policy("*")));
    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy("else") } }));
    expect(await kept()).toEqual(JSON.parse(policy("else")));
  },
  async "queue-redrive-policy-compact"(aws) {
    const [deadLetters, { url: QueueUrl }] = [await createQueue(aws), await createQueue(aws)];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 });

    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));

    const { Attributes } = await aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] }),
    );
    expect(Attributes).toEqual({ RedrivePolicy });
  },
  async "function-logging-config"(aws) {
    const LoggingConfig = { LogFormat: "JSON", LogGroup: "/aws/lambda/mine" } as const;

    const FunctionName = await createFunction(aws, { LoggingConfig });

    const loggingOf = async (name: string) => {
      const configuration = await aws.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: name }),
      );
      return configuration.LoggingConfig;
    };
    expect(await loggingOf(FunctionName)).toMatchObject(LoggingConfig);
    const changed = { ...LoggingConfig, LogGroup: "/aws/lambda/other" };
    await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, LoggingConfig: changed }));
    expect(await loggingOf(FunctionName)).toMatchObject(changed);
    const plain = await createFunction(aws);
    expect(await loggingOf(plain)).toEqual({ LogFormat: "Text", LogGroup: `/aws/lambda/${plain}` });
  },
  async "function-dead-letter-config"(aws) {
    const DeadLetterConfig = { TargetArn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:dead-letter` };

    const FunctionName = await createFunction(aws, { DeadLetterConfig });

    const deadLettersOf = async () =>
      (await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).DeadLetterConfig;
    expect(await deadLettersOf()).toEqual(DeadLetterConfig);
    await aws.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, DeadLetterConfig: { TargetArn: "" } }),
    );
    expect(await deadLettersOf()).toBeUndefined();
  },
  async "build-project-kept"({ codebuild }) {
    const kept = {
      encryptionKey: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/0f1e2d3c`,
      timeoutInMinutes: 25,
      concurrentBuildLimit: 3,
    };

    const name = unique();
    await codebuild.send(
      new CreateProjectCommand({
        name,
        serviceRole: `arn:aws:iam::${ACCOUNT}:role/service-role/build`,
        source: { type: "GITHUB", location: "https://github.com/example/a.git" },
        artifacts: { type: "NO_ARTIFACTS" },
        environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: "a" },
        ...kept,
      }),
    );

    const { projects } = await codebuild.send(new BatchGetProjectsCommand({ names: [name] }));
    expect(projects?.[0]).toMatchObject(kept);
  },
  async "bucket-eventbridge"({ s3 }) {
    const Bucket = unique();
    const notificationsOf = async () =>
      (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).EventBridgeConfiguration;
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
    );

    expect(await notificationsOf()).toBeUndefined();
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );

    expect(await notificationsOf()).toEqual({});
  },
  async "composite-alarms"({ cloudwatch }) {
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: "both", AlarmRule: 'ALARM("one")' }));

    const { CompositeAlarms } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ["both"], AlarmTypes: ["CompositeAlarm"] }),
    );
    expect(CompositeAlarms?.[0]).toMatchObject({ AlarmName: "both", AlarmRule: 'ALARM("one")' });
  },
  async "query-definitions"({ logs }) {
    const query = { name: "slowest", queryString: "fields @message" };

    const { queryDefinitionId } = await logs.send(new PutQueryDefinitionCommand(query));

    const { queryDefinitions } = await logs.send(
      new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: "slow" }),
    );
    expect(queryDefinitions).toEqual([{ ...query, queryDefinitionId }]);
    await logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId }));
    expect(await logs.send(new DescribeQueryDefinitionsCommand({}))).toMatchObject({ queryDefinitions: [] });
  },
  async "private-api-without-policy"(aws) {
    const restApiId = await createApi(aws);
    await aws.gateway.send(new PutRestApiCommand({ restApiId, body: documentOf(operation({})) }));

    await expect(aws.gateway.send(new CreateDeploymentCommand({ restApiId }))).rejects.toThrow(
      "Private REST API doesn't have a resource policy attached to it",
    );
  },
  async "stage-logs-without-account-role"(aws) {
    const restApiId = await importPaths(aws, operation({}));
    const { id: deploymentId } = await aws.gateway.send(new CreateDeploymentCommand({ restApiId }));
    await aws.gateway.send(new CreateStageCommand({ restApiId, deploymentId, stageName: "v1" }));
    const value = `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:access`;

    for (const operation of [
      { op: "replace", path: "/accessLogSettings/destinationArn", value },
      { op: "replace", path: "/*/*/logging/loglevel", value: "ERROR" },
    ] as const) {
      await expect(
        aws.gateway.send(
          new UpdateStageCommand({ restApiId, stageName: "v1", patchOperations: [operation] }),
        ),
      ).rejects.toThrow("CloudWatch Logs role ARN must be set in account settings to enable logging");
    }
  },
  async "concurrency-with-provisioned-pollers"(aws) {
    const { arn: EventSourceArn } = await createQueue(aws);
    const FunctionName = await createFunction(aws);

    const both = aws.lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn,
        FunctionName,
        ScalingConfig: { MaximumConcurrency: 2 },
        ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 4 },
      }),
    );

    await expect(both).rejects.toThrow("cannot be configured at the same time");
  },
  async "notification-without-queue-policy"(aws) {
    const { arn: QueueArn, url: QueueUrl } = await createQueue(aws);
    const Bucket = unique();
    const location = { LocationConstraint: "eu-central-1" } as const;
    await aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: location }));
    const notify = () =>
      aws.s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] },
        }),
      );
    const right = {
      Effect: "Allow",
      Principal: { Service: ["s3.amazonaws.com"] },
      Action: "sqs:SendMessage",
      Resource: QueueArn,
      Condition: {
        ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${Bucket}` },
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      },
    };
    const refusal = "Unable to validate the following destination configurations";

    await expect(notify()).rejects.toThrow(refusal);
    for (const wrong of [
      { Principal: { Service: "sns.amazonaws.com" } },
      { Action: "sqs:ReceiveMessage" },
      { Resource: "arn:aws:sqs:eu-central-1:123456789012:another" },
      { Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::another" } } },
      { Condition: { StringEquals: { "aws:SourceAccount": "210987654321" } } },
    ]) {
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...right, ...wrong }] });
      await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
      await expect(notify(), JSON.stringify(wrong)).rejects.toThrow(refusal);
    }
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [right] });
    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await notify();
  },
  async "undeclared-in-document"(aws) {
    const headers = { "method.response.header.ETag": "integration.response.header.ETag" };
    for (const [paths, message] of [
      [operation({ requestParameters: { "integration.request.path.x": "method.request.path.x" } }), "path.x"],
      [
        operation({ responses: { default: { statusCode: "200", responseParameters: headers } } }),
        "header.ETag",
      ],
      [operation({ responses: { default: { statusCode: "502" } } }), "no method response for 502"],
      [operation({}, "/items/a{id}"), "Resource's path part only allow"],
    ] as const) {
      await expect(importPaths(aws, paths)).rejects.toThrow(message);
    }
    const mapping = { requestParameters: { "integration.request.path.x": "method.request.path.x" } };
    const reference = { parameters: [{ $ref: "#/components/parameters/X" }] };
    const declared = { get: { ...operation(mapping, "/{x}")["/{x}"]?.get, ...reference } };
    const parameters = { X: { name: "x", in: "path", required: true, schema: { type: "string" } } };
    await importPaths(aws, { "/{x}": declared }, { components: { parameters } });
  },
};

describe(startMoto, () => {
  it("changes nothing without a check here, a reason and a reference", () => {
    expect(Object.keys(checks).sort()).toEqual(changes.map(({ name }) => name).sort());
    for (const { reason, reference } of changes) {
      expect(reason).toMatch(/\.$/);
      expect(reference).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|registry\.terraform\.io)\//);
    }
  });

  it.each(Object.entries(checks))("makes moto behave like AWS: %s", async (_, check) => {
    await check(clients(changed), changed);
  });

  it.each(Object.entries(checks))("would not, without the change: %s", async (_, check) => {
    await expect(check(clients(raw), raw)).rejects.toThrow();
  });

  it("listens on loopback only, and stops", async () => {
    const moto = await startMoto(ACCOUNT);

    expect(new URL(moto.endpoint).hostname).toBe("127.0.0.1");
    await moto.stop();
    await expect(fetch(moto.endpoint)).rejects.toThrow();
  });

  it("says why moto did not start", async () => {
    await expect(startMoto(ACCOUNT, ["no-such-change"])).rejects.toThrow(
      /no such change: no-such-change; known: /,
    );
  });
});
