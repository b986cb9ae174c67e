import { afterEach, describe, expect, it } from "vitest";
import { EnterpriseClient } from "../../../tools/release/enterprise-client.ts";
import {
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../../support/enterprise/fake-terraform-enterprise.ts";

let enterprise: FakeTerraformEnterprise | undefined;
afterEach(async () => {
  await enterprise?.stop();
  enterprise = undefined;
});

describe(EnterpriseClient, () => {
  it("gives up on a server that is not there, and says so", async () => {
    const client = new EnterpriseClient({
      address: "http://127.0.0.1:9",
      token: "t",
      attempts: 2,
      pauseMilliseconds: 1,
    });

    await expect(client.workspaceId("a", "b")).rejects.toThrow(
      "http://127.0.0.1:9 does not answer (2 attempts). Check the network, the host name and its certificate: the workspace.",
    );
  });

  it("gives up on a server that stays silent or broken", async () => {
    enterprise = await startFakeTerraformEnterprise({ trouble: ({ nth }) => (nth === 1 ? "silent" : 502) });
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: "t",
      attempts: 3,
      pauseMilliseconds: 1,
      timeoutMilliseconds: 100,
    });

    await expect(client.workspaceId("a", "b")).rejects.toThrow(
      "answers 502 (3 attempts): the workspace (trouble).",
    );
    expect(enterprise.requests).toHaveLength(3);
  });

  it("does not take an upload without an answer for one", async () => {
    const client = new EnterpriseClient({
      address: "http://127.0.0.1:9",
      token: "t",
      attempts: 2,
      pauseMilliseconds: 1,
    });

    await expect(client.upload("http://127.0.0.1:9/upload", Buffer.from("x"))).rejects.toThrow(
      "The configuration was not taken: its upload ended with no answer.",
    );
  });
});
