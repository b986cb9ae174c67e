import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { credentialsOf } from "../contract/aws-client.ts";
import type { DeployedStack } from "./deployed-stack.ts";

export interface OperatorClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  destroy(): void;
}

/** Emulators take any. */
const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** AWS as an operator calls it: AWS itself, what AWS_ENDPOINT_URL names, or what `npm start` runs. */
export function operatorClients({ region, local }: DeployedStack, env: NodeJS.ProcessEnv): OperatorClients {
  const endpoint = local?.endpoint ?? env["AWS_ENDPOINT_URL"];
  const config = {
    region,
    ...(local ? { credentials: LOCAL_CREDENTIALS } : credentialsOf(env)),
    ...(endpoint !== undefined && { endpoint }),
    // A network that loses packets would be waited for without an end; SQS answers a long poll after 20 s.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  };
  const clients = {
    s3: new S3Client({ ...config, forcePathStyle: endpoint !== undefined }),
    // A queue's URL is that of AWS, also where something else answers for it.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: endpoint === undefined }),
    cloudWatch: new CloudWatchClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
  };
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
