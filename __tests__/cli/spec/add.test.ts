import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { evaluateEnvironment } from "../../../cli/spec/add/evaluate-environment.ts";
import { LARGE_API, SMALL_API } from "../../../domain/names.ts";
import { main } from "../../../tools/spec.ts";
import { registeredEnvironments } from "../../fixtures/env/environments.ts";
import { callCommand } from "../../support/call-command.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { smallProject } from "../../support/small-project.ts";

const exported = readFileSync("__tests__/fixtures/exports/statement-upload-s3-oas30.json", "utf8");
const intakeBucket = loadEnvironment("dev").buckets.intake.name;
const added = "specs/statements.openapi.json";

let project: ReturnType<typeof smallProject>;
beforeEach(() => {
  project = smallProject();
  project.write("export.json", exported);
  vi.spyOn(process, "cwd").mockReturnValue(project.folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  project.remove();
});

/** As a new process would: with the environments that the files hold now. */
const add = (...args: readonly string[]) =>
  callCommand(main, ["add", "export.json", "--api", "statements", ...args], { INIT_CWD: project.folder });

const addTo = (environments: typeof registeredEnvironments, ...args: readonly string[]) =>
  callCommand(
    main,
    ["add", "export.json", "--api", "statements", "--env", "dev", ...args],
    { INIT_CWD: project.folder },
    { environments },
  );

const files = () =>
  ["specs", "env"].flatMap((part) =>
    readdirSync(join(project.folder, part))
      .toSorted()
      .map((file) => [`${part}/${file}`, project.read(`${part}/${file}`)]),
  );

describe("npm run spec -- add", () => {
  it("writes the document and an entry in each environment, and leaves every other byte", async () => {
    const before = project.read("env/dev.ts");

    const { code, stdout, stderr } = await add(
      "--env",
      "dev,test",
      "--bucket",
      "example-statements-dev=statements",
    );
    const after = project.read("env/dev.ts");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(after).toBe(
      before.replace(
        "      name: LARGE_API,\n    },\n",
        `      name: LARGE_API,
    },
    {
      name: "statements",
      bindings: {
        "bucket.statements": { kind: "existing", name: "example-statements-dev" },
        "role.exampleStatementsApigwS3": { kind: "existing", name: "example-statements-apigw-s3" },
      },
    },
`,
      ),
    );
    expect(project.read(added)).toContain("s3:path/{{bucket.statements}}/{object}");
    expect(stdout).toContain("+++ env/test.ts");
    expect(stdout).toMatch(RegExp(`^${added} is new \\(\\d+ lines\\)\\.$`, "m"));
    expect(stdout).not.toContain(`+++ ${added}`);
    expect(stdout).toMatch(/npm start -- \w+ runs it on this machine, without AWS\n {2}npm run test:fast\n/);
    expect(stdout).toMatch(
      /Errors to correct before synthesis, and warnings\n {2}error {2}s3-error-as-success/,
    );
    expect(stdout).toMatch(
      /Check before you plan\n {2}env\/dev\.ts: bucket\.statements keeps the name example-statements-dev from account/,
    );
  });

  it("writes out the APIs of the default where an environment leaves them to it, as the formatter would", async () => {
    const { code } = await add("--env", "test");
    const text = project.read("env/test.ts");

    expect(code).toBe(0);
    expect(text).toContain('import { LARGE_API, SMALL_API } from "../domain/names.ts";\nimport type');
    expect(text).toContain("  apis: [\n    { name: SMALL_API },\n    { name: LARGE_API },\n    {\n");
    const biome = resolve("node_modules", "@biomejs", "biome", "bin", "biome");
    const formatted = execFileSync(process.execPath, [biome, "format", "--stdin-file-path=env/test.ts"], {
      cwd: join(import.meta.dirname, "..", "..", ".."),
      input: text,
      encoding: "utf8",
    });
    expect(formatted).toBe(text);
  });

  it("shows the difference and writes nothing in a dry run", async () => {
    const before = files();

    const { code, stdout } = await add("--env", "dev", "--dry-run");

    expect(code).toBe(0);
    expect(stdout).toContain(`+++ ${added}`);
    expect(stdout).toContain("Nothing was written");
    expect(files()).toEqual(before);
  });

  it("binds what has the name of a part of the stack to the part, in every environment", async () => {
    project.write("export.json", exported.replaceAll("example-statements-dev", intakeBucket));

    await add("--env", "dev,prod", "--bucket", `${intakeBucket}=statements`);

    expect(project.read("env/dev.ts")).toContain('"bucket.statements": "intakeBucket",');
    expect(project.read("env/prod.ts")).toContain('"bucket.statements": "intakeBucket",');
  });

  it("binds what lies in another account by its ARN, where that is kept", async () => {
    const arn = "arn:aws:sns:us-east-1:998877665544:orders";
    const templates = { "text/plain": `{"TopicArn":"${arn}"}` };
    const text = JSON.stringify(JSON.parse(exported), (key, value) =>
      key === "x-amazon-apigateway-integration" ? { ...value, requestTemplates: templates } : value,
    );
    project.write("export.json", text);
    const before = files();

    const refused = await add("--env", "dev");
    const unchanged = files();
    const { code, stderr } = await add("--env", "dev", "--foreign", "keep");

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("names account 998877665544");
    expect(unchanged).toEqual(before);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(project.read(added)).toContain("{{topic.orders.arn}}");
    expect(project.read("env/dev.ts").replaceAll(/\s+/g, " ")).toContain(
      `"topic.orders": { kind: "external", arn: "${arn}"`,
    );
  });

  it("binds a state machine of the export's account in another region to the environment's own there", async () => {
    const arn = (account: string) => `arn:aws:states:eu-west-3:${account}:stateMachine:orders`;
    const account = /iam::(\d{12})/.exec(exported)?.[1] ?? "";
    const templates = { "text/plain": `{"stateMachineArn":"${arn(account)}"}` };
    const text = JSON.stringify(JSON.parse(exported), (key, value) =>
      key === "x-amazon-apigateway-integration" ? { ...value, requestTemplates: templates } : value,
    );
    project.write("export.json", text);
    const own = arn(loadEnvironment("dev").accountId);

    const { code, stdout, stderr } = await add("--env", "dev", "--foreign", "keep");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(project.read("env/dev.ts")).toContain(own);
    expect(stdout).toContain(`stateMachine.orders is ${own}, which was in account ${account} in the export`);
  });

  it("proposes the first segments of the document's paths where its name does not lead to them", async () => {
    project.write("export.json", exported.replaceAll("/statements/{document}", "/uploads/{document}"));

    await add("--env", "dev", "--stage", "live");

    expect(project.read("env/dev.ts")).toContain('stage: "live",\n      paths: ["/uploads"],');
  });

  it("takes values of stage variables for all or one environment, and asks for those that are missing", async () => {
    project.write("export.json", exported.replaceAll("{object}", "${stageVariables.folder}/{object}"));

    const without = await add("--env", "dev,test", "--stage-variable", "dev.folder=a");
    const withAll = await add(
      "--env",
      "dev,test",
      "--stage-variable",
      "dev.folder=a",
      "--stage-variable",
      "folder=b",
    );

    expect(without.code).toBe(1);
    expect(without.stderr).toMatch(
      /^env\/test\.ts: the document needs the stage variable folder \(\/paths.*--stage-variable folder=<value>$/m,
    );
    expect(withAll.code).toBe(0);
    expect(project.read("env/dev.ts")).toContain('stageVariables: { folder: "a" },');
    expect(project.read("env/test.ts")).toContain('stageVariables: { folder: "b" },');
  });

  it.each<[string, readonly string[], number, string]>([
    [
      "an unknown environment",
      ["--env", "dev,none"],
      1,
      'There is no environment "none". Known: dev, test, uat, prod.',
    ],
    ["an environment twice", ["--env", "dev,dev"], 1, "--env names dev twice: name it once."],
    ["no environment", [], 2, "Name environments: --env dev,test,uat,prod."],
    ["a name that is none", ["--env", "dev", "--api", "My API"], 1, "--api My API: must be lower-case words"],
    ["an API of the domain", ["--env", "dev", "--api", SMALL_API], 1, `${SMALL_API} is an API of the domain`],
    [
      "another API's document",
      ["--env", "dev", "--document", LARGE_API],
      1,
      `is the document of ${LARGE_API} (env/dev.ts)`,
    ],
    ["paths of another API", ["--env", "dev", "--paths", `/${SMALL_API}`], 1, "overlaps"],
    [
      "paths that lead nowhere",
      ["--env", "dev", "--paths", "/a"],
      1,
      "the document's path /statements/{document} is not at or below /a",
    ],
    ["an empty name of an environment", ["--env", "dev,"], 2, "--env dev,: one name is empty."],
    [
      "a document elsewhere",
      ["--env", "dev", "--document", "../x"],
      1,
      "--document ../x.openapi.json: must be",
    ],
    ["a stage that is none", ["--env", "dev", "--stage", "a b"], 1, "--stage a b: must be letters"],
    ["a path that is none", ["--env", "dev", "--paths", "a"], 1, "--paths a: must be a path"],
    [
      "a stage variable that nothing reads",
      ["--env", "dev", "--stage-variable", "a=b"],
      1,
      "the document does not use the stage variable a",
    ],
    [
      "a stage variable of no environment",
      ["--env", "dev", "--stage-variable", "test.a=b"],
      2,
      "test is not in --env dev.",
    ],
  ])("refuses %s and writes nothing", async (_, args, code, message) => {
    const before = files();

    const result = await add(...args);

    expect(result).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
    expect(files()).toEqual(before);
  });

  it("takes names of environments with spaces between them", async () => {
    expect((await add("--env", "dev, test", "--dry-run")).code).toBe(0);
  });

  it("says which of the document's paths begin with a parameter, of which the proxy reaches a part", async () => {
    project.write("export.json", exported.replaceAll("/statements/{document}", "/{document}"));

    const { code, stdout } = await add("--env", "dev");

    expect(code).toBe(0);
    expect(stdout).toContain(
      "env/dev.ts: /{document} begins with a parameter, so it receives only requests at or below /statements",
    );
  });

  it("refuses the path /, which the proxy does not reach", async () => {
    const { paths, ...rest } = JSON.parse(exported);
    project.write("export.json", JSON.stringify({ ...rest, paths: { ...paths, "/": { get: {} } } }));

    const { code, stderr } = await add("--env", "dev");

    expect(code).toBe(1);
    expect(stderr).toContain(
      "the proxy sends no requests to the path / of the document: remove the path from the export",
    );
  });

  it("asks again for what has the export's name in another account", async () => {
    await add("--env", "dev");
    const dev = { ...registeredEnvironments.dev, ...(await environmentIn(project.folder)) };

    const { code, stdout } = await addTo({ ...registeredEnvironments, dev });

    expect(code).toBe(0);
    expect(stdout).toContain("Everything is up to date with export.json.");
    expect(stdout).toMatch(
      /Check before you plan\n {2}env\/dev\.ts: bucket\.\w+ keeps the name example-statements-dev from account/,
    );
  });

  it("keeps a document that was mended, unless it is told to overwrite it", async () => {
    await add("--env", "dev");
    const raw = project.read(added);
    const mended = raw.replaceAll(/"default": \{\s*"statusCode": "200"/g, (text) =>
      text.replace("default", "200"),
    );
    project.write(added, mended);
    const dev = { ...registeredEnvironments.dev, ...(await environmentIn(project.folder)) };
    const environments = { ...registeredEnvironments, dev };

    const refused = await addTo(environments);
    const unchanged = project.read(added);
    const overwritten = await addTo(environments, "--overwrite");

    expect(mended).not.toBe(raw);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /does not have these errors\. To write export\.json over it would bring them back/,
    );
    expect(refused.stderr).toContain("s3-error-as-success");
    expect(refused.stderr).toContain("npm run spec -- diff");
    expect(unchanged).toBe(mended);
    expect(overwritten.code).toBe(0);
    expect(project.read(added)).toBe(raw);
  });

  it("refuses to overwrite a document that is no API's", async () => {
    project.write(added, "{}\n");

    const { code, stderr } = await add("--env", "dev");

    expect(code).toBe(1);
    expect(stderr).toContain(`${added} exists with other content`);
    expect(project.read(added)).toBe("{}\n");
  });

  it("says what to write by hand where a file is not written so that it can be edited, and writes nothing", async () => {
    const text = project.read("env/dev.ts");
    project.write(
      "env/dev.ts",
      text
        .replace(
          "export const dev",
          "const apis = [{ name: SMALL_API }, { name: LARGE_API }];\nexport const dev",
        )
        .replace(/ {2}apis: \[.*?^ {2}\],/ms, "  apis,"),
    );
    const before = files();

    const { code, stderr } = await add("--env", "dev,test");

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^env\/dev\.ts has apis that are not a plain list\. The command cannot edit it\. Write this into its apis by hand/,
    );
    expect(stderr).toContain('      name: "statements",\n      bindings: {\n');
    expect(files()).toEqual(before);
  });

  it("gives an API that is there what it lacks, keeps what people wrote, and says what is taken out", async () => {
    const named = ["--bucket", "example-statements-dev=statements"];
    await add("--env", "dev", ...named);
    const written = project
      .read("env/dev.ts")
      .replace(
        '        "role.',
        '        // The owner is the team of the archive.\n        "topic.old": { kind: "existing", name: "old" }, // gone soon\n        "role.',
      )
      .replace(/ {8}"bucket\.statements".*\n/, '        "bucket.statements": "intakeBucket",\n');
    const wished = written.replace(/ {8}\/\/ The owner.*\n {8}"topic\.old".*\n/, "");
    project.write("env/dev.ts", written);
    const dev = { ...registeredEnvironments.dev, ...(await environmentIn(project.folder)) };

    const { code, stdout } = await callCommand(
      main,
      ["add", "export.json", "--api", "statements", "--env", "dev", ...named],
      { INIT_CWD: project.folder },
      { environments: { ...registeredEnvironments, dev } },
    );

    expect(code).toBe(0);
    expect(project.read("env/dev.ts")).toBe(wished);
    expect(stdout).toContain(
      "env/dev.ts: the binding topic.old was removed, with its comments: the document no longer has {{topic.old}}",
    );
  });
});

async function environmentIn(folder: string): Promise<object> {
  const file = join(folder, "env", "dev.ts");
  return (await evaluateEnvironment(file, readFileSync(file, "utf8"), "dev")) as object;
}
