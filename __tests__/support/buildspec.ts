import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { useFixtureEnvironments } from "./check-out.ts";

const phases = ["install", "pre_build", "build", "post_build"] as const;
const buildspecSchema = z.object({
  env: z.object({ variables: z.record(z.string(), z.coerce.string()).optional() }).optional(),
  phases: z.partialRecord(z.enum(phases), z.object({ commands: z.array(z.string()) })),
});

export interface BuildOptions {
  /** Where the repository was cloned to. */
  readonly folder: string;
  /** Of the project, and of CodeBuild itself; they win over the buildspec's own. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Told of each line as it is printed. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a buildspec as CodeBuild does: the commands of all phases as they are written, one after the other in one shell, up to
 * the first that fails.
 */
export async function runBuildspec(file: string, { folder, variables, onLine }: BuildOptions) {
  const buildspec = buildspecSchema.parse(parse(readFileSync(join(folder, file), "utf8")));
  const commands = phases.flatMap((phase) => buildspec.phases[phase]?.commands ?? []);
  const script = commands
    .map((command) => `echo ${quote(`$ ${command}`)}\n{ ${command}\n} || exit $?\n`)
    .join("");
  const shell = spawn("sh", ["-c", script], {
    cwd: folder,
    env: { ...ownEnvironment(), CI: "true", ...buildspec.env?.variables, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (onLine) chunk.split("\n").forEach(onLine);
    });
  }
  const code = await new Promise<number | null>((resolve) => shell.once("close", resolve));
  return { code, text };
}

/** A clone of what is here, changed files and new ones included, with the tests' environments, as shallow as CodeBuild's. */
export function cleanClone(edit: (folder: string) => void = () => undefined) {
  const parent = mkdtempSync(join(tmpdir(), "clone-"));
  const [origin, folder] = [join(parent, "origin"), join(parent, "clone")];
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    encoding: "utf8",
  });
  for (const file of files.split("\0").filter((name) => name !== "" && existsSync(name))) {
    mkdirSync(dirname(join(origin, file)), { recursive: true });
    cpSync(file, join(origin, file));
  }
  useFixtureEnvironments(origin);
  edit(origin);
  const git = (...args: string[]) => execFileSync("git", ["-C", origin, ...args], { stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=clone");
  execFileSync("git", ["clone", "--quiet", "--depth=1", pathToFileURL(origin).href, folder]);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** Without what npm and vitest tell those they start. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const theirs =
    /^(npm_(package|lifecycle)_.*|npm_(command|execpath|node_execpath)|npm_config_local_prefix|INIT_CWD|NODE_ENV|NODE_OPTIONS|VITE.*|TEST|DEV|PROD|SSR|MODE|BASE_URL|AWS_.*|TF_TOKEN_.*|TFE_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !theirs.test(name)));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
