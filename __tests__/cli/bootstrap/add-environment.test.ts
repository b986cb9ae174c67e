import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addEnvironment } from "../../../cli/bootstrap/add-environment.ts";
import { ingestionStackName } from "../../../domain/names.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { smallProject } from "../../support/small-project.ts";

let project: ReturnType<typeof smallProject>;

beforeEach(() => {
  project = smallProject();
});

afterEach(() => project.remove());

const add = (from = "dev") =>
  addEnvironment(project.folder, { name: "trial", accountId: "999999999999", from });

describe(addEnvironment, () => {
  it("gives a copy a name, a prefix and an account of its own, and leaves the rest as it is", () => {
    const { accountId, namePrefix } = loadEnvironment("dev");

    add();

    const lines = (file: string) => project.read(file).split("\n");
    const changed = lines("env/trial.ts").filter((line, index) => line !== lines("env/dev.ts")[index]);
    expect(changed).toEqual(
      expect.arrayContaining([
        "export const trial = {",
        '  name: "trial",',
        '  accountId: "999999999999",',
        `  namePrefix: "${ingestionStackName("trial")}",`,
      ]),
    );
    expect(lines("env/trial.ts")).toHaveLength(lines("env/dev.ts").length);
    expect(project.read("env/trial.ts")).not.toMatch(new RegExp(`\\bdev\\b|"${accountId}"|"${namePrefix}"`));
  });

  it("gives a copy an audience of its own, also one without the environment's name", () => {
    project.write(
      "env/dev.ts",
      project.read("env/dev.ts").replace(/(audience: ")[^"]*"/, '$1api://ingestion"'),
    );

    add();

    expect(project.read("env/trial.ts")).toContain('audience: "api://ingestion/trial"');
  });

  it("registers it after the one that it is copied from", () => {
    add();

    const text = project.read("env/environments.ts");
    expect(text).toContain('import { trial } from "./trial.ts";\n');
    expect(text).toContain("registeredEnvironments = { dev, trial, test, uat, prod };");
  });

  it.each([
    [
      "env/dev.ts",
      "accountId:",
      "account:",
      /^env\/dev\.ts contains no text that matches .*accountId.*by hand/,
    ],
    [
      "env/environments.ts",
      "import { dev }",
      "import { dev as first }",
      /^env\/environments\.ts contains no text/,
    ],
    [
      "env/environments.ts",
      "{ dev, ",
      "{ ",
      /^env\/environments\.ts contains no text that matches .*registeredEnv/,
    ],
  ])("says which file it does not know its way in: %s without %s", (file, before, after, message) => {
    project.write(file, project.read(file).replace(before, after));

    expect(() => add()).toThrow(message);
  });
});
