import { deleteRecords } from "./delete-records.ts";
import { documentChecks } from "./expect-answer.ts";
import { awaitOutcome, lookIntoIntake } from "./follow-payload.ts";
import { lookAtAlarms } from "./look-at-alarms.ts";
import { lookBehind } from "./look-behind.ts";
import { observeFacts } from "./observe-facts.ts";
import { listCheck, reachProxy, recordCheck, sendLarge, sendSmall } from "./send-payloads.ts";
import type { Step } from "./step.ts";

/** From the proxy's name to a service that is known to work, in this order. docs/verify.md has them as a table. */
export const STEPS: readonly Step[] = [
  {
    id: "proxy",
    title: "GET through the proxy and the synchronous API",
    shows:
      "DNS, the network, TLS, the caller's credential, the way to the VPC endpoint, the API's policy, the API function, the table",
    needs: [],
    run: reachProxy,
  },
  {
    id: "small",
    title: "POST a small record: API Gateway, Lambda",
    shows: "it is created (201), its record is what was sent, its document comes back byte for byte",
    needs: ["proxy"],
    run: sendSmall,
  },
  {
    id: "large",
    title: "POST a large record: API Gateway, S3 PutObject",
    shows: "S3 stores it (202), and the answer has the URL of its outcome",
    needs: ["proxy"],
    run: sendLarge,
  },
  {
    id: "intake",
    title: "The object in the intake bucket",
    shows: "it waits there, or it has its outcome",
    needs: ["large"],
    run: lookIntoIntake,
  },
  {
    id: "outcome",
    title: "Notification, queue, function",
    shows:
      "S3 sent the event, the mapping took the message, the function stored the record; otherwise which of them failed",
    needs: ["large"],
    run: awaitOutcome,
  },
  {
    id: "record",
    title: "The record",
    shows: "it is what was sent, and the list has it",
    needs: ["outcome"],
    run: async (verification) => [
      await recordCheck(verification, verification.payloads.large),
      await listCheck(verification),
    ],
  },
  {
    id: "document",
    title: "The document: API Gateway, S3 GetObject",
    shows: "it comes back byte for byte",
    needs: ["outcome"],
    run: (verification) => {
      const { item, sample } = verification.payloads.large;
      return documentChecks(verification, item, sample);
    },
  },
  {
    id: "emptied",
    title: "The queues and buckets afterwards",
    shows:
      "the payload is no longer in the intake bucket, the document's key names the caller, the dead-letter queue is empty",
    needs: ["large"],
    run: lookBehind,
  },
  {
    id: "alarms",
    title: "Alarms",
    shows: "none is raised; how many have no data yet",
    needs: [],
    run: lookAtAlarms,
  },
  {
    id: "facts",
    title: "What only an AWS account shows",
    shows: "the behaviour of AWS below, as far as it can be observed",
    needs: ["proxy"],
    run: observeFacts,
  },
  {
    id: "delete",
    title: "DELETE the records",
    shows: "they are deleted (204), and records and documents are gone (404)",
    needs: [],
    run: deleteRecords,
  },
];
