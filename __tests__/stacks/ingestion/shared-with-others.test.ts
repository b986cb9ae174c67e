import { describe, expect, it } from "vitest";
import { SMALL_API } from "../../../domain/names.ts";
import { IngestionStack } from "../../../stacks/ingestion/ingestion-stack.ts";
import { loadEnvironment, terraformName } from "../../support/environments.ts";
import { stacks } from "../../support/fixture-stacks.ts";
import { resource, statements, synthesize, types } from "../../support/synthesize.ts";

const policy = `apis_${terraformName(SMALL_API)}_policy`;
const prod = loadEnvironment("prod");
const ofNetworkAccount = { kind: "existing", id: "vpce-0d4e5f60718293041", account: "999999999999" } as const;

/** What serves others too: the account's logging role, an existing bucket, the endpoint of a network account. */
describe(IngestionStack, () => {
  it.each(["dev", "test", "prod"] as const)("only looks the account's logging role up in %s", (name) => {
    const { data } = stacks[name].json;

    expect(types(stacks[name])).not.toContain("aws_api_gateway_account");
    expect(data["aws_iam_role"]?.["gateway_logging_role"]).toMatchObject({
      name: "${var.gateway_logging_role_name}",
    });
  });

  it.each(["dev", "prod"] as const)("lets go of a logging role that %s still holds in its state", (name) => {
    expect(stacks[name].json.removed).toEqual(
      [
        "aws_api_gateway_account.gateway_account",
        "aws_iam_role_policy_attachment.gateway_logging_policy",
        "aws_iam_role.gateway_logging_role",
      ].map((from) => ({ from, lifecycle: { destroy: false } })),
    );
  });

  it("leaves EventBridge on for an existing intake bucket whose environment says so, and says nothing of it elsewhere", () => {
    const intake = { ...prod.buckets.intake, kind: "existing", eventBridge: true } as const;
    const on = synthesize({ ...prod, buckets: { ...prod.buckets, intake } });
    const notification = (stack: typeof on) =>
      resource(stack, "aws_s3_bucket_notification", "intake_queue_notification");

    expect(notification(on)["eventbridge"]).toBe(true);
    expect(notification(on)["queue"]).toEqual(notification(stacks.prod)["queue"]);
    expect(notification(stacks.prod)).not.toHaveProperty("eventbridge");
    expect(notification(stacks.dev)).not.toHaveProperty("eventbridge");
  });

  describe("with the endpoint of a network account", () => {
    const shared = synthesize({ ...prod, vpcEndpoint: ofNetworkAccount });
    const required = (place: "required_policies" | "required_settings") =>
      shared.json.output[place]?.["value"]["vpc-endpoint"];

    it("looks nothing of it up, and lets the APIs in through it alone", () => {
      const [api] = Object.values(shared.json.resource["aws_api_gateway_rest_api"] ?? {});

      expect(Object.keys(stacks.prod.json.data)).toContain("aws_vpc_endpoint");
      expect(Object.keys(shared.json.data)).not.toContain("aws_vpc_endpoint");
      expect(shared.json.locals[policy]).toContain('"aws:SourceVpce" = [var.vpc_endpoint_id]');
      expect(shared.json.locals[policy]).toBe(
        stacks.prod.json.locals[policy]?.replaceAll(
          "data.aws_vpc_endpoint.endpoint_endpoint.id",
          "var.vpc_endpoint_id",
        ),
      );
      expect(api?.["endpoint_configuration"]).toMatchObject({ vpc_endpoint_ids: ["${var.vpc_endpoint_id}"] });
      expect(shared.variableValues).toMatchObject({
        vpc_endpoint_id: ofNetworkAccount.id,
        vpc_endpoint_account_id: ofNetworkAccount.account,
      });
    });

    it("says what its owner keeps, and whose it is", () => {
      expect(statements(required("required_policies"))).toEqual(
        statements(stacks.prod.json.output["required_policies"]?.["value"]["vpc-endpoint"]),
      );
      expect(required("required_settings")).toMatch(
        /^It belongs to account \$\{var\.vpc_endpoint_account_id\}, so no plan .*an endpoint for execute-api in \$\{var\.region\}, and is available\. Its policy has the statement of required_policies.* Its security groups allow HTTPS/,
      );
    });
  });
});
