import { describe, expect, it } from "vitest";
import { documentFiles, readApiChoices, withoutApiKeys } from "../../cli/api-choices.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { main as demo } from "../../tools/demo.ts";
import { main as start } from "../../tools/start.ts";
import { callCommand } from "../support/call-command.ts";
import { loadEnvironment } from "../support/environments.ts";

const read = (options: Readonly<Record<string, readonly string[]>>, env = {}) =>
  readApiChoices({ texts: (option) => options[option] ?? [] }, env);

describe(readApiChoices, () => {
  it("takes routes with methods in any case, keys of the command line and of the environment, and hosts", () => {
    const choices = read(
      {
        skip: ["get  /Items/{id}", "ANY /", "orders-2  put /a b"],
        "api-key": ["a=1=2"],
        "allow-host": ["API.example.com"],
      },
      { API_KEYS: "b=3, c=4" },
    );

    expect(choices).toEqual({
      skip: ["GET /Items/{id}", "ANY /", "orders-2 PUT /a b"],
      apiKeys: [
        { id: "a", value: "1=2" },
        { id: "b", value: "3" },
        { id: "c", value: "4" },
      ],
      httpHosts: ["api.example.com"],
    });
  });

  it.each([
    ["GET", { skip: ["GET"] }, /^--skip "GET": write a method and a path/],
    ["a URL", { "allow-host": ["https://a.example/x"] }, /^--allow-host "https:.*": write only a host/],
  ])("refuses %s", (_, options, message) => {
    expect(() => read(options)).toThrow(message);
  });
});

describe(withoutApiKeys, () => {
  it("leaves every other variable", () => {
    expect(withoutApiKeys({ API_KEYS: "a=1", PORT: "0" })).toEqual({ PORT: "0" });
  });
});

describe(documentFiles, () => {
  it("names the files of specs/ by the APIs that have them", () => {
    expect(documentFiles(loadEnvironment("dev"))).toMatchObject({
      [SMALL_API]: `specs/${SMALL_API}.openapi.json`,
      [LARGE_API]: `specs/${LARGE_API}.openapi.json`,
    });
  });
});

describe.each([
  ["npm start", start],
  ["npm run demo", demo],
])("%s", (_, main) => {
  it.each([
    [["--api-key", "s3cr3t"], {}, "An --api-key is not <id>=<value>"],
    [[], { API_KEYS: "=s3cr3t" }, "A word of API_KEYS is not <id>=<value>"],
  ])("never shows what was given as a key: %j %j", async (args, env, message) => {
    const { code, stdout, stderr } = await callCommand(main, args, env);

    expect(code).toBe(2);
    expect(stderr.startsWith(message)).toBe(true);
    expect(stdout + stderr).not.toContain("s3cr3t");
  });

  it("explains its flags", async () => {
    const { stdout } = await callCommand(main, ["--help"]);

    for (const flag of ["--skip", "--api-key", "--allow-host", "API_KEYS"]) expect(stdout).toContain(flag);
  });
});

describe("npm start, where a key stands behind a blank", () => {
  it("shows it no more than others", async () => {
    const { code, stderr } = await callCommand(start, ["--api-key", "partner", "s3cr3t"]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^An --api-key is not <id>=<value>/);
    expect(stderr).not.toContain("s3cr3t");
  });
});
