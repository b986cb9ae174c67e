import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { parseDeployedStack } from "../../operations/deployed-stack.ts";
import { inTerraformForm } from "../../proxy/cdktf-outputs.ts";
import { parseStackOutputs } from "../../proxy/proxy-settings.ts";
import { deployedOutputs } from "../support/deployed-outputs.ts";
import { loadEnvironment, synthesizedStack } from "../support/environments.ts";

const dev = loadEnvironment("dev");
const stack = ingestionStackName("dev");
const outputs = deployedOutputs("dev");
const ofTerraform = JSON.stringify(outputs);

/** As `cdktf output` writes them. */
const ofCdktfOutput = JSON.stringify({
  [stack]: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
});

/** As `cdktf deploy` writes them: values in the places that the synthesis noted for them (getConstructIdsForOutputs of @cdktf/cli-core). */
function ofCdktfDeploy(): string {
  const { "//": notes } = JSON.parse(readFileSync(join(synthesizedStack("dev"), "cdk.tf.json"), "utf8"));
  const place = (noted: object): object =>
    Object.fromEntries(
      Object.entries(noted).map(([id, under]) => [
        id,
        typeof under === "string" ? outputs[under]?.value : place(under),
      ]),
    );
  return JSON.stringify({ "account-dev": { gateway_logging_role: "role" }, ...place(notes.outputs) });
}

describe("the outputs in a file of cdktf", () => {
  it("are those that Terraform prints, for the proxy and for operators", () => {
    const read = (text: string) => ({
      proxy: parseStackOutputs(text, "outputs.json", dev),
      operators: parseDeployedStack(text, "outputs.json", dev),
    });

    expect(Object.keys(JSON.parse(ofCdktfDeploy()))).toEqual(["account-dev", stack]);
    expect(read(ofCdktfDeploy())).toEqual(read(ofTerraform));
    expect(read(ofCdktfOutput)).toEqual(read(ofTerraform));
  });

  it("are refused if they are of other stacks only", () => {
    const text = JSON.stringify({ "account-dev": { gateway_logging_role: "role" }, "delivery-dev": {} });

    expect(() => parseDeployedStack(text, "outputs.json", dev)).toThrow(
      `outputs.json has the outputs of account-dev, delivery-dev, not of ${stack}. Create it with "npx cdktf output ${stack} --outputs-file <file>"`,
    );
  });

  it.each(["{}", JSON.stringify({ [stack]: {} })])("are missing before the first apply: %s", (text) => {
    expect(() => parseStackOutputs(text, "outputs.json", dev)).toThrow(/^ {2}deployment: is missing/m);
  });

  it.each([[outputs], [[]], [{}], ["text"]])(
    "are what Terraform prints where they are not of cdktf (%#)",
    (given) => {
      expect(inTerraformForm(given, "outputs.json", "dev")).toBe(given);
    },
  );
});
