import { describe, expect, it } from "vitest";
import { checkRegistration } from "../../cli/check-registration.ts";
import { registeredEnvironments } from "../../env/environments.ts";
import { loadEnvironments } from "../../env/load-environment.ts";
import { synthesize } from "../support/synthesize.ts";

// Whatever they are: these tests hold for every set of environments that is right.
const environments = loadEnvironments(registeredEnvironments);

describe("the environments of env/", () => {
  it("are all that have a file", () => {
    expect(() => checkRegistration(process.cwd(), registeredEnvironments)).not.toThrow();
  });

  it.each(environments)("synthesize $name, with a value for every variable", (environment) => {
    const { json, variableValues } = synthesize(environment);

    expect(Object.keys(variableValues).toSorted()).toEqual(Object.keys(json.variable).toSorted());
    expect(json.provider.aws).toHaveLength(1);
  });
});
