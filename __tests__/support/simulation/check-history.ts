import { isDeepStrictEqual } from "node:util";
import type { APIGatewayProxyResult } from "aws-lambda";
import { intakeKey, tableKey } from "../../../contract/keys.ts";
import type { Sent, SimulatedSystem } from "./simulated-system.ts";

/** What a sender hands in, and whether the contract allows it. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly valid: boolean;
  /** Of its files, in hexadecimal; none where it is not valid. */
  readonly hashes: readonly string[];
  /** Metadata of a plain file, which is no payload. */
  readonly ofFile?: Readonly<Record<string, string>>;
}

export interface SentSubmission extends Sent {
  readonly path: "small" | "large" | "deletion";
  /** Undefined for a deletion. */
  readonly content?: Content | undefined;
  /** Undefined on the large path, and until it comes. */
  answer?: APIGatewayProxyResult;
}

/** In Jepsen's words. */
export interface Report {
  /** Payloads that the sender may rely on. */
  accepted: number;
  stored: number;
  rejected: number;
  superseded: number;
  deadLettered: number;
  /** Accepted, and neither ended nor waiting in the dead-letter queue. */
  lost: number;
  /** Ended otherwise than its content allows, or never sent. */
  unexpected: number;
  /** Stored as new more often than there was nothing before. */
  duplicated: number;
  /** Answered with an error, or queued again, and ended well all the same. */
  recovered: number;
  problems: string[];
}

export function emptyReport(): Report {
  return {
    accepted: 0,
    stored: 0,
    rejected: 0,
    superseded: 0,
    deadLettered: 0,
    lost: 0,
    unexpected: 0,
    duplicated: 0,
    recovered: 0,
    problems: [],
  };
}

/** Holds what the system keeps of these submissions against what was sent. */
export function checkHistory(system: SimulatedSystem, history: readonly SentSubmission[]): Report {
  const report: Report = { ...emptyReport(), problems: [...system.services.violations] };
  const dead = system.deadKeys();
  for (const sent of groupByItem(history)) {
    for (const submission of sent) checkSubmission(system, submission, dead, report);
    checkItem(system, sent, report);
  }
  for (const key of system.keysOfSweep) {
    if (!system.keysWithoutEvent.has(key) && !dead.has(key)) {
      report.problems.push(`left to the sweep: ${key}, of which an event told`);
    }
  }
  report.problems.push(...system.services.bodiesLeftOpen().map((key) => `left open: the body of ${key}`));
  checkNothingElse(system, history, report);
  return report;
}

/** By items, and by plain files, each of which is an item of its own. */
function groupByItem(history: readonly SentSubmission[]): readonly SentSubmission[][] {
  const groups = new Map<string, SentSubmission[]>();
  for (const sent of history) groups.set(tableKey(sent), [...(groups.get(tableKey(sent)) ?? []), sent]);
  return [...groups.values()];
}

function checkSubmission(
  { services }: SimulatedSystem,
  sent: SentSubmission,
  dead: ReadonlySet<string>,
  report: Report,
): void {
  const { submissionId, path, content, answer } = sent;
  const item = tableKey(sent);
  const status = services.resultOf(sent, submissionId)?.outcome.status;
  const definite = path === "large" || (answer !== undefined && answer.statusCode < 500);
  if (path === "deletion" || !content) {
    return;
  }
  if (definite) {
    report.accepted += 1;
  }
  if (status === undefined) {
    const key = intakeKey(sent, submissionId);
    if (path === "large" && dead.has(key) && services.intake.has(key)) {
      report.deadLettered += 1;
    } else if (definite) {
      report.lost += 1;
      report.problems.push(`lost: ${submissionId} of ${item}`);
    }
    return;
  }
  report.recovered += definite ? 0 : 1;
  report.stored += status === "stored" || status === "unchanged" ? 1 : 0;
  report.rejected += status === "rejected" ? 1 : 0;
  report.superseded += status === "superseded" ? 1 : 0;
  if ((status === "rejected") === content.valid) {
    report.unexpected += 1;
    report.problems.push(`unexpected: ${submissionId} of ${item} is ${status}`);
  }
  if (answer && answer.statusCode < 500 && !answers[status]?.includes(answer.statusCode)) {
    report.problems.push(`answered otherwise: ${submissionId} is ${status}, answered ${answer.statusCode}`);
  }
}

const answers: Readonly<Record<string, readonly number[]>> = {
  stored: [200, 201],
  unchanged: [200],
  superseded: [409],
  rejected: [400, 413],
};

/** The last one received of those that count has won; of those whose sender heard an error, any may have counted. */
function checkItem({ services }: SimulatedSystem, sent: readonly SentSubmission[], report: Report): void {
  const [one] = sent;
  if (one === undefined) return;
  const item = tableKey(one);
  const counts = sent.filter(({ path, answer, submissionId }) =>
    path === "deletion"
      ? answer?.statusCode === 204
      : isWritten(services.resultOf(one, submissionId)?.outcome.status),
  );
  const last = counts.reduce<SentSubmission | undefined>(
    (winner, next) => (winner === undefined || isLater(next, winner) ? next : winner),
    undefined,
  );
  const state = services.stateOf(one);
  const winner = sent.find(({ submissionId }) => submissionId === state?.submissionId);
  if (last && (!winner || isLater(last, winner))) {
    report.problems.push(
      `not the last: ${item} is that of ${state?.submissionId ?? "nobody"}, and ${last.submissionId} came later`,
    );
  }
  if (state && winner) {
    const kind = winner.path === "deletion" ? "tombstone" : "record";
    const hashes = state.kind === "record" ? state.documents : [];
    if (state.kind !== kind || !isSameSet(hashes, winner.content?.hashes ?? [])) {
      report.problems.push(`another content: ${item} is not what ${winner.submissionId} sent`);
    }
  }
  const created = sent.filter(({ submissionId }) => {
    const outcome = services.resultOf(one, submissionId)?.outcome;
    return outcome?.status === "stored" && outcome.created;
  }).length;
  const deletions = sent.filter(({ path }) => path === "deletion").length;
  if (created > deletions + 1) {
    report.duplicated += created - deletions - 1;
    report.problems.push(`duplicated: ${item} was new ${created} times after ${deletions} deletions`);
  }
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return isDeepStrictEqual(new Set(left), new Set(right));
}

function isWritten(status: string | undefined): boolean {
  return status === "stored" || status === "unchanged";
}

function isLater(left: Sent, right: Sent): boolean {
  return left.receivedAt === right.receivedAt
    ? left.submissionId > right.submissionId
    : left.receivedAt > right.receivedAt;
}

function checkNothingElse(
  { services }: SimulatedSystem,
  history: readonly SentSubmission[],
  report: Report,
): void {
  const known = new Set(history.map((sent) => `${tableKey(sent)} ${sent.submissionId}`));
  const items = new Set(history.map(tableKey));
  const strangers = [
    ...[...services.results.keys()].filter((key) => !known.has(key)),
    ...[...services.states.keys()].filter((item) => !items.has(item)),
  ];
  report.unexpected += strangers.length;
  report.problems.push(...strangers.map((key) => `unexpected: nobody sent ${key}`));
}
