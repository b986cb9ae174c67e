import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { billOfMaterials } from "../../release/bill-of-materials.ts";

const parent = mkdtempSync(join(tmpdir(), "bill-"));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(parent, { recursive: true }));

/** A folder with this project's lock and nothing else. */
function checkedOut(name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  for (const file of ["package.json", "package-lock.json"]) {
    writeFileSync(join(folder, file), readFileSync(file));
  }
  return folder;
}

const isBundled = ({ properties }: { properties: { name: string }[] }) =>
  properties.some(({ name }) => name === "cdx:npm:package:bundled");

describe(billOfMaterials, () => {
  const text = billOfMaterials(checkedOut("here"));
  const { metadata, components, ...bill } = JSON.parse(text);
  const purls: string[] = components.map(({ purl }: { purl: string }) => purl);

  it("is the same in any folder, with the time of no run in it", () => {
    expect(billOfMaterials(checkedOut("elsewhere"))).toBe(text);
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
    expect(metadata).toMatchObject({ component: { name: "private-ingestion-api", type: "application" } });
    expect(text).not.toMatch(/serialNumber|timestamp/);
  });

  it("names each package of the lock with its hash, and no registry", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
    const { dependencies, devDependencies } = packages[""];
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(purls).toContain(`pkg:npm/${name.replace("@", "%40")}@${version}`);
    }

    const addresses = text.match(/https?:\/\/[^/"]+/g) ?? [];
    expect([...new Set(addresses)]).toEqual(["http://cyclonedx.org"]);
    // What a package has brought with it is covered by the package's own.
    const unhashed = components.filter(({ hashes }: { hashes?: unknown[] }) => !hashes?.length);
    expect(unhashed.map(isBundled)).toEqual(unhashed.map(() => true));
    expect(components.length - unhashed.length).toBeGreaterThan(500);
  });

  it("lets npm see no token", () => {
    const folder = checkedOut("tokens");
    const seen = join(folder, "seen");
    writeFileSync(join(folder, "npm"), `#!/bin/sh\nenv > "${seen}"\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
    vi.stubEnv("TFE_TOKEN", "secret");
    vi.stubEnv("TF_TOKEN_app_terraform_io", "secret");

    expect(() => billOfMaterials(folder)).toThrow(/cannot list/);

    expect(readFileSync(seen, "utf8")).toContain(folder);
    expect(readFileSync(seen, "utf8")).not.toContain("secret");
  });

  it("says what to do where npm can't tell", () => {
    const folder = join(parent, "empty");
    mkdirSync(folder);

    expect(() => billOfMaterials(folder)).toThrow(
      /^npm cannot list the packages of .*\. This needs npm 10\. To see the error, run .*\.$/,
    );
  });
});
