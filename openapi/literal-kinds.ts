/** What a placeholder can stand for, besides region, partition and account. */
export const literalKinds = [
  ...["bucket", "deliveryStream", "eventBus", "function", "host", "key", "loadBalancer", "queue", "role"],
  ...["stateMachine", "stream", "table", "topic", "userPool", "vpcEndpoint", "vpcLink"],
] as const satisfies string[];
