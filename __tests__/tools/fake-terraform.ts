import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One call of the fake: its arguments, and the variables that the tool may set. */
export interface TerraformCall {
  readonly args: readonly string[];
  readonly checkpoint?: string;
  readonly automation?: string;
}

const script = (version: string, log: string) => `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "version" && (process.env.TF_CLI_ARGS || process.env.TF_CLI_ARGS_version)) {
  console.error("flag provided but not defined");
  process.exitCode = 1;
} else if (args[0] === "version") {
  console.log(JSON.stringify({ terraform_version: ${JSON.stringify(version)} }));
} else {
  const { CHECKPOINT_DISABLE: checkpoint, TF_IN_AUTOMATION: automation } = process.env;
  appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, checkpoint, automation }) + "\\n");
  console.log(args[1] === "state" ? (process.env.FAKE_STATE ?? "") : "terraform " + args[1]);
  const failing = process.env.FAKE_FAILURE?.split("=") ?? [];
  if (failing[0] === args[1]) process.exitCode = Number(failing[1]);
  if (args.includes("-wait")) {
    const interrupts = [];
    // SIGHUP ends it at once, as it ends Terraform.
    process.on("SIGINT", () => {
      interrupts.push("SIGINT");
      console.log("interrupted");
    });
    process.on("SIGTERM", () => {
      console.log("stopped by " + [...interrupts, "SIGTERM"]);
      process.exit(7);
    });
    // Nothing else keeps it here.
    setInterval(() => undefined, 1000);
    console.log("waiting");
  }
}
`;

/** A `terraform` that records how it is called; with `-wait` it goes on until SIGTERM, and tells what came before. */
export class FakeTerraform {
  /** For PATH. */
  readonly folder: string;
  readonly #log: string;

  constructor(folder: string, version = "1.11.4") {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#log = join(folder, "calls.jsonl");
    this.forget();
    writeFileSync(join(folder, "terraform"), script(version, this.#log), { mode: 0o755 });
  }

  forget(): void {
    writeFileSync(this.#log, "");
  }

  get calls(): TerraformCall[] {
    return readFileSync(this.#log, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}
