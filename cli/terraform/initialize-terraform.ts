interface Initialization {
  /** Folder of a provider mirror, where there is one. */
  readonly mirror: string | undefined;
  /** Terraform's arguments for what comes after it. */
  readonly args: readonly string[];
  readonly printError: (line: string) => void;
  /** Runs `terraform init` with further arguments, and gives its exit code. */
  readonly init: (args: readonly string[]) => Promise<number>;
}

/** `terraform init`, and what helps where the provider is not found. Gives its exit code. */
export async function initializeTerraform({
  mirror,
  args,
  printError,
  init,
}: Initialization): Promise<number> {
  const code = await init([
    ...(process.stdin.isTTY ? [] : ["-input=false"]),
    ...(mirror ? [`-plugin-dir=${mirror}`] : []),
    ...args.filter((argument) => /^--?(?:no-color|input=.*)$/.test(argument)),
  ]);
  if (code !== 0 && !mirror) {
    printError(
      "If Terraform could not download the provider: without a registry, set TF_PLUGIN_DIR to the folder of a provider mirror.",
    );
  }
  return code;
}
