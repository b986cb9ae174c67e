import { DOCUMENTS_PREFIX, INTAKE_PREFIX } from "../../contract/keys.ts";
import { inAccount, policyDocument, type Statement } from "../constructs/policy-document.ts";
import { useKey } from "../constructs/use-key.ts";
import { listPrefix, type PermissionTargets } from "./role-permissions.ts";

/**
 * What `npm run redrive`, `replay` and `verify` call, a statement for each task: no right to read a payload, a document or a record,
 * nor to receive what waits for the queue function.
 */
function operatorStatements(targets: PermissionTargets): Statement[] {
  const { intakeBucketArn, documentsBucketArn, queueArn, deadLetterQueueArn, queueLogGroupArn } = targets;
  return [
    {
      Sid: "LookIntoDeadLettersAndMoveThem",
      Effect: "Allow",
      // IAM has no actions for batches: these rights are those of the batches too.
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      Resource: deadLetterQueueArn,
    },
    { Sid: "QueuePayloadsAgain", Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn },
    {
      Sid: "CountMessages",
      Effect: "Allow",
      Action: "sqs:GetQueueAttributes",
      Resource: [queueArn, deadLetterQueueArn],
    },
    listPrefix("SeeWaitingPayloads", "s3:ListBucket", intakeBucketArn, INTAKE_PREFIX),
    listPrefix("SeeThatDocumentsAreThere", "s3:ListBucket", documentsBucketArn, DOCUMENTS_PREFIX),
    // With a log group's ARN, as https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html has it.
    {
      Sid: "ReadErrorsOfTheQueueFunction",
      Effect: "Allow",
      Action: "logs:FilterLogEvents",
      Resource: `${queueLogGroupArn}:*`,
    },
    // Of composite alarms nothing is told with less: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    { Sid: "SeeAlarms", Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" },
    ...useKey(targets, "UseKeyForMessages", ["sqs"], ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** The policy of a role for those who operate the stack, as JSON: who takes the role on is the account's business. */
export function operatorPolicy(targets: PermissionTargets): string {
  return policyDocument(
    operatorStatements(targets).map((statement) => inAccount(targets.account.id, statement)),
  );
}
