import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { environmentNames, loadEnvironment, loadEnvironments } from "../support/environments.ts";

const dev = loadEnvironment("dev");

describe(loadEnvironment, () => {
  it.each(["dev", "test", "uat", "prod"])("finds %s valid", (name) => {
    expect(loadEnvironment(name).name).toBe(name);
  });

  it.each([
    ["prd", 'There is no environment "prd". Known: dev, test, uat, prod.'],
    ["toString", 'There is no environment "toString". Known: dev, test, uat, prod.'],
    ["", "Name an environment. Known: dev, test, uat, prod."],
    [undefined, "Name an environment. Known: dev, test, uat, prod."],
  ])("lists the known names when asked for %j", (name, message) => {
    expect(() => loadEnvironment(name)).toThrow(new UserError(message, { exitCode: 2 }));
  });
});

describe(loadEnvironments, () => {
  it("returns every environment in the order of promotion", () => {
    expect(loadEnvironments().map(({ name }) => name)).toEqual(environmentNames);
  });

  it("takes every choice in at least one environment", () => {
    const chosen = loadEnvironments().flatMap(
      ({ backend, delivery, encryption, roles, buckets, vpcEndpoint, queue, proxy }) => [
        `callers ${proxy.kind === "haproxy" ? proxy.authentication.kind : "of an external proxy"}`,
        `backend ${backend.kind}`,
        `backend ${delivery.kind === "codebuild" ? delivery.backend.kind : backend.kind}`,
        `encryption ${encryption.kind}`,
        `endpoint ${vpcEndpoint.kind}`,
        `network ${vpcEndpoint.kind === "managed" ? vpcEndpoint.network.kind : "of the endpoint's owner"}`,
        `polling ${queue.polling.kind}`,
        ...Object.entries({ ...roles, ...buckets }).map(([part, { kind }]) => `${part} ${kind}`),
      ],
    );

    const parts = [...Object.keys(dev.roles), ...Object.keys(dev.buckets), "endpoint", "network"];
    expect(new Set(chosen)).toEqual(
      new Set([
        ...["local", "s3", "tfe"].map((kind) => `backend ${kind}`),
        ...["aws-owned", "managed", "existing"].map((kind) => `encryption ${kind}`),
        ...["jwt", "mutual-tls"].map((kind) => `callers ${kind}`),
        ...["on-demand", "provisioned"].map((kind) => `polling ${kind}`),
        ...parts.flatMap((part) => [`${part} existing`, `${part} managed`]),
        "network of the endpoint's owner",
      ]),
    );
  });
});
