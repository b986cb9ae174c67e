import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceNames } from "../../contract/resource-names.ts";
import { type CheckOut, checkOut } from "../support/check-out.ts";
import { killCommands, runCommand } from "../support/commands.ts";
import { loadEnvironment } from "../support/environments.ts";
import { until } from "../support/until.ts";

const { apiFunction } = resourceNames(loadEnvironment("dev").namePrefix);
const key = "a-key-of-twenty-characters";

let project: CheckOut;
let running: ReturnType<typeof start>;
let url = "";
let apisUrl = "";

beforeAll(async () => {
  project = checkOut();
  add("cors-mock-oas30.json", "parcels", "example-parcel-list");
  add("api-key-oas30.json", "readings", "example-readings");
  add("lambda-authorizers-oas30.json", "reports");
  running = start(["--skip", "get /stations", "--api-key", `partner=${key}`]);
  await until(() => expect(running.output.text).toContain("Ctrl-C stops it"));
  url = /runs at (http:\S+)/.exec(running.output.text)?.[1] ?? "";
  apisUrl = /"parcels" without the proxy: (http:\S+)\/apis\//.exec(running.output.text)?.[1] ?? "";
}, 120_000);

afterAll(async () => {
  running?.started.kill("SIGINT");
  await running?.ended;
  killCommands();
  project?.remove();
});

/** As docs/import-an-api.md says; a function of the export may be the stack's own. */
function add(file: string, api: string, ownFunction?: string): void {
  const exported = readFileSync(join("__tests__", "fixtures", "exports", file), "utf8");
  const text = ownFunction === undefined ? exported : exported.replaceAll(ownFunction, apiFunction);
  writeFileSync(join(project.folder, "export.json"), text);
  const paths = Object.keys(JSON.parse(exported).paths).map((path) => `/${path.split("/")[1]}`);
  execFileSync(
    process.execPath,
    [
      ...["cli/run.mjs", "tools/spec.ts", "add", "export.json", "--api", api, "--env", "dev"],
      ...["--paths", [...new Set(paths)].join(",")],
    ],
    { cwd: project.folder, env: { ...process.env, INIT_CWD: project.folder } },
  );
}

function start(args: readonly string[]) {
  return runCommand("tools/start.ts", args, { PROXY: "built-in", PORT: "0" }, { cwd: project.folder });
}

/** By way of the proxy, as a caller that it knows. */
const throughProxy = (method: string, path: string) =>
  fetch(`${url}${path}`, { method, headers: { Authorization: "Bearer saas" } });

const alone = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${apisUrl}/apis${path}`, { method, headers });

/** It is the function of the domain's records, which knows no others, and says so. */
async function expectOwnFunction(response: Response): Promise<void> {
  expect({ status: response.status, answer: await response.json() }).toMatchObject({
    status: 404,
    answer: { title: "Not Found" },
  });
}

describe("npm start, with APIs that were just added", () => {
  it("serves one with a function and preflights by mock, through the proxy and alone", async () => {
    await expectOwnFunction(await throughProxy("GET", "/parcels"));
    await expectOwnFunction(await alone("GET", "/parcels/v1/parcels"));
    for (const preflight of [
      await throughProxy("OPTIONS", "/parcels"),
      await alone("OPTIONS", "/parcels/v1/parcels", { Origin: "https://app.example" }),
    ]) {
      expect(preflight.status).toBe(200);
      expect(preflight.headers.get("access-control-allow-methods")).toContain("GET");
    }
  });

  it("lets nobody without a key into one that asks for keys, which the proxy keeps back", async () => {
    for (const response of [
      await throughProxy("GET", "/readings"),
      await alone("GET", "/readings/v1/readings"),
      await alone("GET", "/readings/v1/readings", { "x-api-key": "wrong" }),
    ]) {
      expect({ status: response.status, text: await response.text() }).toEqual({
        status: 403,
        text: '{"message":"Forbidden"}',
      });
    }
    await expectOwnFunction(await alone("GET", "/readings/v1/readings", { "x-api-key": key }));
  });

  it("answers 501 to what is left out, and says so at the start and at each call", async () => {
    const response = await alone("GET", "/readings/v1/stations");

    expect(response.status).toBe(501);
    expect(running.output.text).toContain("readings: GET /stations is left out (--skip) and answers 501");
    await until(() =>
      expect(running.output.text).toMatch(
        /GET \/stations ─► readings 501 in \d+ ms: GET \/stations is left out here/,
      ),
    );
  });

  it("warns of an authorizer that is not here, and lets nobody in", async () => {
    const without = await alone("GET", "/reports/v1/reports");
    const token = await alone("GET", "/reports/v1/reports", { Authorization: "Bearer anything" });

    expect([without.status, token.status]).toEqual([401, 500]);
    expect(running.output.text).toMatch(
      /warning: reports: GET \/reports refuses every request: the function of its authorizer "reports-token" is not in this stack: arn:\S+\n/,
    );
  });

  it("prints a command for each of their routes, and never a key", () => {
    for (const line of [
      `curl -sS -H 'Authorization: Bearer saas' '${url}/parcels'`,
      `curl -sS -H 'Authorization: Bearer saas' '${url}/parcels/<parcelId>'`,
      `curl -sS -H 'x-api-key: <x-api-key>' '${apisUrl}/apis/readings/v1/readings'`,
      `curl -sS -H 'Authorization: <Authorization>' '${apisUrl}/apis/reports/v1/reports'`,
    ]) {
      expect(running.output.text).toContain(`  ${line}\n`);
    }
    expect(running.output.text).not.toContain(key);
  });

  it("starts nothing where something of them is not executed, and says all of it without a stack trace", async () => {
    const { code, text } = await start(["--skip", "GET /station"]).ended;

    expect(code).toBe(1);
    expect(text.split("\n")).toEqual([
      "Synthesizing the environment dev …",
      "Nothing was started:",
      expect.stringMatching(
        /^--skip "GET \/station": there is no such route\. The routes are .*GET \/stations/,
      ),
      expect.stringMatching(
        /^readings \(specs\/readings\.openapi\.json\): GET \/readings \(\/paths\/~1readings\/get\): .*--api-key/,
      ),
      expect.stringMatching(
        /^readings \(specs\/readings\.openapi\.json\): GET \/stations \(\/paths\/~1stations\/get\): .*IAM.*--skip "GET \/stations"\.$/,
      ),
      "",
    ]);
  });
});
