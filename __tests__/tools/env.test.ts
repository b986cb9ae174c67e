import { describe, expect, it } from "vitest";
import { LARGE_API } from "../../domain/names.ts";
import { main } from "../../tools/env.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { callCommand } from "../support/call-command.ts";
import { loadEnvironment } from "../support/environments.ts";

describe("npm run env", () => {
  it("prints each value with its file, or the reason of its default, in columns", async () => {
    const { code, stdout } = await callCommand(main, ["uat"]);
    const lines = stdout.split("\n");

    expect(code).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/^accountId {2,}"333333333333" {2,}env\/uat\.ts$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^retention\.logDays {2,}365 {2,}default: audits usually require a year$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(`^apis\\[1\\]\\.document {2,}"${LARGE_API}\\.openapi\\.json" {2,}default: <name>\\.`),
      ),
    );
    expect(
      new Set(lines.filter(Boolean).map((line) => line.indexOf(line.split(/ {2,}/)[1] ?? ""))),
    ).toHaveLength(1);
  });

  it("says what the stack names itself", async () => {
    const { namePrefix } = loadEnvironment("dev");

    const { stdout } = await callCommand(main, ["dev"]);

    expect(stdout).toMatch(/^roles\.gatewayWriter\.kind +"managed" +default: the stack creates it$/m);
    expect(stdout).toMatch(
      new RegExp(
        `^roles\\.gatewayWriter\\.name +"${namePrefix}-gateway-writer" +default: <namePrefix>-gateway-writer$`,
        "m",
      ),
    );
  });

  it("says what follows from the version of the AWS provider", async () => {
    const lineFor = async (version: "~> 5.100" | "~> 6.25") => {
      const environments = {
        ...registeredEnvironments,
        dev: { ...registeredEnvironments.dev, awsProviderVersion: version },
      };
      const { stdout } = await callCommand(main, ["dev"], {}, { environments });
      return stdout.split("\n").find((line) => line.startsWith("awsProviderVersion"));
    };

    expect(await lineFor("~> 5.100")).toMatch(
      /"~> 5\.100" +env\/dev\.ts; functions run on nodejs22\.x; planned and applied by the tests$/,
    );
    expect(await lineFor("~> 6.25")).toMatch(
      /"~> 6\.25" +env\/dev\.ts; functions run on nodejs24\.x; typed and synthesized by the tests, not applied$/,
    );
  });

  it("says of each caller what its file says, and which limits it has by default", async () => {
    const { stdout } = await callCommand(main, ["dev"]);

    for (const line of [
      /^proxy\.callers\[0\]\.name +"saas" +env\/dev\.ts$/m,
      /^proxy\.callers\[1\]\.credentials\[0\]\.subject +"partner" +env\/dev\.ts$/m,
      /^proxy\.callers\[1\]\.may +\["read","write"\] +env\/dev\.ts$/m,
      /^proxy\.callers\[1\]\.limits\.connections +200 +default: a tenth of the default for all callers$/m,
      /^proxy\.addresses +\["10\.20\.0\.128\/25"\] +env\/dev\.ts$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  it("prints the whole environment as JSON, with the origin of every value", async () => {
    const { stdout } = await callCommand(main, ["prod", "--json"]);
    const { environment, origins } = JSON.parse(stdout);

    expect(environment).toEqual(loadEnvironment("prod"));
    expect(origins).toMatchObject({
      accountId: "env/prod.ts",
      "queue.batchSize": "default: a payload may have 10 MB, and a failing payload does not affect others",
      'apis[0].bindings["function.api"]': expect.stringMatching(/^default: /),
    });
  });

  it("lists the known names where it is asked for another", async () => {
    expect(await callCommand(main, ["prd"])).toEqual({
      code: 2,
      stdout: "",
      stderr: 'There is no environment "prd". Known: dev, test, uat, prod.\n',
    });
  });
});
