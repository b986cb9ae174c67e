import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceNames } from "../../contract/resource-names.ts";
import { ingestionStackName, LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { createClients } from "../../emulator/aws/clients.ts";
import { describeStack } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../emulator/run-stack.ts";
import { resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import type { HaproxyProgram } from "../../proxy/haproxy-process.ts";
import { type CheckOut, checkOut } from "./check-out.ts";
import { loadEnvironment } from "./environments.ts";

const entries = (functionName: string) => `    {
      name: "statements",
      document: "statements.openapi.json",
      stage: "live",
      throttling: { rateLimit: 50, burstLimit: 100 },
      bindings: {
        "bucket.statements": { kind: "existing", name: "example-statements" },
        "role.writer": { kind: "existing", name: "example-statements-apigw-s3" },
      },
    },
    {
      name: "branches",
      document: "branches.openapi.json",
      stage: "v7",
      paths: ["/branches", "/portraits"],
      stageVariables: { folder: "approved" },
      throttling: { rateLimit: 50, burstLimit: 100 },
      bindings: {
        "function.branches": "apiFunction",
        "bucket.portraits": { kind: "existing", name: "example-portraits" },
        "role.portraitReader": { kind: "existing", name: "example-portraits-reader" },
      },
    },
    {
      name: "reports",
      document: "reports.openapi.json",
      stage: "v1",
      throttling: { rateLimit: 50, burstLimit: 100 },
      stageVariables: { fn: "${functionName}", alias: "live" },
      bindings: {
        "function.branches": { kind: "existing", name: "report-api" },
        "function.elsewhere": {
          kind: "external",
          arn: "arn:aws:lambda:eu-central-1:999999999999:function:report-api",
        },
      },
    },
`;

const { apiFunction } = resourceNames(loadEnvironment("dev").namePrefix);

/** An export of the console and a document, each made an API of dev as docs/import-an-api.md says, and synthesized. */
function synthesizeFurtherApis(project: CheckOut): string {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, ["cli/run.mjs", ...args], {
      cwd: project.folder,
      env: { ...process.env, INIT_CWD: project.folder, CDKTF_OUTDIR: "cdktf.out" },
    });
  const fixtures = join("__tests__", "fixtures");
  const specs = join(project.folder, "specs");
  copyFileSync(join(fixtures, "third-api", "branches.openapi.json"), join(specs, "branches.openapi.json"));
  copyFileSync(
    join(fixtures, "exports", "statement-upload-s3-oas30.json"),
    join(project.folder, "export.json"),
  );
  run(
    ...["tools/spec.ts", "import", "export.json", "specs/statements.openapi.json"],
    ...["--bucket", "example-statements-dev=statements", "--role", "example-statements-apigw-s3=writer"],
  );
  mendStatements(project);
  const { paths, ...rest } = JSON.parse(readFileSync(join(specs, "branches.openapi.json"), "utf8"));
  const calling = (name: string) => {
    const { get } = structuredClone(paths["/branches"]);
    const integration = get["x-amazon-apigateway-integration"];
    integration.uri = integration.uri.replace("{{function.branches}}", () => name);
    return { get };
  };
  const home = "arn:{{partition}}:lambda:{{region}}:{{account}}:function";
  const reports = {
    ...rest,
    paths: {
      "/reports": paths["/branches"],
      "/reports/own": calling(`${home}:\${stageVariables.fn}:\${stageVariables.alias}`),
      "/reports/named": calling("${stageVariables.fn}"),
      "/reports/elsewhere": calling("{{function.elsewhere}}"),
    },
  };
  writeFileSync(join(specs, "reports.openapi.json"), JSON.stringify(reports));
  project.edit("env/dev.ts", "  apis: [\n", `  apis: [\n${entries(apiFunction)}`);
  run("main.ts");
  return join(project.folder, "cdktf.out", "stacks", ingestionStackName("dev"));
}

/** What the lint asks for: an error by default, and success for what is one. */
export function mendStatements(project: CheckOut): void {
  const file = join(project.folder, "specs", "statements.openapi.json");
  const document = JSON.parse(readFileSync(file, "utf8"));
  const put = document.paths["/statements/{document}"].put;
  put.responses["502"] = { description: "Amazon S3 did not take it." };
  const integration = put["x-amazon-apigateway-integration"];
  integration.responses = { "2[0-9]{2}": { statusCode: "200" }, default: { statusCode: "502" } };
  integration.requestParameters["integration.request.header.x-amz-expected-bucket-owner"] = "'{{account}}'";
  writeFileSync(file, JSON.stringify(document));
}

/** What holds behind one URL for three APIs beside the two of the domain, whichever proxy stands there. */
export function itServesFurtherApis(findHaproxy: () => Promise<HaproxyProgram | undefined>): void {
  let project: CheckOut;
  let running: RunningStack;
  let region = "";
  const events: StackEvent[] = [];

  beforeAll(async () => {
    project = checkOut();
    const stack = describeStack(await resolveStack(synthesizeFurtherApis(project)));
    region = stack.region;
    const haproxy = await findHaproxy();
    running = await runStack({ stack, port: 0, haproxy, onEvent: (event) => events.push(event) });
  }, 120_000);
  afterAll(async () => {
    await running?.stop();
    project?.remove();
  });

  /** The answer, and which API gave it. */
  async function send(method: string, path: string, body?: Buffer | string, type = "application/pdf") {
    events.length = 0;
    const response = await fetch(`${running.url}${path}`, {
      method,
      ...(body !== undefined && { body, headers: { "Content-Type": type } }),
    });
    const text = await response.text();
    const requests = events.filter((event) => event.kind === "request");
    return {
      ...{ status: response.status, text, allow: response.headers.get("allow") },
      answeredBy: requests.map(({ api, path: at }) => `${api} ${at}`),
    };
  }

  it("takes an upload to the first, byte for byte, with nothing stripped from its path", async () => {
    const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe, 0x80]);
    const aws = createClients(region, running.endpoint);

    const sent = await send("PUT", "/statements/2026-01.pdf", bytes);
    const { Body } = await aws.s3.send(
      new GetObjectCommand({ Bucket: "example-statements", Key: "2026-01.pdf" }),
    );
    aws.destroy();

    expect(sent).toMatchObject({ status: 200, answeredBy: ["statements /live/statements/2026-01.pdf"] });
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  it("reads by the second from where its stage variable says", async () => {
    const aws = createClients(region, running.endpoint);
    for (const [Key, Body] of [
      ["approved/7", "approved"],
      ["7", "not approved"],
    ] as const) {
      await aws.s3.send(new PutObjectCommand({ Bucket: "example-portraits", Key, Body }));
    }
    aws.destroy();

    expect(await send("GET", "/portraits/7")).toMatchObject({
      status: 200,
      text: "approved",
      answeredBy: ["branches /v7/portraits/7"],
    });
    expect(await send("GET", "/portraits/8")).toMatchObject({ status: 502 });
  });

  it("calls the function of the second, by another of its paths", async () => {
    const { answeredBy, status, text } = await send("GET", "/branches?name=a");

    expect(answeredBy).toEqual(["branches /v7/branches"]);
    // It is the function of the domain's records, which knows no branches, and says so.
    expect({ status, title: JSON.parse(text).title }).toEqual({ status: 404, title: "Not Found" });
    // The queue's function may just take the test event of the bucket's notification.
    expect(events.filter((event) => event.kind === "invocation")).toContainEqual(
      expect.objectContaining({
        functionName: apiFunction,
        errorType: undefined,
      }),
    );
  });

  it.each([
    ["in an ARN, by an alias", "/reports/own"],
    ["alone", "/reports/named"],
  ])("calls the function of the third that its stage variables name %s", async (_, path) => {
    const { status, answeredBy } = await send("GET", path);

    expect({ status, answeredBy }).toEqual({ status: 404, answeredBy: [`reports /v1${path}`] });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "invocation", functionName: apiFunction, errorType: undefined }),
    );
  });

  it.each([
    ["the stack's", "/reports", "111111111111"],
    ["this account's", "/reports/elsewhere", "999999999999"],
  ])(
    "answers for a function that is not %s, and so not here, with an error, and says which it is",
    async (_, path, account) => {
      const { status, answeredBy } = await send("GET", path);

      expect({ status, answeredBy }).toEqual({ status: 504, answeredBy: [`reports /v1${path}`] });
      expect(events.filter((event) => event.kind === "request")).toMatchObject([
        {
          error: expect.stringContaining(
            `The stack has no function arn:aws:lambda:eu-central-1:${account}:function:report-api`,
          ),
        },
      ]);
    },
  );

  it.each([
    ["DELETE", "/statements/a.pdf", 405, "PUT"],
    ["GET", "/statements", 404, null],
    ["GET", "/branches/7", 404, null],
    ["POST", "/branches", 405, "GET"],
  ])("answers before any API to what no document has: %s %s", async (method, path, status, allow) => {
    expect(await send(method, path)).toMatchObject({ status, allow, answeredBy: [] });
  });

  it("takes up to API Gateway's limit, and refuses more before any API", async () => {
    const most = await send("PUT", "/statements/most.pdf", Buffer.alloc(10_485_760));
    const more = await send("PUT", "/statements/more.pdf", Buffer.alloc(10_485_761));

    expect(most).toMatchObject({ status: 200, answeredBy: ["statements /live/statements/most.pdf"] });
    expect(more).toMatchObject({ status: 413, answeredBy: [] });
    expect(JSON.parse(more.text).detail).toBe("The body must not exceed 10485760 bytes.");
  });

  it("goes on choosing by size between the two that share their paths, and knows no others", async () => {
    const large = Buffer.alloc(5_000_000, "a");

    expect((await send("GET", `${SHARED_PATH}/none`)).answeredBy).toEqual([
      `${SMALL_API} /v1${SHARED_PATH}/none`,
    ]);
    expect((await send("POST", `${SHARED_PATH}/p`, large, "application/json")).answeredBy).toEqual([
      `${LARGE_API} /v1${SHARED_PATH}/p`,
    ]);
    for (const path of ["/elsewhere", "/statements%2Fa"]) {
      expect(await send("GET", path)).toMatchObject({ status: 404, answeredBy: [] });
    }
  });
}
