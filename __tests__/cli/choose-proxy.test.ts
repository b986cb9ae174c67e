import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseProxy } from "../../cli/choose-proxy.ts";
import { NEEDED_VERSIONS } from "../../proxy/haproxy-versions.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haproxy-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** The first one on the path, of which nothing but its version is asked for. */
function install(version: string): void {
  const script = `#!/bin/sh\necho 'HAProxy version ${version} 2025/10/03'\necho 'Feature list : +OPENSSL +LUA'\n`;
  writeFileSync(join(folder, "haproxy"), script, { mode: 0o755 });
}

describe(chooseProxy, () => {
  it("takes HAProxy where it has no known faults", async () => {
    install("3.2.26");

    expect(await chooseProxy(undefined)).toEqual({
      haproxy: { path: "haproxy", version: "3.2.26" },
      description: "HAProxy 3.2.26, with the rules of production",
    });
  });

  it("takes the built-in proxy in place of one that has some, and says what was found and what is needed", async () => {
    install("2.6.12-1+deb12u2");

    const { haproxy, description } = await chooseProxy(undefined);

    expect(haproxy).toBeUndefined();
    expect(description).toMatch(
      /^built-in, with the same rules as HAProxy \(HAProxy 2\.6\.12-1\+deb12u2 may have known faults /,
    );
    expect(description).toContain(NEEDED_VERSIONS);
  });

  it("refuses one that has some where HAProxy is insisted on", async () => {
    install("2.4.30");

    await expect(chooseProxy("haproxy")).rejects.toThrow(
      `PROXY is haproxy, but no HAProxy can be used: HAProxy 2.4.30 is of a branch that is not supported; supported are ${NEEDED_VERSIONS}`,
    );
  });
});
