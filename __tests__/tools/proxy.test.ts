import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { renderCallersMap } from "../../proxy/callers.ts";
import { proxySettings } from "../../proxy/proxy-settings.ts";
import { renderConfiguration } from "../../proxy/render-configuration.ts";
import { renderRefusals } from "../../proxy/render-refusals.ts";
import { main } from "../../tools/proxy.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { callCommand } from "../support/call-command.ts";
import { documents, loadEnvironment } from "../support/environments.ts";
import { callerNamed } from "../support/proxy/exchange.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "proxy-"));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => callCommand(main, args, { INIT_CWD: folder });

const settings = proxySettings(loadEnvironment("dev"), documents) ?? expect.fail("no HAProxy");
const outputs = {
  api_urls: {
    value: { [SMALL_API]: "https://a.example.com/v1", [LARGE_API]: "https://b.example.com/v2" },
  },
  api_paths: { value: { [SMALL_API]: [SHARED_PATH], [LARGE_API]: [SHARED_PATH] } },
  deployment: {
    value: {
      account_id: "111111111111",
      region: "eu-central-1",
      name_prefix: loadEnvironment("dev").namePrefix,
    },
  },
  large_payload_threshold_bytes: { value: 4_000_000 },
  max_payload_bytes: { value: 9_000_000 },
};

describe("npm run proxy", () => {
  it("prints the whole configuration, with placeholders where it knows no outputs", async () => {
    const { code, stdout, stderr } = await run("dev");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(renderConfiguration(settings));
    expect(stdout).toContain("host names are placeholders");
  });

  it("takes host names, stages and sizes from outputs, and files from where npm was called", async () => {
    writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputs));

    const { code, stdout } = await run("dev", "--outputs", "outputs.json", "--directory", "rendered");
    const written = readFileSync(join(folder, "rendered", "haproxy.cfg"), "utf8");

    expect(code).toBe(0);
    expect(stdout).toContain("Wrote rendered/haproxy.cfg, refusals.lua, tokens.lua, callers.map.");
    expect(stdout).toContain(
      'To add a caller later, add it to proxy.callers and run "npm run proxy -- <environment> --callers --directory rendered".\nThat writes only callers.map. Then reload HAProxy.\n',
    );
    expect(stdout).toMatch(
      /Add these files before you start HAProxy:\n {2}rendered\/tls\/server\.pem .*\n {2}rendered\/jwt\/current\.pem/,
    );
    expect(written).toContain("set-uri /v2%[pathq]");
    expect(written).toContain("sni str(b.example.com)");
    expect(written).toContain("-m int ge 4000000");
    expect(readFileSync(join(folder, "rendered", "refusals.lua"), "utf8")).toBe(
      renderRefusals({ ...settings, payload: { thresholdBytes: 4_000_000, maxBytes: 9_000_000 } }),
    );
  });

  it("leaves host names that outputs have told, where it is given none", async () => {
    writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputs));
    const read = () => readFileSync(join(folder, "kept", "haproxy.cfg"), "utf8");
    await run("dev", "--outputs", "outputs.json", "--directory", "kept");
    const before = read();

    expect(await run("dev", "--directory", "kept")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "kept/haproxy.cfg has the host names of a stack. Without --outputs, placeholders would replace them. Add --outputs <file>, or add --callers to write only callers.map.\n",
    });
    expect(read()).toBe(before);
    expect((await run("dev", "--outputs", "outputs.json", "--directory", "kept")).code).toBe(0);
  });

  it("writes the map of callers beside the configuration, and changes it alone when a caller is added", async () => {
    const another = callerNamed("another");
    const { proxy } = loadEnvironment("dev");
    if (proxy.kind !== "haproxy" || proxy.callers === SHARED_CALLER) throw new Error("dev has no callers");
    const { dev } = registeredEnvironments;
    const callers = [...dev.proxy.callers, another];
    const environments = { dev: { ...dev, proxy: { ...dev.proxy, callers } } };
    const files = ["haproxy.cfg", "refusals.lua", "tokens.lua", "callers.map"];
    const read = () => files.map((file) => readFileSync(join(folder, "mapped", file), "utf8"));

    await run("dev", "--directory", "mapped");
    const [configuration, refusals, tokens, map] = read();
    const again = ["dev", "--callers", "--directory", "mapped"];
    const { stdout } = await callCommand(main, again, { INIT_CWD: folder }, { environments });

    expect(stdout).toBe("mapped/callers.map is written. Reload HAProxy to use it.\n");

    expect(map).toBe(renderCallersMap(proxy.callers));
    expect(read()).toEqual([configuration, refusals, tokens, renderCallersMap([...proxy.callers, another])]);
  });

  it("prints the map of callers alone, where it is asked to", async () => {
    const { proxy } = loadEnvironment("dev");
    if (proxy.kind !== "haproxy" || proxy.callers === SHARED_CALLER) throw new Error("dev has no callers");

    expect(await run("dev", "--callers")).toEqual({
      code: 0,
      stdout: renderCallersMap(proxy.callers),
      stderr: "",
    });
  });

  it("writes and names no map where there is one tenant", async () => {
    const { stdout } = await run("test", "--directory", "one-tenant");

    expect(stdout).toContain("Wrote one-tenant/haproxy.cfg, refusals.lua, tokens.lua.");
    expect(stdout).not.toContain("callers");
    expect(readdirSync(join(folder, "one-tenant"))).toEqual(["haproxy.cfg", "refusals.lua", "tokens.lua"]);
  });

  it.each([
    [
      "the map of one tenant",
      ["test", "--callers"],
      1,
      /^The environment test has one tenant \(proxy\.callers is "shared"\), so it has no map of callers\. To get one, list the callers in env\/test\.ts\./,
    ],
    [
      "the map and outputs",
      ["dev", "--callers", "--outputs", "x"],
      2,
      /^--callers renders only the map of callers, which does not depend on the stack's outputs\. Omit --outputs\./,
    ],
    ["no environment", [], 2, /^Name an environment\.\n\nusage: npm run proxy/],
    ["too much", ["dev", "test"], 2, /^Unknown argument: "test"\.\n\nusage:/],
    ["an unknown option", ["dev", "--output", "x"], 2, /^Unknown option '--output'/],
    [
      "an unknown environment",
      ["prd"],
      2,
      /^There is no environment "prd"\. Known: dev, test, uat, prod\.\n$/,
    ],
    [
      "a file that is not there",
      ["dev", "--outputs", "none.json"],
      1,
      /^There is no file none\.json\. Create it/,
    ],
  ])("refuses %s", async (_, args, exitCode, message) => {
    const { code, stdout, stderr } = await run(...args);

    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
  });

  it("refuses the outputs of another environment, and writes nothing", async () => {
    writeFileSync(join(folder, "dev.json"), JSON.stringify(outputs));

    const { code, stdout, stderr } = await run("prod", "--outputs", "dev.json", "--directory", "mistaken");

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^dev\.json does not match env\/prod\.ts:\n/);
    expect(stderr).toContain(`deployment.account_id is "111111111111", the environment has "444444444444"`);
    expect(() => readFileSync(join(folder, "mistaken", "haproxy.cfg"))).toThrow("ENOENT");
  });

  it("writes nothing where the outputs are wrong", async () => {
    writeFileSync(join(folder, "broken.json"), "{}");

    const { code, stderr } = await run("dev", "--outputs", "broken.json", "--directory", "broken");

    expect(code).toBe(1);
    expect(stderr).toMatch(/^broken\.json is not the output of "terraform output -json"/);
    expect(() => readFileSync(join(folder, "broken", "haproxy.cfg"))).toThrow("ENOENT");
  });

  it("tells what an external proxy must do about callers, and has no map for it", async () => {
    const { dev } = registeredEnvironments;
    const external = { ...dev, proxy: { kind: "external", addresses: dev.proxy.addresses } };
    const told = (...args: string[]) =>
      callCommand(main, ["dev", ...args], {}, { environments: { dev: external } });

    const { stdout } = await told();

    expect(stdout).toContain(
      "  Set x-caller-id to the name of the verified caller (^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$), or to shared for one tenant. Drop this header if a client sends it.\n",
    );
    expect(await told("--callers")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'The environment dev uses an external proxy (proxy.kind is "external"). That proxy has its own list of callers, so there is no map to render.\n',
    });
  });

  it("says how to use it", async () => {
    expect((await run("--help")).stdout).toMatch(/^usage: npm run proxy -- <environment>/);
  });
});
