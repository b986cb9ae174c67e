import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import {
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateKeyCommand, DisableKeyCommand, GetKeyPolicyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Environment } from "../../env/schema.ts";
import type { Moto } from "./moto/moto.ts";

/** What no state and no plan may hold. */
export const SECRET_VALUE = '{"routingKey":"never-in-a-state"}';

/** What another team would have created: the dependencies of an environment in which all of them exist. */
export class ExistingDependencies {
  readonly #environment: Environment;
  readonly #gateway: APIGatewayClient;
  readonly #ec2: EC2Client;
  readonly #iam: IAMClient;
  readonly #kms: KMSClient;
  readonly #s3: S3Client;
  readonly #secrets: SecretsManagerClient;
  readonly #s3In: (region: string) => S3Client;

  constructor(environment: Environment, { endpoint }: Moto) {
    const config = {
      endpoint,
      region: environment.region,
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    };
    this.#environment = environment;
    this.#gateway = new APIGatewayClient(config);
    this.#ec2 = new EC2Client(config);
    this.#iam = new IAMClient(config);
    this.#kms = new KMSClient(config);
    this.#s3In = (region) => new S3Client({ ...config, region, forcePathStyle: true });
    this.#s3 = this.#s3In(environment.region);
    this.#secrets = new SecretsManagerClient(config);
  }

  /** Creates them all and returns the variables whose values AWS chooses. */
  async create(): Promise<{ vpc_endpoint_id: string; key_arn: string }> {
    const { roles, buckets, region, alerts } = this.#environment;
    const { role: notifier, pagerDuty, serviceNow } = (alerts.kind === "routed" && alerts.notifier) || {};
    if (notifier) await this.createRole(notifier.name, "lambda.amazonaws.com");
    for (const { secretName } of [pagerDuty, serviceNow].filter((each) => each !== undefined)) {
      await this.#secrets.send(new CreateSecretCommand({ Name: secretName, SecretString: SECRET_VALUE }));
    }
    for (const [task, { name }] of Object.entries(roles)) {
      await this.createRole(
        name,
        task.endsWith("Function") ? "lambda.amazonaws.com" : "apigateway.amazonaws.com",
      );
    }
    const role = await this.#iam.send(new GetRoleCommand({ RoleName: roles.gatewayLogging.name }));
    await this.#gateway.send(
      new UpdateAccountCommand({
        patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: role.Role?.Arn }],
      }),
    );
    for (const { name } of Object.values(buckets)) {
      await this.createBucket(name, region);
    }
    return { vpc_endpoint_id: await this.createEndpoint("execute-api"), key_arn: await this.createKey() };
  }

  async createRole(name: string, service: string): Promise<void> {
    await this.#iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust(service) }));
  }

  async trust(roleName: string, service: string): Promise<void> {
    const PolicyDocument = trust(service);
    await this.#iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }));
  }

  async createBucket(name: string, region: string): Promise<void> {
    const location = { LocationConstraint: region as "eu-central-1" };
    const s3 = this.#s3In(region);
    await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: location }));
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Owner", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: `arn:aws:s3:::${name}/x` },
      ],
    });
    await s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
  }

  /** @returns the id of an interface endpoint for a service such as `execute-api` */
  async createEndpoint(service: string): Promise<string> {
    const { Vpc } = await this.#ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/24" }));
    const { VpcEndpoint } = await this.#ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: Vpc?.VpcId,
        VpcEndpointType: "Interface",
        ServiceName: `com.amazonaws.${this.#environment.region}.${service}`,
      }),
    );
    return VpcEndpoint?.VpcEndpointId ?? "";
  }

  /** @returns the ARN of a new key, enabled or not */
  async createKey({ disabled = false } = {}): Promise<string> {
    const { KeyMetadata } = await this.#kms.send(
      new CreateKeyCommand({ KeyUsage: "ENCRYPT_DECRYPT", KeySpec: "SYMMETRIC_DEFAULT" }),
    );
    if (disabled) {
      await this.#kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    }
    return KeyMetadata?.Arn ?? "";
  }

  /** Everything about them that the stack must leave alone, to be compared before and after. */
  async describe(keyArn: string): Promise<unknown> {
    const { roles, buckets } = this.#environment;
    return {
      roles: await Promise.all(Object.values(roles).map(({ name }) => this.#describeRole(name))),
      buckets: await Promise.all(Object.values(buckets).map(({ name }) => this.#describeBucket(name))),
      endpoints: (await this.#ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints,
      keyPolicy: (await this.#kms.send(new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default" })))
        .Policy,
      loggingRole: (await this.#gateway.send(new GetAccountCommand({}))).cloudwatchRoleArn,
    };
  }

  /** Queues that a bucket notifies: the one thing of an existing bucket that the stack owns. */
  async notifiedQueues(bucket: string): Promise<string[]> {
    const configuration = await this.#s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
    );
    return (configuration.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn ?? "");
  }

  async #describeRole(RoleName: string) {
    const [{ Role }, { PolicyNames }, { AttachedPolicies }] = await Promise.all([
      this.#iam.send(new GetRoleCommand({ RoleName })),
      this.#iam.send(new ListRolePoliciesCommand({ RoleName })),
      this.#iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    ]);
    return { name: Role?.RoleName, trust: Role?.AssumeRolePolicyDocument, PolicyNames, AttachedPolicies };
  }

  async #describeBucket(Bucket: string) {
    const orNone = <T>(answer: Promise<T>) => answer.catch((error: Error) => error.name);
    const [policy, encryption, versioning] = await Promise.all([
      this.#s3.send(new GetBucketPolicyCommand({ Bucket })).then(({ Policy }) => Policy),
      orNone(
        this.#s3
          .send(new GetBucketEncryptionCommand({ Bucket }))
          .then((each) => each.ServerSideEncryptionConfiguration),
      ),
      this.#s3.send(new GetBucketVersioningCommand({ Bucket })).then(({ Status }) => Status ?? "none"),
    ]);
    return { Bucket, policy, encryption, versioning };
  }
}

function trust(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
}
