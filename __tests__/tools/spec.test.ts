import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resourceNames } from "../../contract/resource-names.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import { importDocument } from "../../openapi/import/import-document.ts";
import { main } from "../../tools/spec.ts";
import { callCommand } from "../support/call-command.ts";
import { loadEnvironment } from "../support/environments.ts";

const s3Export = "statement-upload-s3-oas30.json";
const lambdaExport = "branch-directory-lambda-oas30.json";
const fixture = (name: string) => join("__tests__", "fixtures", "exports", name);

const dev = loadEnvironment("dev");
const deployedApi = resourceNames(dev.namePrefix).api(LARGE_API);

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spec-"));
  for (const name of [s3Export, lambdaExport]) copyFileSync(fixture(name), join(folder, name));
});
afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const inFolder = (name: string) => join(folder, name);
const spec = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  callCommand(main, args, { INIT_CWD: folder, ...env });

describe("npm run spec", () => {
  it.each([
    ["--help"],
    ["add", "--help"],
    ["import", "--help"],
    ["lint", "--help"],
    ["export", "--help"],
    ["diff", "--help"],
    ["models", "--help"],
    ["survey", "--help"],
  ])("explains itself: %s %s", async (...args) => {
    const { code, stdout, stderr } = await spec(args.filter((arg) => arg !== undefined));

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^usage: npm run spec -- /);
  });

  it.each([
    [[], "Name a command."],
    [["improt"], 'There is no command "improt".'],
    [["import", "a.json"], "Name an export and a document."],
    [["import", "a.json", ""], "Name an export and a document."],
    [["help", "import"], 'Unknown argument: "import".'],
    [["import", "a.json", "b.json", "c.json"], 'Unknown argument: "c.json".'],
    [["import", "a.json", "b.json", "--buckets", "a=b"], "Unknown option '--buckets'"],
    [["import", s3Export, "b.json", "--bucket", "a"], "--bucket a: write it as <old>=<name>."],
    [
      ["import", s3Export, "b.json", "--bucket", "a=b", "--bucket", "a=c"],
      "--bucket names a twice: name it once.",
    ],
    [["import", s3Export, "b.json", "--foreign", "maybe"], "--foreign maybe: write refuse or keep."],
    [["diff", s3Export, s3Export, "--foreign", ""], "--foreign : write refuse or keep."],
    [["export", "dev", LARGE_API, "--foreign", "kept"], "--foreign kept: write refuse or keep."],
    [["import", s3Export, "b.json", "--account", "12345"], "--account 12345: write twelve digits."],
    [
      ["diff", s3Export, s3Export, "--region", "Frankfurt"],
      "--region Frankfurt: write a region such as eu-central-1.",
    ],
    [
      ["import", s3Export, "b.json", "--account", "111111111111", "--account", "222222222222"],
      "--account is given 2 times: give it once.",
    ],
    [["models", "specs"], 'Unknown argument: "specs".'],
    [["models", "--dry-run"], "Unknown option '--dry-run'"],
    [["export", "dev", "none"], `The environment dev has no API "none". It has: ${SMALL_API}, ${LARGE_API}.`],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await spec(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("npm run spec -- import", () => {
  it("writes the canonical document, and says what it stands on and what is left to do", async () => {
    const { code, stdout } = await spec([
      "import",
      s3Export,
      "specs/statements.openapi.json",
      "--bucket",
      "example-statements-dev=statements",
    ]);
    const written = readFileSync(inFolder("specs/statements.openapi.json"), "utf8");

    expect(code).toBe(0);
    expect(written).toBe(
      formatDocument(
        importDocument(readFileSync(fixture(s3Export), "utf8"), {
          source: "",
          names: { bucket: { "example-statements-dev": "statements" } },
        }).document,
      ),
    );
    expect(stdout).toContain("statements.openapi.json was written from statement-upload-s3-oas30.json.");
    expect(stdout).toMatch(
      /bucket\.statements .* from example-statements-dev, 1 place; bind it to intakeBucket, /,
    );
    expect(stdout).toMatch(/Left out\n {2}\/servers {3}the stack supplies it/);
    expect(stdout).toMatch(
      /Errors to correct before you deploy, and warnings\n {2}error {2}s3-error-as-success/,
    );
  });

  it("shows the difference and writes nothing in a dry run", async () => {
    const first = await spec(["import", s3Export, "a.openapi.json", "--dry-run"]);
    await spec(["import", s3Export, "a.openapi.json"]);
    const before = readFileSync(inFolder("a.openapi.json"), "utf8");
    writeFileSync(inFolder("new.json"), readFileSync(fixture(s3Export), "utf8").replace('"PUT"', '"POST"'));
    const changed = await spec(["import", "new.json", "a.openapi.json", "--dry-run"]);
    const same = await spec(["import", s3Export, "a.openapi.json", "--dry-run"]);

    expect(first.stdout).toContain("--- /dev/null");
    expect(changed.stdout).toMatch(/^- .*"httpMethod": "PUT",\n\+ .*"httpMethod": "POST",$/m);
    expect(changed.stdout).toContain("Nothing was written");
    expect(same.stdout).toContain("a.openapi.json is up to date with statement-upload-s3-oas30.json.");
    expect(readFileSync(inFolder("a.openapi.json"), "utf8")).toBe(before);
    expect(readdirSync(folder)).not.toContain(expect.stringContaining("tmp"));
  });

  it("writes nothing of what it refuses, and says where", async () => {
    const text = readFileSync(fixture(s3Export), "utf8").replace(
      "{",
      '{ "x-amazon-apigateway-tags": { "owner": "999999999999" },',
    );
    writeFileSync(inFolder("refused.json"), text);

    const { code, stdout, stderr } = await spec(["import", "refused.json", "out.openapi.json"]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^refused\.json cannot be imported:\n {2}\/x-amazon-apigateway-tags\/owner: .*\[account-literal\]$/m,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(inFolder("out.openapi.json"))).toBe(false);
  });

  it("says which file there is not", async () => {
    expect(await spec(["import", "none.json", "out.json"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "There is no file none.json.\n",
    });
  });
});

describe("npm run spec -- lint", () => {
  it("checks the project's own documents, and finds nothing", async () => {
    const own = readdirSync("specs").filter((file) => file.endsWith(".openapi.json"));

    const { code, stdout } = await spec(["lint"]);

    expect(code).toBe(0);
    expect(stdout).toContain(`0 errors, 0 warnings in ${own.length} documents.`);
  });

  it("fails with an error, and gives programs all there is to know of it", async () => {
    await spec(["import", s3Export, "a.openapi.json"]);

    const { code, stdout } = await spec(["lint", "a.openapi.json", "--json"]);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      errors: 1,
      warnings: 1,
      documents: [
        {
          file: "a.openapi.json",
          problems: [
            {
              rule: "s3-error-as-success",
              severity: "error",
              pointer:
                "/paths/~1statements~1{document}/put/x-amazon-apigateway-integration/responses/default",
              message: expect.any(String),
              why: expect.any(String),
              link: expect.stringMatching(/^https:/),
            },
            expect.objectContaining({ rule: "s3-bucket-owner", severity: "warning" }),
          ],
        },
      ],
    });
  });

  it("succeeds with a warning, and goes on behind what is no document", async () => {
    const document = JSON.parse(readFileSync(`specs/${SMALL_API}.openapi.json`, "utf8"));
    document.paths["/ping"] = { get: { "x-amazon-apigateway-integration": { type: "mock" } } };
    writeFileSync(inFolder("warned.json"), JSON.stringify(document));
    writeFileSync(inFolder("none.json"), "{");

    const warned = await spec(["lint", "warned.json"]);
    const both = await spec(["lint", "none.json", "warned.json"]);

    expect(warned.code).toBe(0);
    expect(warned.stdout).toContain("warning  reserved-path: On a custom domain, API Gateway answers /ping");
    expect(both.code).toBe(1);
    expect(both.stdout).toMatch(/none\.json\n {2}error {2}document-json/);
    expect(both.stdout).toContain("reserved-path");
  });
});

describe("npm run spec, of an export that names another account", () => {
  const [own, other, role] = ["690418257713", "112233445566", "arn:aws:iam::690418257713:role/acme-caller"];
  const functionOf = (account: string) => `${account}:function:example-branch-api`;
  const exported = readFileSync(fixture(lambdaExport), "utf8");

  /** Two of its integrations call the function of another account; a role tells which one is the API's own. */
  const shared = (account: string, { withRole = true } = {}) => {
    let count = 0;
    const text = exported.replaceAll(functionOf(own), (found) => {
      count += 1;
      return count <= 2 ? functionOf(account) : found;
    });
    return withRole ? text.replace('"uri" :', `"credentials" : "${role}", "uri" :`) : text;
  };
  const write = (name: string, text: string) => writeFileSync(inFolder(name), text);

  it("refuses the export with each place, the account and what to do, and writes nothing", async () => {
    write("shared.json", shared(other));

    const { code, stdout, stderr } = await spec(["import", "shared.json", "out.openapi.json"]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const message = `names account ${other}, but the API belongs to account ${own}; correct it, or import with --foreign keep`;
    expect(stderr.split(message)).toHaveLength(3);
    expect(readdirSync(folder)).not.toContain("out.openapi.json");
  });

  it("keeps it with --foreign keep, and says once how to bind it", async () => {
    const queue = (kind: string) => `https://sqs.eu-west-1.amazonaws.com/${other}/orders ${kind}`;
    const templates = `"requestTemplates" : { "a" : "${queue("a")}", "b" : "${queue("b")}" }, "uri" :`;
    write("shared.json", shared(other).replace('"uri" :', templates));

    const { code, stdout } = await spec(["import", "shared.json", "out.openapi.json", "--foreign", "keep"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `The API belongs to account ${own} in .*, according to /paths/.*/credentials. If .* --account`,
      ),
    );
    expect(stdout).toContain("function.exampleBranchApi    from example-branch-api, 3 places; bind it to");
    expect(stdout).toContain(
      `function.exampleBranchApi2   from example-branch-api of account ${other} in eu-west-1, 2 places; bind it to { kind: "external", arn: "arn:aws:lambda:eu-west-1:${functionOf(other)}" }`,
    );
    expect(stdout.match(/queue\.orders.*/g)).toEqual([
      expect.stringMatching(/^queue\.orders +from orders of account 112233445566 in eu-west-1, 2 places; /),
    ]);
  });

  it("asks for the account where two are named as often, and takes it", async () => {
    const two = shared(other, { withRole: false });
    const { paths, ...rest } = JSON.parse(two);
    const entries = Object.entries(paths as Record<string, Record<string, unknown>>).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, operation]) => JSON.stringify(operation).includes(":function:"))
        .map(([method, operation]) => [`/${method}${path}`, { [method]: operation }] as const),
    );
    write("tied.json", JSON.stringify({ ...rest, paths: Object.fromEntries(entries.slice(0, 4)) }));

    const asked = await spec(["import", "tied.json", "out.openapi.json"]);
    const given = ["--account", own, "--foreign", "keep"];
    const { code, stdout } = await spec(["import", "tied.json", "out.openapi.json", ...given]);
    const compared = await spec(["diff", "tied.json", "tied.json", "--account", own]);

    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(new RegExp(`(${own}|${other}).*(${own}|${other}).*--account <id>`));
    expect(code).toBe(0);
    expect(stdout).toContain(`of account ${other}`);
    expect(compared).toMatchObject({ code: 0, stdout: "The two are equal.\n" });
  });

  it("compares it by placeholders, whatever the accounts are, unless it is to be refused", async () => {
    write("dev.json", shared(other));
    write("prod.json", shared("999988887777").replaceAll(own, "222233334444"));

    const same = await spec(["diff", "dev.json", "prod.json"]);
    const refused = await spec(["diff", "dev.json", "prod.json", "--foreign", "refuse"]);

    expect(same).toMatchObject({ code: 0, stdout: "The two are equal.\n" });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(`names account ${other}`);
  });
});

describe("files of other programs", () => {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");

  it.each([
    ["UTF-16, as PowerShell's > writes it", utf16],
    ["UTF-16, big-endian", (text: string) => utf16(text).swap16()],
    ["UTF-8 behind a mark", (text: string) => Buffer.from(`\uFEFF${text}`)],
  ])("are read in %s", async (_, encode) => {
    writeFileSync(inFolder("encoded.json"), encode(readFileSync(fixture(lambdaExport), "utf8")));

    const { code, stdout } = await spec(["diff", "encoded.json", lambdaExport]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: "The two are equal.\n" });
  });

  it.each([
    ["UTF-16 without a mark", (text: string) => Buffer.from(text, "utf16le")],
    ["half a character of UTF-16", (text: string) => utf16(text).subarray(0, -1)],
    ["Latin-1", (text: string) => Buffer.from(text.replace("{", '{"description": "déjà",'), "latin1")],
    ["an archive", () => Buffer.from("504b0304140000000800", "hex")],
  ])("are refused in %s, by what they should be", async (_, encode) => {
    writeFileSync(inFolder("encoded.json"), encode(readFileSync(fixture(lambdaExport), "utf8")));

    const { code, stderr } = await spec(["import", "encoded.json", "a.openapi.json"]);

    expect(code).toBe(1);
    expect(stderr).toContain(
      "encoded.json is neither UTF-8 text nor UTF-16 text with a byte order mark. Save it as UTF-8.",
    );
    expect(existsSync(inFolder("a.openapi.json"))).toBe(false);
  });

  it("are refused with a key that stands twice, and nothing is written", async () => {
    const text = readFileSync(fixture(lambdaExport), "utf8");
    writeFileSync(inFolder("twice.json"), text.replace("{", '{\n"openapi": "3.0.1",'));

    const { code, stderr } = await spec(["import", "twice.json", "a.openapi.json"]);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /\/openapi: this key occurs twice in one object \(lines 2 and 3\).*\[duplicate-key\]/,
    );
    expect(existsSync(inFolder("a.openapi.json"))).toBe(false);
  });
});

describe("npm run spec -- lint --fix", () => {
  const write = (name: string, value: unknown) => writeFileSync(inFolder(name), JSON.stringify(value));
  const read = (name: string) => readFileSync(inFolder(name), "utf8");
  const mock = { responses: {}, "x-amazon-apigateway-integration": { type: "mock" } };
  const mendable = {
    paths: { "/a": { GET: mock } },
    openapi: "3.0.1",
    components: {
      schemas: { A: { type: "object", properties: { default: { type: "string", default: "x" } } } },
    },
    info: { title: "a", version: "1" },
  };

  it("mends what can be mended in one way, shows it, and finds nothing to do the second time", async () => {
    write("a.json", mendable);

    const before = await spec(["lint", "a.json"]);
    const first = await spec(["lint", "a.json", "--fix"]);
    const mended = read("a.json");
    const second = await spec(["lint", "a.json", "--fix"]);

    expect(before.code).toBe(1);
    expect(before.stdout).toContain("warning  document-format");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(
      /^\+ +"get": \{$[\s\S]*was rewritten\.[\s\S]*0 errors, 0 warnings in 1 document\./m,
    );
    expect(JSON.parse(mended)).toEqual({
      ...mendable,
      paths: { "/a": { get: mock } },
      components: { schemas: { A: { type: "object", properties: { default: { type: "string" } } } } },
    });
    expect(mended).toBe(formatDocument(JSON.parse(mended)));
    expect(second.stdout).toMatch(/^--fix has nothing to correct\.\n/);
    expect(read("a.json")).toBe(mended);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("writes nothing in a dry run", async () => {
    write("a.json", mendable);

    const { code, stdout } = await spec(["lint", "a.json", "--fix", "--dry-run"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/"get"[\s\S]*Nothing was written\./);
    expect(read("a.json")).toBe(JSON.stringify(mendable));
  });

  it("leaves alone what is no document, what repeats a key, and what only a reader can decide", async () => {
    const twice = '{"openapi":"3.0.1","paths":{"/a":{}},"paths":{"/b":{}}}';
    const both = { ...mendable, paths: { "/a": { GET: mock, get: mock } } };
    writeFileSync(inFolder("none.json"), "{");
    writeFileSync(inFolder("twice.json"), twice);
    write("both.json", both);

    const { code } = await spec(["lint", "none.json", "twice.json", "both.json", "--fix"]);

    expect(code).toBe(1);
    expect(read("none.json")).toBe("{");
    expect(read("twice.json")).toBe(twice);
    expect(Object.keys(JSON.parse(read("both.json")).paths["/a"]).toSorted()).toEqual(["GET", "get"]);
  });

  it("tells programs what was rewritten, and takes a file that is named twice once", async () => {
    write("a.json", mendable);

    const { stdout } = await spec(["lint", "a.json", "./a.json", "--fix", "--json"]);

    expect(JSON.parse(stdout)).toEqual({
      errors: 0,
      warnings: 0,
      fixed: [expect.stringMatching(/a\.json$/)],
      documents: [{ file: "./a.json", problems: [] }],
    });
  });

  it("takes --dry-run beside it alone", async () => {
    write("a.json", mendable);

    expect(await spec(["lint", "a.json", "--dry-run"])).toMatchObject({
      code: 2,
      stderr: "--dry-run needs --fix: add --fix, or remove --dry-run.\n",
    });
  });
});

describe("npm run spec -- diff", () => {
  it("compares exports with documents, and fails where callers may break", async () => {
    await spec(["import", lambdaExport, "a.openapi.json"]);
    const text = readFileSync(inFolder("a.openapi.json"), "utf8");
    const document = JSON.parse(text);
    const [path = ""] = Object.keys(document.paths);
    delete document.paths[path];
    document.info.title = "renamed";
    writeFileSync(inFolder("less.json"), JSON.stringify(document));
    writeFileSync(inFolder("titled.json"), text.replace(/"title": "[^"]*"/, '"title": "renamed"'));

    const same = await spec(["diff", lambdaExport, "a.openapi.json"]);
    const titled = await spec(["diff", lambdaExport, "titled.json"]);
    const less = await spec(["diff", lambdaExport, "less.json"]);
    const more = await spec(["diff", "less.json", lambdaExport]);
    const json = await spec(["diff", lambdaExport, "less.json", "--json"]);

    expect(same).toMatchObject({ code: 0, stdout: "The two are equal.\n" });
    expect(titled).toMatchObject({
      code: 0,
      stdout: "They differ only in descriptions, or in parts that nothing refers to.\n",
    });
    expect(less.code).toBe(1);
    expect(less.stdout).toMatch(
      new RegExp(`^May break callers\\n {2}[A-Z]+ ${path.replaceAll(/[{}+]/g, "\\$&")}: was removed`),
    );
    expect(more.code).toBe(0);
    expect(more.stdout).toContain("0 may break callers");
    expect(JSON.parse(json.stdout)).toMatchObject({
      breaking: expect.any(Number),
      changes: expect.arrayContaining([
        expect.objectContaining({ side: "caller", breaking: true, message: "was removed" }),
      ]),
    });
  });
});

describe("npm run spec -- export", () => {
  const ownExport = () =>
    readFileSync(fixture(s3Export), "utf8")
      .replaceAll("example-statements-dev", dev.buckets.intake.name)
      .replaceAll("example-statements-apigw-s3", dev.roles.gatewayWriter.name)
      .replaceAll("512873640091", "111111111111");

  type Answer = (request: IncomingMessage, response: ServerResponse) => void;

  /** Answers as STS and API Gateway do: the caller's account, two pages of APIs, the export of the one. */
  const gateway =
    ({ account = "111111111111", apis = [deployedApi], exported = (_: ServerResponse) => {} } = {}): Answer =>
    (request, response) => {
      const url = new URL(request.url ?? "/", "http://local");
      const json = (value: unknown) =>
        response.setHeader("content-type", "application/json").end(JSON.stringify(value));
      const item = apis.map((name, index) => ({ id: `abcdefgh${index}0`, name }));
      if (request.method === "POST") {
        response
          .setHeader("content-type", "text/xml")
          .end(
            `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/a</Arn><UserId>A</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
          );
      } else if (url.pathname === "/restapis" && !url.searchParams.has("position")) {
        json({ item: [{ id: "zzzzzzzzzz", name: "other" }], position: "second" });
      } else if (url.pathname === "/restapis") {
        json({ item });
      } else if (url.pathname === "/restapis/abcdefgh00/stages/v1/exports/oas30") {
        requested.push(Object.fromEntries(url.searchParams));
        requested.push({ accept: String(request.headers.accept) });
        exported(response);
      } else {
        response.statusCode = 404;
        json({ message: "unexpected" });
      }
    };
  const requested: Record<string, string>[] = [];

  async function serve(answer: Answer): Promise<Record<string, string>> {
    requested.length = 0;
    server = createServer((request, response) => {
      request.resume().on("end", () => answer(request, response));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "eu-central-1",
    };
  }

  const refuse = (status: number, type: string, message: string) => (response: ServerResponse) => {
    response.statusCode = status;
    response.setHeader("x-amzn-errortype", type).end(JSON.stringify({ message }));
  };

  it("imports the deployed stage by the names that the environment binds", async () => {
    const env = await serve(gateway({ exported: (response) => void response.end(ownExport()) }));

    const { code, stdout, stderr } = await spec(
      ["export", "dev", LARGE_API, "--out", "large.openapi.json"],
      env,
    );
    const written = readFileSync(inFolder("large.openapi.json"), "utf8");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(requested).toEqual([{ extensions: "apigateway" }, { accept: "application/json" }]);
    expect(written).toContain(":s3:path/{{bucket.intake}}/{object}");
    expect(written).toContain('"credentials": "{{role.intakeWriter}}"');
    expect(stdout).toContain(`was written from the stage v1 of ${deployedApi}.`);
  });

  it("shows what would change in the environment's own document, and leaves it", async () => {
    const own = readFileSync(`specs/${LARGE_API}.openapi.json`, "utf8");
    const env = await serve(gateway({ exported: (response) => void response.end(ownExport()) }));

    const { code, stdout } = await spec(["export", "dev", LARGE_API, "--dry-run"], env);

    expect(code).toBe(0);
    expect(stdout).toContain(`--- specs/${LARGE_API}.openapi.json`);
    expect(stdout).toContain("Nothing was written");
    expect(readFileSync(`specs/${LARGE_API}.openapi.json`, "utf8")).toBe(own);
  });

  it.each<[string, Parameters<typeof gateway>[0], RegExp]>([
    [
      "another account",
      { account: "222222222222" },
      /^Wrong AWS account for dev: .* in account 222222222222/,
    ],
    [
      "an API that is not deployed",
      { apis: [] },
      new RegExp(`^There is no REST API named ${deployedApi} in account`),
    ],
    [
      "two APIs of one name",
      { apis: [deployedApi, deployedApi] },
      new RegExp(`^There are 2 REST APIs named ${deployedApi}: abcdefgh00, abcdefgh10\\.`),
    ],
    [
      "a stage that is not deployed",
      { exported: refuse(404, "NotFoundException", "Invalid stage identifier specified") },
      /^API Gateway did not export .* \(NotFoundException: Invalid stage.*\)\. Perhaps the stage v1 is not deployed\. Check it/,
    ],
    [
      "missing permission",
      { exported: refuse(403, "AccessDeniedException", "not authorized") },
      /The credentials need apigateway:GET/,
    ],
    [
      "an export that cannot be imported",
      { exported: (response) => void response.end('{"openapi":"3.0.1","paths":{}}') },
      new RegExp(`^the stage v1 of ${deployedApi} is not an export of a REST API`),
    ],
  ])("says what to do about %s", async (_, answers, message) => {
    const env = await serve(gateway(answers));

    const { code, stdout, stderr } = await spec(["export", "dev", LARGE_API, "--out", "a.json"], env);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(inFolder("a.json"))).toBe(false);
  });
});
