import { afterEach, describe, expect, it, vi } from "vitest";
import { EnterpriseClient } from "../../release/enterprise-client.ts";
import {
  enterpriseToken,
  type FakeTerraformEnterprise,
  startFakeTerraformEnterprise,
} from "../support/enterprise/fake-terraform-enterprise.ts";
import { virtualTimeouts } from "../support/virtual-timeouts.ts";

let enterprise: FakeTerraformEnterprise | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await enterprise?.stop();
  enterprise = undefined;
});

/** What a run of the workspace w is started of, once its configuration is uploaded. */
async function uploaded(client: EnterpriseClient, { speculative } = { speculative: false }) {
  const { id: workspaceId } = await client.workspace("example", "w");
  const version = await client.createConfigurationVersion(workspaceId, { speculative });
  await client.upload(version.uploadUrl, Buffer.from("x"));
  return { workspaceId, configurationVersionId: version.id, message: "m", autoApply: false };
}

describe(EnterpriseClient, () => {
  it("gives up on a server that is not there, and says so", async () => {
    const client = new EnterpriseClient({
      address: "http://127.0.0.1:9",
      token: "t",
      attempts: 2,
      pauseMilliseconds: 1,
    });

    await expect(client.workspace("a", "b")).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9 does not answer \(2 attempts: .+\)\. Check the network, the host name and its certificate: the workspace\.$/,
    );
  });

  it("gives up on a server that stays silent or broken", async () => {
    const timeouts = virtualTimeouts();
    enterprise = await startFakeTerraformEnterprise({
      trouble: ({ nth }) => {
        if (nth > 1) return 502;
        timeouts.pass();
        return "silent";
      },
    });
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: "t",
      attempts: 3,
      pauseMilliseconds: 1,
      timeoutMilliseconds: 100,
    });

    await expect(client.workspace("a", "b")).rejects.toThrow(
      "answers 502 (3 attempts): the workspace (trouble).",
    );
    expect(timeouts.asked).toEqual([100, 100, 100]);
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
      /^The upload of the configuration failed: no answer \(.+\)\.$/,
    );
  });

  it("sends the token nowhere else, and says where it was led", async () => {
    const other = await startFakeTerraformEnterprise();
    try {
      enterprise = await startFakeTerraformEnterprise({
        trouble: () => ({ redirectTo: `${other.url}/login?secret=x` }),
      });
      const client = new EnterpriseClient({ address: enterprise.url, token: "t", pauseMilliseconds: 1 });

      await expect(client.workspace("a", "b")).rejects.toThrow(
        `${enterprise.url} redirects to ${new URL(other.url).host}: the workspace.`,
      );
      expect(other.requests).toEqual([]);
      expect(enterprise.requests).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  it.each(["<html>Back soon</html>", "{}", '{"data":{"id":1}}', "[]", ""])(
    "does not take %j for an answer",
    async (text) => {
      enterprise = await startFakeTerraformEnterprise({ trouble: () => ({ text }) });
      const client = new EnterpriseClient({ address: enterprise.url, token: "t" });

      for (const call of [
        client.workspace("a", "b"),
        client.run("run-1"),
        client.runs("ws-1").next(),
        client.plan("plan-1"),
        client.applyLogUrl("apply-1"),
        client.createConfigurationVersion("ws-1", { speculative: true }),
        client.createRun({ workspaceId: "w", configurationVersionId: "c", message: "", autoApply: false }),
      ]) {
        await expect(call).rejects.toThrow("but not as Terraform Enterprise's API does");
      }
      expect(await client.failedPolicyChecks("run-1")).toEqual([]);
      expect(await client.failedStages("run-1")).toEqual([]);
    },
  );

  it("waits for as long as a busy server asks for", async () => {
    enterprise = await startFakeTerraformEnterprise({
      workspaces: { w: {} },
      trouble: ({ nth }) => (nth === 1 ? { status: 429, retryAfterSeconds: 1 } : undefined),
    });
    const pauses: number[] = [];
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: enterpriseToken,
      pauseMilliseconds: 1,
      sleep: async (milliseconds) => void pauses.push(milliseconds),
    });

    await client.workspace("example", "w");

    expect(pauses).toEqual([1_000]);
  });

  it("does not wait for a silent server once it was stopped", async () => {
    enterprise = await startFakeTerraformEnterprise({ trouble: () => "silent" });
    const stopping = new AbortController();
    const client = new EnterpriseClient({ address: enterprise.url, token: "t", signal: stopping.signal });
    const call = client.workspace("a", "b");

    stopping.abort();

    await expect(call).rejects.toThrow(`The request to ${enterprise.url} was stopped.`);
  });

  it.each([false, true])("finds the run whose answer was lost, planned alone: %s", async (speculative) => {
    enterprise = await startFakeTerraformEnterprise({
      workspaces: { w: {} },
      trouble: ({ method, path, nth }) =>
        method === "POST" && path === "/api/v2/runs" && nth === 1 ? "lost" : undefined,
    });
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: enterpriseToken,
      pauseMilliseconds: 1,
    });
    const options = await uploaded(client, { speculative });

    expect(await client.createRun(options)).toMatchObject({ id: "run-1", isPlanOnly: speculative });
    expect(enterprise.runs).toHaveLength(1);
  });

  it("says that a run may have been started where nobody can look for it", async () => {
    enterprise = await startFakeTerraformEnterprise({
      workspaces: { w: {} },
      trouble: ({ method, path }) => {
        if (method === "POST" && path === "/api/v2/runs") return "lost";
        return path.endsWith("/runs") ? 503 : undefined;
      },
    });
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: enterpriseToken,
      attempts: 2,
      pauseMilliseconds: 1,
    });
    const options = await uploaded(client);

    await expect(client.createRun(options)).rejects.toThrow(
      /Terraform Enterprise may have started a run\. Check the workspace\.$/,
    );
  });

  it("takes no empty error of a policy set for one, and tells of one that is not", async () => {
    const set = (error: string) => ({
      attributes: { error, "policy-set-name": "tags", outcomes: [{ policy_name: "p", status: "passed" }] },
    });
    enterprise = await startFakeTerraformEnterprise({
      trouble: ({ path }) => {
        const stages = {
          data: [{ relationships: { "policy-evaluations": { data: [{ id: "e" }] }, "task-results": {} } }],
        };
        const sets = { data: [set(""), set("no such data source")] };
        return { text: JSON.stringify(path.endsWith("/task-stages") ? stages : sets) };
      },
    });
    const client = new EnterpriseClient({ address: enterprise.url, token: "t" });

    expect(await client.failedStages("run-1")).toEqual([
      { kind: "policy", name: "set tags: no such data source", enforcement: "" },
    ]);
  });

  it("finds the run of its last attempt, whose answer was lost", async () => {
    enterprise = await startFakeTerraformEnterprise({
      workspaces: { w: {} },
      trouble: ({ method, path, nth }) => {
        if (method !== "POST" || path !== "/api/v2/runs") return undefined;
        return nth < 3 ? 503 : "lost";
      },
    });
    const client = new EnterpriseClient({
      address: enterprise.url,
      token: enterpriseToken,
      attempts: 3,
      pauseMilliseconds: 1,
    });
    const options = await uploaded(client);

    const run = await client.createRun({ ...options, autoApply: true });

    expect(run).toMatchObject({ id: "run-1", message: "m", isAutoApplied: true });
    expect(enterprise.runs).toHaveLength(1);
  });
});
