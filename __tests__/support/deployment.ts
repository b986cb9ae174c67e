import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { accountStackName } from "../../contract/gateway-logging.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { GatewayAccountSetting } from "./gateway-account.ts";
import type { Moto } from "./moto/moto.ts";
import { findPluginDirectory, terraform } from "./terraform.ts";

/** One resource or data source of `terraform show -json`. */
export interface StateResource {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: values that the tests know the shape of
  readonly values: Record<string, any>;
}

export interface ChangedResource {
  readonly address: string;
  readonly actions: string;
}

/** A synthesized stack that real Terraform applies to a moto of the test's own. */
export class Deployment {
  readonly directory: string;
  readonly moto: Moto;
  readonly #environment: string;
  readonly #folder: string;

  /** Synthesizes the project in `root`: a checkout, changed or not. */
  constructor(environment: string, moto: Moto, root = inject("fixtureProject")) {
    // Local state lies beside cdktf.out, so that has to be below a folder of this deployment's own.
    this.#folder = mkdtempSync(join(tmpdir(), "deployment-"));
    this.moto = moto;
    this.#environment = environment;
    this.directory = join(this.#folder, "cdktf.out", "stacks", ingestionStackName(environment));
    this.synthesize(root);
  }

  /** Synthesizes anew, from another copy of the sources; the state stays. */
  synthesize(root: string): void {
    execFileSync(process.execPath, ["cli/run.mjs", "main.ts"], {
      cwd: root,
      env: { ...process.env, CDKTF_OUTDIR: join(this.#folder, "cdktf.out") },
    });
  }

  /** Runs Terraform against this deployment's moto. */
  terraform(...args: string[]): Promise<string> {
    return terraform(this.directory, args, this.moto.environment);
  }

  /** Initializes, in an account that is set up for the environment. */
  async init(...args: string[]): Promise<void> {
    if (existsSync(join(this.directory, "..", accountStackName(this.#environment))))
      await this.#setUpAccount();
    await this.terraform("init", "-input=false", `-plugin-dir=${findPluginDirectory()}`, ...args);
  }

  async #setUpAccount(): Promise<void> {
    const file = `${ingestionStackName(this.#environment)}.auto.tfvars.json`;
    const { region, gateway_logging_role_name } = JSON.parse(
      readFileSync(join(this.directory, file), "utf8"),
    );
    await new GatewayAccountSetting(this.moto, region).setUp(gateway_logging_role_name);
  }

  async apply(...args: string[]): Promise<void> {
    await this.terraform("apply", "-input=false", "-auto-approve", ...args);
  }

  async destroy(): Promise<void> {
    await this.terraform("destroy", "-input=false", "-auto-approve");
  }

  /** What a plan would change, by address, with Terraform's actions such as `update` or `delete/create`. */
  async plan(...args: string[]): Promise<ChangedResource[]> {
    const file = join(this.#folder, "plan");
    const told = await this.terraform("plan", "-input=false", `-out=${file}`, ...args);
    // To show a plan starts the provider once more, which takes seconds.
    if (/^No changes\. /m.test(told)) return [];
    const plan = JSON.parse(await this.terraform("show", "-json", file));
    return (plan.resource_changes ?? [])
      .map(({ address, change }: { address: string; change: { actions: string[] } }) => ({
        address,
        actions: change.actions.join("/"),
      }))
      .filter(({ actions }: ChangedResource) => actions !== "no-op" && actions !== "read");
  }

  async state(): Promise<StateResource[]> {
    const { values } = JSON.parse(await this.terraform("show", "-json"));
    return values?.root_module?.resources ?? [];
  }

  async outputs(): Promise<Record<string, unknown>> {
    const outputs: Record<string, { value: unknown }> = JSON.parse(await this.terraform("output", "-json"));
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
