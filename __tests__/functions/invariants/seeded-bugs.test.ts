import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { createSample } from "../../../domain/sample.ts";
import { IsolatedStack } from "../../support/callers/isolated-stack.ts";
import { RandomCalls } from "../../support/callers/random-calls.ts";
import { type LoadResult, runLoad } from "../../support/simulation/load.ts";
import { isFull } from "../../support/simulation/scale.ts";
import { sendPoison } from "../../support/simulation/scenario.ts";
import { loadWithBug, type SeededBug } from "../../support/simulation/seed-bug.ts";

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A bug, and how the load of load.test.ts tells of it. */
const bugs: [string, SeededBug & { readonly caught: RegExp }][] = [
  [
    "a forgotten return of the failed messages",
    {
      file: "queue/queue-handler.ts",
      right: "return { batchItemFailures };",
      wrong: "return undefined as never;",
      caught: /^left to the sweep: /,
    },
  ],
  [
    "failures that are logged and forgotten",
    {
      file: "queue/queue-handler.ts",
      right: "batchItemFailures.push({ itemIdentifier: messageId });",
      wrong: "",
      caught: /^left to the sweep: /,
    },
  ],
  [
    "one failure that fails the whole batch",
    {
      file: "queue/queue-handler.ts",
      right: "batchItemFailures.push({ itemIdentifier: messageId });",
      wrong: "throw error;",
      caught: /^received again: /,
    },
  ],
  [
    "keys whose plus signs are not decoded",
    {
      file: "../../domain/s3-notification.ts",
      right: 'encoded.replaceAll("+", " ")',
      wrong: "encoded",
      caught: /^dead-lettered without a fault: /,
    },
  ],
  [
    "a record that does not wait for its documents",
    {
      file: "ingest.ts",
      right: "written.push(...(await putDocuments(context.documents, submission, missing)));",
      wrong: "void written.push; putDocuments(context.documents, submission, missing).catch(() => {});",
      caught: /^no document: /,
    },
  ],
  [
    "a payload that is deleted before its outcome is written",
    {
      file: "queue/process-created-object.ts",
      right: "await processPayload({ ...payload, read: readPayload }, submission, context);",
      wrong:
        "await context.intake.delete(key); await processPayload({ ...payload, read: readPayload }, submission, context);",
      caught: /^lost: /,
    },
  ],
  [
    "an outcome that is written before the record",
    {
      file: "ingest.ts",
      right: "return finish(submission, await store(submission, checked.value, context), context);",
      wrong:
        "const outcome = await finish(submission, { status: 'stored', created: false }, context); await store(submission, checked.value, context); return outcome;",
      caught: /^(not the last|another content): /,
    },
  ],
  [
    "the last one processed winning over the last one received",
    {
      file: "decide-outcome.ts",
      right: "if (!isNewer(submission, current)) {",
      wrong: "if (false) {",
      caught: /^went back: /,
    },
  ],
  [
    "a receive time that alone decides",
    {
      file: "decide-outcome.ts",
      right: "? left.submissionId > right.submissionId",
      wrong: "? true",
      caught: /^went back: /,
    },
  ],
  [
    "a deletion that is forgotten",
    {
      file: "decide-outcome.ts",
      right: "if (!current) {",
      wrong: 'if (!current || current.kind === "tombstone") {',
      caught: /^went back: /,
    },
  ],
  [
    "repeated contents that leave the receive time where it was",
    {
      file: "decide-outcome.ts",
      right: '? { action: "write", outcome: { status: "unchanged" } }',
      wrong: '? { action: "keep", outcome: { status: "unchanged" } }',
      caught: /^not the last: /,
    },
  ],
  [
    "a lost race that counts as won",
    {
      file: "stores/update-current.ts",
      right: "next ? await records.replaceCurrent(next, current) : true",
      wrong: "next ? (await records.replaceCurrent(next, current), true) : true",
      caught: /^not the last: /,
    },
  ],
  [
    "a sweep that removes documents in use",
    {
      file: "sweep/remove-documents.ts",
      right: "return state.documentsSince < limit && !documentsOfState(state).has(sha256);",
      wrong: "return state.documentsSince < limit;",
      caught: /^no document: /,
    },
  ],
  [
    "a sweep that queues what is no submission",
    {
      file: "sweep/requeue-unprocessed.ts",
      right: "const waiting = old.filter(({ key }) => mayBeSubmission(key));",
      wrong: "const waiting = old; void mayBeSubmission;",
      caught: /^left to the sweep: incoming.folder/,
    },
  ],
  [
    "a sweep that queues nothing again",
    {
      file: "sweep/requeue-unprocessed.ts",
      right: "await queue.send(due.map(({ key }) => createdEvent(intakeBucket, key)));",
      wrong: "",
      caught: /^lost: /,
    },
  ],
  [
    "a body whose errors nobody hears until it is read",
    {
      file: "stores/open-body.ts",
      right: 'body.on("error", () => undefined);',
      wrong: "",
      caught: /^unheard: /,
    },
  ],
  [
    "a body that is left open",
    {
      file: "queue/process-created-object.ts",
      right: "payload.discard();",
      wrong: "",
      caught: /^left open: /,
    },
  ],
  [
    "a truncated body that is taken for the whole",
    {
      file: "stores/open-body.ts",
      right: "if (offset < sizeBytes) {",
      wrong: "if (false) {",
      caught: /^unexpected: .* is rejected/,
    },
  ],
  [
    "a corrupted body that is rejected instead of read again",
    {
      file: "queue/process-created-object.ts",
      right: "bytes: await read(),",
      wrong: "bytes: await read().catch(() => new Uint8Array()),",
      caught: /^unexpected: .* is rejected/,
    },
  ],
  [
    "a deadline that nobody watches",
    {
      file: "queue/queue-handler.ts",
      right: "const deadline = deadlineOf(invocation, abortAfter);",
      wrong: "const deadline = new AbortController().signal; void invocation; void abortAfter;",
      caught: /^cut off: /,
    },
  ],
];

if (domain.plainFiles) {
  bugs.push([
    "a plain file that takes its item's place",
    {
      file: "outcome.ts",
      right: "return { caller, item, ...(fileId !== undefined && { fileId }) };",
      wrong: "void fileId; return { caller, item };",
      caught: /^no document: /,
    },
  ]);
}

if (createSample().files.length > 1) {
  bugs.push([
    "a sweep that knows one document of each record",
    {
      file: "sweep/remove-documents.ts",
      right: "documentsOfState(state).has(sha256)",
      wrong: "([...documentsOfState(state)][0] === sha256)",
      caught: /^no document: /,
    },
  ]);
}

function problemsOf({ problems, timeouts, deadLetters, faults }: LoadResult): string[] {
  return [
    ...problems,
    ...Array.from({ length: timeouts }, () => "cut off: an invocation"),
    ...Array.from(
      { length: faults === 0 ? deadLetters : 0 },
      () => "dead-lettered without a fault: a message",
    ),
  ];
}

const caughtIn = ({ caught }: { readonly caught: RegExp }, problems: readonly string[]) =>
  problems.some((problem) => caught.test(problem));

// All of the load in `npm run test:invariants`, as much of it as finds the bug in `npm test`.
describe("the load finds", () => {
  it.each(bugs)("%s", async (name, bug) => {
    const functions = await loadWithBug(name, bug);
    const load = {
      functions,
      seed: 5,
      payloads: 1500,
      waveSize: isFull ? 500 : 100,
      batchSize: 5,
      isEnough: (result: LoadResult) => !isFull && caughtIn(bug, problemsOf(result)),
    };

    const faulty = problemsOf(await runLoad({ ...load, faultProbability: 0.025 }));
    const isCaught = !isFull && caughtIn(bug, faulty);
    const others = isCaught
      ? []
      : [
          ...problemsOf(await runLoad({ ...load, payloads: 500, faultProbability: 0 })),
          ...(await sendPoison(functions, 3)).problems,
        ];

    expect([...faulty, ...others]).toContainEqual(expect.stringMatching(bug.caught));
  });
});

interface CallerBug extends SeededBug {
  /** What else is wrong, in the documents of the APIs. */
  readonly change?: (document: string) => string;
  readonly caught: RegExp;
}

/** A caller that is forgotten in one place, and how the random calls of callers.test.ts tell of it. */
const callerBugs: [string, CallerBug][] = [
  [
    "a record's key without its caller",
    {
      file: "../../contract/keys.ts",
      right: "return `caller#${key.caller}#item#${pathOf(key)}`;",
      wrong: "return `item#${pathOf(key)}`;",
      caught: /^call \d+: \w+ small /,
    },
  ],
  [
    "an index without the caller",
    {
      file: "../../contract/keys.ts",
      right: "return `${caller}#${group}`;",
      wrong: "void caller; return group;",
      caught: /^call \d+: \w+ small GET \S+\?.* instead of /,
    },
  ],
  [
    "a document's path without its caller",
    {
      file: "../../contract/keys.ts",
      right: "return `${DOCUMENTS_PREFIX}${key.caller}/${pathOf(key)}/`;",
      wrong: "return `${DOCUMENTS_PREFIX}${pathOf(key)}/`;",
      change: (document) => document.replaceAll("/documents/{caller}/", "/documents/"),
      // One reads what is another's, or misses what another has deleted.
      caught: /^call \d+: \w+ large GET .*: (200 instead of 404|404 instead of 200)/,
    },
  ],
  [
    "a caller that whoever writes the key may choose",
    {
      file: "submission-keys.ts",
      right: "if (itemKey.caller !== (metadata[CALLER_METADATA] ?? SHARED_CALLER)) {",
      wrong: "void SHARED_CALLER; void CALLER_METADATA; if (false) {",
      caught: /failed: incoming\/\w+\/x\/\S+ is missing/,
    },
  ],
  [
    "one caller for all",
    {
      file: "api/api-request.ts",
      right: "return caller;",
      wrong: 'return "alice";',
      caught: /^call \d+: (bob|carol) small /,
    },
  ],
];

if (domain.plainFiles) {
  callerBugs.push([
    "a list of files without the caller",
    {
      file: "../../contract/keys.ts",
      right: "return `${caller}/${item}`;",
      wrong: "void caller; return item;",
      caught: /^call \d+: \w+ small GET .* instead of /,
    },
  ]);
}

describe("the random calls of three callers find", () => {
  it.each(callerBugs)("%s", async (name, bug) => {
    const functions = await loadWithBug(name, bug);
    const problems: string[] = [];

    for (let seed = 1; seed <= 20 && problems.length === 0; seed += 1) {
      problems.push(...(await new RandomCalls(new IsolatedStack(functions, bug.change), seed).run(500)));
    }

    expect(problems).toContainEqual(expect.stringMatching(bug.caught));
  });
});
