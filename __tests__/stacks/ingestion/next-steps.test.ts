import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ingestionStackName } from "../../../domain/names.ts";
import { type NextStepsProps, nextSteps } from "../../../stacks/ingestion/next-steps.ts";
import { environmentNames, loadEnvironment, synthesizedStack } from "../../support/environments.ts";

const nothing: NextStepsProps["asked"] = {
  required_policies: [],
  undetermined_permissions: [],
  external_permissions: [],
  required_settings: [],
};
const dev = loadEnvironment("dev");

/** What the output says after an apply of an environment as its file describes it. */
function outputOf(name: string): string[] {
  const read = (file: string) => JSON.parse(readFileSync(join(synthesizedStack(name), file), "utf8"));
  const variableValues = read(`${ingestionStackName(name)}.auto.tfvars.json`);
  const lines: string[] = read("cdk.tf.json").output.next_steps.value;
  return lines.map((line) =>
    line.replace(/\$\{var\.(\w+)\}/g, (_, variable: string) => String(variableValues[variable])),
  );
}

describe("the output next_steps", () => {
  it("tells dev, which owns everything, of alarms, callers and the check", () => {
    expect(outputOf("dev")).toEqual([
      "Alarms: nobody receives them. To change this, set alerts in env/dev.ts.",
      expect.stringMatching(/^Callers: terraform -chdir=cdktf\.out\/stacks\/\S+-dev output -json \| npm run/),
      expect.stringMatching(
        /^Operators: attach the output operator_policy to their role\. npm run redrive -- dev /,
      ),
      expect.stringMatching(
        /^Verify: set proxy\.url in env\/dev\.ts to the URL of the proxy\. Then npm run verify -- dev sends /,
      ),
      "Remove everything: docs/remove-everything.md explains it. npm run destroy -- dev shows what stays.",
    ]);
  });

  it("names in a mixture who has to be asked, and for what", () => {
    expect(outputOf("test").slice(0, 3)).toEqual([
      "Owners: give the output required_policies to the owners of gateway-writer-role, api-function-role, intake-bucket. Without these permissions, calls fail.",
      "Owners: give the output required_settings to the owners of intake-bucket. No plan checks these settings.",
      "Alarms: ask the owner of the e-mail address to confirm both messages of AWS, for urgent alarms and for tickets.",
    ]);
  });

  it("names prod's secrets, and what each of them holds", () => {
    const { alerts } = loadEnvironment("prod");
    const { pagerDuty, serviceNow } = (alerts.kind === "routed" && alerts.notifier) || {};
    const secrets = outputOf("prod").filter((line) => line.includes("Secrets Manager"));

    expect(secrets).toEqual([
      expect.stringContaining(`the secret ${pagerDuty?.secretName} ({"routingKey": …})`),
      expect.stringContaining(
        `the secret ${serviceNow?.secretName} ({"username": …, "password": …}, at ${serviceNow?.host})`,
      ),
    ]);
  });

  it.each(environmentNames)("has in %s one line for each step, and the check before the last", (name) => {
    const lines = outputOf(name);

    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.filter((line) => line.includes("\n") || line.includes("${"))).toEqual([]);
    expect(lines.at(-2)).toContain(`npm run verify -- ${name} `);
  });

  it("leaves a proxy that somebody else runs to its owner", () => {
    const proxy = { kind: "external", addresses: "any" } as const;

    expect(nextSteps({ choices: { ...dev, proxy }, asked: nothing })).toContain(
      "Callers: configure the proxy to send requests at or below api_paths to the api_urls of these outputs. docs/proxy.md explains how.",
    );
  });

  it.each([
    ["is said", { ...dev.proxy, url: "https://ingestion.example.com" }],
    ["is not needed", { ...dev.proxy, addresses: "any" as const }],
  ])("asks for no URL of the proxy where it %s", (_, proxy) => {
    expect(nextSteps({ choices: { ...dev, proxy }, asked: nothing }).at(-2)).toMatch(
      /^Verify: npm run verify -- dev sends /,
    );
  });

  it("counts e-mail addresses, and asks for no secret where none is used", () => {
    const alerts = { kind: "routed", emails: ["a@example.com", "b@example.com"] } as const;
    const lines = nextSteps({
      choices: { ...dev, alerts: { ...alerts, emails: [...alerts.emails] } },
      asked: nothing,
    });

    expect(lines.filter((line) => line.startsWith("Alarms: "))).toEqual([
      "Alarms: ask the owners of 2 e-mail addresses to confirm both messages of AWS, for urgent alarms and for tickets.",
    ]);
    expect(lines.join("\n")).not.toContain("a@example.com");
  });

  it("asks owners for what documents do not tell, and for what lies in other accounts", () => {
    const asked = {
      ...nothing,
      undetermined_permissions: ["orders-role"],
      external_permissions: ["orders-queue"],
    };

    expect(nextSteps({ choices: dev, asked }).slice(0, 2)).toEqual([
      "Owners: grant to orders-role the permissions that the output undetermined_permissions describes.",
      "Owners: give the output external_permissions to the owners of orders-queue in the other account.",
    ]);
  });
});
