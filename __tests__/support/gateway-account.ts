import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GATEWAY_LOGGING_POLICY } from "../../contract/gateway-logging.ts";
import type { Moto } from "./moto/moto.ts";

/** What API Gateway's setting of an account on moto names, and the roles there. */
export class GatewayAccountSetting {
  readonly #gateway: APIGatewayClient;
  readonly #iam: IAMClient;

  constructor({ endpoint }: Moto, region: string) {
    const config = { endpoint, region, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
    this.#gateway = new APIGatewayClient(config);
    this.#iam = new IAMClient(config);
  }

  /** As account-<environment> sets it up, in a moment. */
  async setUp(roleName: string): Promise<void> {
    const arn = await this.createRole(roleName);
    await this.#iam.send(
      new AttachRolePolicyCommand({
        RoleName: roleName,
        PolicyArn: `arn:aws:iam::aws:policy/${GATEWAY_LOGGING_POLICY}`,
      }),
    );
    await this.set(arn);
  }

  /** @returns its ARN */
  async createRole(RoleName: string, service = "apigateway.amazonaws.com", Path = "/"): Promise<string> {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });
    const { Role } = await this.#iam.send(
      new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument }),
    );
    return Role?.Arn ?? "";
  }

  async set(value: string): Promise<void> {
    await this.#gateway.send(
      new UpdateAccountCommand({ patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value }] }),
    );
  }

  /** The ARN that the setting names; empty where it names none. */
  async read(): Promise<string> {
    return (await this.#gateway.send(new GetAccountCommand({}))).cloudwatchRoleArn ?? "";
  }

  /** Whether the setting names a role that exists. */
  async isAlive(): Promise<boolean> {
    const arn = await this.read();
    return this.#iam.send(new GetRoleCommand({ RoleName: arn.slice(arn.lastIndexOf("/") + 1) })).then(
      ({ Role }) => Role?.Arn === arn,
      () => false,
    );
  }
}
