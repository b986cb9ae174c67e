/** Of AWS, below `policy/`: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html. */
export const GATEWAY_LOGGING_POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/** The stack of what belongs to a whole account and region, of the environment that manages it. */
export const accountStackName = (environment: string) => `account-${environment}`;

/** Beside that stack, for one run of `npm run account`: what it takes into the state. No plan of mocked providers takes it. */
export const ADOPTED_FILE = "adopted.tf.json";
