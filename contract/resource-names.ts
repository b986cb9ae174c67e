/** The names of resources, from the prefix. Policies use them before the resources exist. */
export function resourceNames(namePrefix: string) {
  return {
    table: namePrefix,
    queue: `${namePrefix}-intake`,
    deadLetterQueue: `${namePrefix}-intake-dead-letter`,
    apiFunction: `${namePrefix}-api`,
    queueFunction: `${namePrefix}-queue`,
    sweepFunction: `${namePrefix}-sweep`,
    sweepSchedule: `${namePrefix}-sweep`,
    urgentTopic: `${namePrefix}-alerts-urgent`,
    ticketTopic: `${namePrefix}-alerts-tickets`,
    notifierFunction: `${namePrefix}-notifier`,
    notifierDeadLetterQueue: `${namePrefix}-notifier-dead-letter`,
    buildsBucket: (accountId: string) => `${namePrefix}-builds-${accountId}`,
    api: (name: string) => `${namePrefix}-${name}`,
  };
}

export type ResourceNames = ReturnType<typeof resourceNames>;

export function lambdaLogGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}
