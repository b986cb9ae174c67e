import type { runAttached } from "./run-attached.ts";

/** How a command synthesizes, and starts Terraform. */
export interface TerraformSteps {
  readonly synthesize: (
    environment: string,
    env: NodeJS.ProcessEnv,
  ) => string | undefined | Promise<string | undefined>;
  readonly run: typeof runAttached;
}
