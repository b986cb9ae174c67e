import { describe, expect, it } from "vitest";
import { resolvedValues } from "../../cli/resolved-values.ts";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { parseEnvironment } from "../../env/load-environment.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { environmentNames, loadEnvironment } from "../support/environments.ts";

const { dev } = registeredEnvironments;

describe("defaults of the schema", () => {
  it("name what the stack creates by the environment's prefix and account", () => {
    const { roles, buckets } = parseEnvironment("dev", {
      ...dev,
      namePrefix: "claims",
      accountId: "909090909090",
    });

    expect(roles.gatewayWriter).toEqual({ kind: "managed", name: "claims-gateway-writer" });
    expect(roles.gatewayLogging).toEqual({
      kind: "managed",
      name: "claims-gateway-logging",
      backend: { kind: "local" },
    });
    expect(buckets.intake).toEqual({ kind: "managed", name: "claims-intake-909090909090" });
  });

  it("give what belongs to the account a local state where the environment's is local, and have it said elsewhere", () => {
    const backend = { kind: "s3", bucket: "states", key: "dev", region: "eu-central-1" };
    const said = { kind: "managed", backend: { ...backend, key: "account" } };

    expect(() => parseEnvironment("dev", { ...dev, backend })).toThrow(
      'roles.gatewayLogging.backend: must have kind "local" or "s3": the account stack needs its own state, because it is applied before the environment and stays when the environment is destroyed, got nothing',
    );
    const { roles } = parseEnvironment("dev", { ...dev, backend, roles: { gatewayLogging: said } });
    expect(roles.gatewayLogging).toMatchObject(said);
  });

  it("give way to what an environment says, beside others of the same group", () => {
    const { roles, retention } = parseEnvironment("dev", {
      ...dev,
      roles: { apiFunction: { kind: "managed", name: "my-own" } },
      retention: { logDays: 30 },
    });

    expect(roles.apiFunction.name).toBe("my-own");
    expect(roles.queueFunction.name).toBe("proposals-dev-queue-function");
    expect(retention).toEqual({
      deletedDocumentDays: 0,
      intakeObjectDays: 30,
      submissionDays: 32,
      nonCurrentDocumentDays: 90,
      logDays: 30,
    });
  });

  it("bind the placeholders of the domain's documents, and of no others", () => {
    const [small, large] = [`${SMALL_API}.openapi.json`, `${LARGE_API}.openapi.json`];
    const apis = [
      ...[{ name: SMALL_API }, { name: LARGE_API, bindings: {} }],
      { name: "twin", document: small },
      { name: "advisors" },
    ];

    expect(
      parseEnvironment("dev", { ...dev, apis }).apis.map(({ document, bindings }) => [document, bindings]),
    ).toEqual([
      [small, { "function.api": "apiFunction" }],
      [large, {}],
      [small, { "function.api": "apiFunction" }],
      ["advisors.openapi.json", {}],
    ]);
  });

  it("throttle each API as the environment says, where the API says nothing itself", () => {
    const { apis: _, ...withoutApis } = dev;
    const throttlingWith = (given: object) =>
      parseEnvironment("dev", { ...withoutApis, ...given }).apis.map(({ throttling }) => throttling);
    const apis = [{ name: SMALL_API }, { name: LARGE_API, throttling: { burstLimit: 7 } }];

    expect(throttlingWith({})).toEqual([
      { rateLimit: 50, burstLimit: 100 },
      { rateLimit: 50, burstLimit: 100 },
    ]);
    expect(throttlingWith({ throttling: { rateLimit: 200 }, apis })).toEqual([
      { rateLimit: 200, burstLimit: 100 },
      { rateLimit: 200, burstLimit: 7 },
    ]);
  });

  it("tell a wrong throttling once, not for each API again", () => {
    expect(() => parseEnvironment("dev", { ...dev, throttling: { rateLimit: 0 } })).toThrow(
      new UserError(
        "env/dev.ts has 1 problem:\n  throttling.rateLimit: must be a whole number from 1 to 10000 (requests per second), got 0",
      ),
    );
  });

  it("need a name where something exists already", () => {
    const nameless = { ...dev, roles: { apiFunction: { kind: "existing" } } };

    expect(() => parseEnvironment("dev", nameless)).toThrow(
      "roles.apiFunction.name: must be an IAM role name of 1 to 64 characters, not an ARN, got nothing",
    );
  });

  it("are checked like anything else, and add no problems of their own to that of a missing prefix", () => {
    const { namePrefix, ...nameless } = dev;

    expect(() => parseEnvironment("dev", { ...dev, functions: { api: { memoryMb: 128 } } })).toThrow(
      "functions.api.memoryMb: must be at least 157 (128 + ceil(payload.thresholdBytes * 6 / 1048576))",
    );
    expect(() => parseEnvironment("dev", nameless)).toThrow(
      new UserError(
        'env/dev.ts has 1 problem:\n  namePrefix: must be 3 to 31 lower-case letters, digits and hyphens, and must not begin with "sg-", "xn--", "sthree-" or "amzn-s3-demo-", which AWS reserves, got nothing',
      ),
    );
    expect(namePrefix).toBe("proposals-dev");
  });

  it("make of a resolved environment what it is", () => {
    const resolved = loadEnvironment("test");

    expect(parseEnvironment("test", resolved)).toEqual(resolved);
  });

  it.each(environmentNames)("are said by no file that leaves them as they are: %s", (name) => {
    const said = registeredEnvironments[name as keyof typeof registeredEnvironments];
    const resolved = loadEnvironment(name);
    const values = resolvedValues(name, said, resolved);

    const defaults = values.filter(({ origin }) => origin.startsWith("default: "));

    expect(defaults.length).toBeGreaterThan(25);
    expect(defaults.map(({ origin }) => origin)).not.toContain("default: ");
    expect(values.map(({ origin }) => origin)).toContain(`env/${name}.ts`);
  });
});
