/** The path of an AWS managed policy, after `policy/`: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html. */
export const GATEWAY_LOGGING_POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/** The stack for settings of a whole account and region, of the environment that manages them. */
export const accountStackName = (environment: string) => `account-${environment}`;

/** A file next to that stack, for one run of `npm run account`: what to import into the state. Plan tests ignore it. */
export const ADOPTED_FILE = "adopted.tf.json";
