import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReleaseSettings } from "../../release/settings.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Settings of a laptop whose git is this script. */
function settingsWith(script: string, env: Readonly<Record<string, string>> = {}): ReleaseSettings {
  writeFileSync(join(folder, "git"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return new ReleaseSettings({ PATH: `${folder}${delimiter}${process.env["PATH"]}`, ...env });
}

describe(ReleaseSettings, () => {
  it("lets git see no token, and all else", () => {
    const seen = join(folder, "seen");
    const settings = settingsWith(`env >> "${seen}"; if [ "$1" = rev-parse ]; then echo ${commit}; fi`, {
      TFE_TOKEN: "secret",
      TF_TOKEN_app_example_com: "secret",
      OTHER: "kept",
    });

    expect(settings.currentCommit()).toBe(commit);

    expect(readFileSync(seen, "utf8").match(/^OTHER=kept$/gm)).toHaveLength(2);
    expect(readFileSync(seen, "utf8")).not.toContain("secret");
  });

  it("names the commit that a build says it is of, without git", () => {
    const broken = "exit 1";

    expect(settingsWith(broken, { CODEBUILD_RESOLVED_SOURCE_VERSION: commit }).currentCommit()).toBe(commit);
    expect(settingsWith(broken, { GITHUB_SHA: commit }).currentCommit()).toBe(commit);
  });

  it("names no commit where a file has changed, or git knows of none", () => {
    expect(() => settingsWith("echo ' M a.ts'").currentCommit()).toThrow(
      /^There are uncommitted changes, .* Commit them first\.$/,
    );
    expect(() => settingsWith("exit 1").currentCommit()).toThrow(
      "Git cannot determine the commit. Run the command in a clone of the repository.",
    );
  });
});
