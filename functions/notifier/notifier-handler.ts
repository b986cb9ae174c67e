import type { SNSEvent, SNSEventRecord } from "aws-lambda";
import { errorFields, log } from "../log.ts";
import { type AlarmChange, parseAlarmChange } from "./alarm-change.ts";
import type { NotifierEnvironment } from "./notifier-environment.ts";
import { pagerDutyRequest, pagerDutySecretSchema } from "./pager-duty.ts";
import type { Secrets } from "./secrets.ts";
import { type OutgoingRequest, type SendOptions, send } from "./send.ts";
import { serviceNowRequest, serviceNowSecretSchema } from "./service-now.ts";

export interface NotifierOptions {
  readonly environment: NotifierEnvironment;
  readonly secrets: Secrets;
  readonly sendOptions?: SendOptions;
}

/**
 * Tells PagerDuty of urgent alarms and ServiceNow of all others, and both of their end by the same key. Where only one
 * of them is set up it is told of everything. What fails is thrown: Lambda tries again, and then keeps the message in the
 * dead-letter queue.
 */
export function createNotifierHandler(options: NotifierOptions) {
  return async ({ Records }: SNSEvent): Promise<void> => {
    const results = await Promise.allSettled(Records.map((record) => tell(record, options)));
    const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    for (const failure of failures) log("error", "alarm not delivered", errorFields(failure));
    if (failures.length > 0) throw failures[0];
  };
}

async function tell({ Sns: { Message, TopicArn } }: SNSEventRecord, options: NotifierOptions): Promise<void> {
  const severity = TopicArn === options.environment.URGENT_TOPIC_ARN ? "urgent" : "ticket";
  const change = parseAlarmChange(Message, severity);
  const fields = { alarm: change.name, state: change.state, severity };
  if (change.state === "INSUFFICIENT_DATA") {
    log("info", "alarm without data ignored", fields);
    return;
  }
  const request = await requestOf(change, options);
  await send(request, options.sendOptions);
  log("info", "alarm delivered", { ...fields, target: request.target });
}

async function requestOf(
  change: AlarmChange,
  { environment, secrets }: NotifierOptions,
): Promise<OutgoingRequest> {
  const { PAGER_DUTY_SECRET_ARN, PAGER_DUTY_URL, SERVICE_NOW_SECRET_ARN, SERVICE_NOW_URL } = environment;
  const pagerDuty =
    PAGER_DUTY_SECRET_ARN && PAGER_DUTY_URL
      ? async () =>
          pagerDutyRequest(
            PAGER_DUTY_URL,
            change,
            await secrets.read(PAGER_DUTY_SECRET_ARN, pagerDutySecretSchema),
          )
      : undefined;
  const serviceNow =
    SERVICE_NOW_SECRET_ARN && SERVICE_NOW_URL
      ? async () =>
          serviceNowRequest(
            SERVICE_NOW_URL,
            change,
            await secrets.read(SERVICE_NOW_SECRET_ARN, serviceNowSecretSchema),
          )
      : undefined;
  const inOrder = change.severity === "urgent" ? [pagerDuty, serviceNow] : [serviceNow, pagerDuty];
  const create = inOrder.find((each) => each !== undefined);
  if (create === undefined) throw new Error("Neither PagerDuty nor ServiceNow is configured");
  return create();
}
