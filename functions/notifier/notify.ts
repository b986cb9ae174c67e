import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { loadFunctionEnvironment } from "../load-function-environment.ts";
import { notifierEnvironmentSchema } from "./notifier-environment.ts";
import { createNotifierHandler } from "./notifier-handler.ts";
import { createSecrets } from "./secrets.ts";

export const handler = createNotifierHandler({
  environment: loadFunctionEnvironment(notifierEnvironmentSchema),
  secrets: createSecrets(new SecretsManagerClient({})),
});
