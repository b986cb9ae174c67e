import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

/** What each room may import, itself apart. Of env/ some may import the types alone, which stand in schema.ts. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  domain: ["contract"],
  openapi: ["contract"],
  env: ["contract", "domain"],
  functions: ["contract", "domain"],
  "stacks/constructs": ["contract", "domain", "openapi", "env", "env/schema"],
  "stacks/variables": ["contract", "domain", "openapi", "env", "env/schema", "stacks/constructs"],
  ...Object.fromEntries(
    ["ingestion", "delivery", "workspace"].map((stack) => [
      `stacks/${stack}`,
      ["contract", "domain", "openapi", "env", "env/schema", "stacks/constructs", "stacks/variables"],
    ]),
  ),
  proxy: ["contract", "domain", "openapi", "env/schema"],
  emulator: ["contract", "domain", "openapi", "env/schema", "proxy"],
  release: ["contract", "domain", "openapi", "env/schema"],
  operations: ["contract", "domain", "openapi", "env/schema", "proxy"],
  cli: ["contract", "domain", "openapi", "env", "env/schema", "functions", "proxy", "emulator", "operations"],
  tools: [
    ...["contract", "domain", "openapi", "env", "env/schema", "functions"],
    ...["proxy", "emulator", "release", "operations", "cli"],
  ],
  // No file stands there beside the stacks' rooms.
  stacks: [],
};

const rooms = Object.keys(ALLOWED);
const targets = [...rooms, "env/schema", "specs", "main"].filter((room) => room !== "stacks");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "import-directions-")));
afterAll(() => rmSync(folder, { recursive: true }));

/** The rooms that the linter lets a file of that room import, by each form of an import. */
function allowedByLint(): Map<string, string[]> {
  for (const file of ["biome.json", "__tests__/steady.grit"]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
  const forms: ((from: string) => string)[] = [
    (from) => `import { VALUE } from "${from}";`,
    (from) => `import * as all from "${from}";`,
    (from) => `await import("${from}");`,
  ];
  const probes = rooms.flatMap((room) =>
    forms.map((form, index) => {
      const lines = targets.map((target) => {
        const module = ["main", "env/schema"].includes(target) ? `${target}.ts` : `${target}/other.ts`;
        const path = relative(room, module);
        return form(path.startsWith(".") ? path : `./${path}`);
      });
      const file = `${room}/probe-${index}.ts`;
      mkdirSync(join(folder, room), { recursive: true });
      writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
      return { room, file };
    }),
  );
  const refused = refusedLines();
  return new Map(
    rooms.map((room) => {
      const files = probes.filter((probe) => probe.room === room).map(({ file }) => file);
      const allowed = targets.filter((_, line) => files.some((file) => !refused.has(`${file}:${line + 1}`)));
      return [room, allowed];
    }),
  );
}

/** `<file>:<line>` of each import that is refused. */
function refusedLines(): Set<string> {
  const biome = join(process.cwd(), "node_modules", ".bin", "biome");
  const options = [
    "lint",
    "--only=style/noRestrictedImports",
    "--vcs-enabled=false",
    "--max-diagnostics=none",
  ];
  try {
    execFileSync(biome, [...options, "--reporter=github", "."], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return new Set();
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return new Set(
      [...stdout.matchAll(/file=([^,]+),line=(\d+)/g)].map(
        ([, file = "", line]) => `${relative(folder, file)}:${line}`,
      ),
    );
  }
}

describe("the linter", () => {
  it("lets each room import what stands below it, and nothing else", () => {
    const itself = (room: string) =>
      room === "stacks" ? [] : [room, ...(room === "env" ? ["env/schema"] : [])];
    const expected = rooms.map((room) => {
      const allowed = [...itself(room), ...(ALLOWED[room] ?? [])];
      return [room, targets.filter((target) => allowed.includes(target))];
    });

    expect(Object.fromEntries(allowedByLint())).toEqual(Object.fromEntries(expected));
  });
});
