import type { runAttached } from "./run-attached.ts";

/** How a command synthesizes and starts Terraform, and in which project. */
export interface TerraformSteps {
  readonly synthesize: (
    environment: string,
    env: NodeJS.ProcessEnv,
  ) => string | undefined | Promise<string | undefined>;
  readonly run: typeof runAttached;
  /** Local states lie here, unless CDKTF_OUTDIR names another place. */
  readonly projectRoot: string;
}
