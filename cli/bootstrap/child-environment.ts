import { devNull } from "node:os";
import { resolve } from "node:path";

/** What would lead a command to another account, state or folder, or is npm's about its own caller. */
const LEFT_OUT =
  /^(?:AWS_|CDKTF_|INIT_CWD$|NODE_ENV$|PORT$|TFE_|TF_(?:DATA_DIR$|VAR_|TOKEN_|CLI_ARGS|WORKSPACE)|VITEST|npm_(?!config_)|npm_config_local_prefix$)/;

/**
 * This process's variables for the commands of a bootstrap: with credentials and an endpoint of nobody, so that none of
 * them reaches AWS.
 */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const mirror = env["TF_PLUGIN_DIR"];
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !LEFT_OUT.test(name))),
    ...(mirror && { TF_PLUGIN_DIR: resolve(env["INIT_CWD"] ?? process.cwd(), mirror) }),
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    // Until moto listens nothing answers.
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    PORT: "0",
  };
}
