/** The environment for a program that needs no token: whoever releases from a laptop has them set for the next command. */
export function withoutTokens(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(TFE_TOKEN|TF_TOKEN_.*|VERIFY_(TOKEN|CERTIFICATE|KEY))$/.test(name),
    ),
  );
}
