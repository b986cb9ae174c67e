import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { registeredEnvironments } from "../../env/environments.ts";
import { loadEnvironments } from "../../env/load-environment.ts";
import { synthesize } from "../support/synthesize.ts";

// Whatever they are: these tests hold for every set of environments that is right.
const environments = loadEnvironments(registeredEnvironments);

describe("the environments of env/", () => {
  it("are all that have a file", () => {
    const described = readdirSync("env").filter((file) =>
      readFileSync(join("env", file), "utf8").includes("satisfies Environment"),
    );

    // What is missing here is missing in env/environments.ts: nothing of it would be synthesized.
    expect(Object.keys(registeredEnvironments).toSorted()).toEqual(
      described.map((file) => file.replace(".ts", "")).toSorted(),
    );
  });

  it.each(environments)("synthesize $name, with a value for every variable", (environment) => {
    const { json, variableValues } = synthesize(environment);

    expect(Object.keys(variableValues).toSorted()).toEqual(Object.keys(json.variable).toSorted());
    expect(json.provider.aws).toHaveLength(1);
  });
});
