import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../env/load-environment.ts";
import type { RegisteredEnvironments } from "../../env/schema.ts";
import { main } from "../../tools/env.ts";
import { callCommand } from "../support/call-command.ts";
import { blocksOf, outputPattern } from "../support/guide.ts";

const guide = "docs/configure.md";
const [source = ""] = blocksOf(guide, "ts");
const [shown = "", refused = ""] = blocksOf(guide, "text");
const [, literal = ""] = /^export const staging = (.*) satisfies EnvironmentInput;$/ms.exec(source) ?? [];
const staging = Function(`return ${literal}`)();
const loaded = (environment: unknown) =>
  loadEnvironment("staging", { staging: environment } as RegisteredEnvironments);

describe("the environment of the guide", () => {
  it("is complete, and is shown by the command as the guide shows it", async () => {
    const { code, stdout } = await callCommand(main, ["staging"], {}, { environments: { staging } });

    expect(code).toBe(0);
    expect(stdout).toMatch(outputPattern(shown));
  });

  it.each(Object.keys(staging))("sets only what has no default, such as %s", (key) => {
    const { [key]: _, ...others } = staging;

    expect(() => loaded(others)).toThrow(key === "name" ? /./ : new RegExp(`^  ${key}: `, "m"));
  });

  it("is refused, with the problems that the guide shows, if it is wrong", () => {
    const { tags: _, ...others } = staging;

    expect(() => loaded({ ...others, accountId: 5555 })).toThrow(outputPattern(refused.trimEnd()));
  });
});
