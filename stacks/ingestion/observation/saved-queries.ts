import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js";
import { Construct } from "constructs";

export interface SavedQueriesProps {
  readonly namePrefix: string;
  /** Log groups of the functions that see payloads. */
  readonly functionLogGroupNames: readonly string[];
  /** Access logs of the APIs. */
  readonly accessLogGroupNames: readonly string[];
}

/** The questions of an operator, to be found under Logs Insights, Saved queries. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, props: SavedQueriesProps) {
    super(scope, id);
    const { functionLogGroupNames: functions, accessLogGroupNames: access } = props;
    const query = (
      queryId: string,
      name: string,
      logGroupNames: readonly string[],
      lines: readonly string[],
    ) =>
      new CloudwatchQueryDefinition(this, queryId, {
        name: `${props.namePrefix}/${name}`,
        logGroupNames: [...logGroupNames],
        queryString: lines.join("\n| "),
      });
    query("one-item", "What happened to one item", functions, [
      "fields @timestamp, message.message, message.caller, message.fileId, message.status, message.submissionId, message.correlationId, message.errorName",
      'filter message.item = "ITEM"',
      "sort @timestamp asc",
    ]);
    query(
      "one-request",
      "One request, by any of its ids",
      [...functions, ...access],
      ["fields @timestamp, @log, @message", 'filter @message like "ID"', "sort @timestamp asc"],
    );
    query("rejected", "Rejected, and why", functions, [
      "fields @timestamp, message.caller, message.item, message.fileId, message.submissionId, message.reason",
      'filter message.status = "rejected"',
      "sort @timestamp desc",
    ]);
    query("slowest", "The slowest requests", access, [
      "fields @timestamp, httpMethod, resourcePath, status, responseLatency, integrationLatency, extendedRequestId",
      "sort responseLatency desc",
      "limit 50",
    ]);
    query("failed", "What failed, and may be in the dead-letter queue", functions, [
      'filter message.message = "message failed"',
      "stats count() as receives, latest(message.errorName) as error, latest(message.errorMessage) as reason, max(@timestamp) as last by message.messageId",
      "sort receives desc",
    ]);
  }
}
