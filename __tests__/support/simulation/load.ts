import { SHARED_CALLER } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { checkHistory, emptyReport, type Report, type SentSubmission } from "./check-history.ts";
import { type Contents, createContents, createPlainContents } from "./contents.ts";
import type { ChooseFault } from "./invocation.ts";
import { Random } from "./random.ts";
import { randomBodyFaults } from "./random-body-faults.ts";
import { type FaultCounts, type FunctionModules, SimulatedSystem } from "./simulated-system.ts";

export interface LoadOptions {
  readonly functions: FunctionModules;
  readonly seed: number;
  readonly payloads: number;
  /** Payloads that are under way at the same time. */
  readonly waveSize: number;
  /** Of each call to AWS; of each body that is opened, twice as much. */
  readonly faultProbability: number;
  readonly batchSize: number;
  /** Looked at after each wave: the rest of the payloads is not sent. */
  readonly isEnough?: (resultSoFar: LoadResult) => boolean;
}

export interface LoadResult extends Report {
  readonly payloads: number;
  readonly deletions: number;
  readonly faults: number;
  readonly faultsByKind: FaultCounts;
  readonly eventCopies: number;
  /** New objects that no event told of. */
  readonly lostEvents: number;
  readonly timeouts: number;
  /** Keys that the dead-letter queue tells of. */
  readonly deadLetters: number;
  readonly documentsRemoved: number;
  readonly plainFiles: number;
}

/** Sends waves of payloads on both paths, with faults at every call, and checks each wave once it has come to rest. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const random = new Random(options.seed);
  const system = new SimulatedSystem({
    functions: options.functions,
    random,
    chooseFault: randomFaults(random, options.faultProbability),
    chooseBodyFault: randomBodyFaults(random, 2 * options.faultProbability),
    latency: () => random.between(1, 30),
    eventDelays: () => randomDelays(random),
    batchSize: options.batchSize,
    maximumConcurrency: 5,
  });
  const contents = createContents();
  const plainContents = createPlainContents();
  const total = emptyReport();
  let payloads = 0;
  let deletions = 0;
  let plainFiles = 0;
  for (let wave = 0; payloads < options.payloads; wave += 1) {
    const history = await runWave(system, {
      random,
      contents,
      plainContents,
      size: options.waveSize,
      wave,
    });
    addReport(total, checkHistory(system, history));
    payloads += history.filter(({ path }) => path !== "deletion").length;
    deletions += history.filter(({ path }) => path === "deletion").length;
    plainFiles += history.filter(({ fileId }) => fileId !== undefined).length;
    forget(system);
    if (options.isEnough?.(result())) break;
  }
  await system.stop();
  return result();

  function result(): LoadResult {
    return {
      ...total,
      payloads,
      deletions,
      faults: Object.values(system.faults).reduce((sum, count) => sum + count, 0),
      faultsByKind: system.faults,
      eventCopies: system.eventCopies,
      lostEvents: system.keysWithoutEvent.size,
      timeouts: system.timeouts,
      deadLetters: system.deadKeys().size,
      documentsRemoved: system.services.counts.documentsRemoved,
      plainFiles,
    };
  }
}

interface Wave {
  readonly random: Random;
  readonly contents: Contents;
  readonly plainContents: Contents;
  readonly size: number;
  readonly wave: number;
}

async function runWave(system: SimulatedSystem, options: Wave): Promise<SentSubmission[]> {
  const { random, size, wave } = options;
  const history: SentSubmission[] = [];
  system.putForeignObject(`incoming/folder-${wave}/`);
  for (let index = 0; index < size; index += 1) {
    const sent = chooseSubmission(system.clock.now(), index, options);
    history.push(sent);
    send(system, sent);
    if (random.chance(0.1)) {
      await system.clock.advance(random.between(1, 200));
    }
  }
  await system.settle();
  // Lost events are found at the first sweep after an hour; documents have been forgotten for long enough by then.
  for (let hour = 0; hour < 3; hour += 1) {
    await system.clock.advance(3_600_000);
    await Promise.all([system.sweep(), system.settle()]);
  }
  return history;
}

function chooseSubmission(
  now: number,
  index: number,
  { random, contents, plainContents, size, wave }: Wave,
): SentSubmission {
  const items = Math.ceil(size / 4);
  const sent = {
    caller: SHARED_CALLER,
    item: `item-${wave}-${random.between(1, items)}`,
    // Some in the same millisecond, some long before they are handed in: clocks of two gateways differ.
    receivedAt: now - random.between(0, 5),
    submissionId: `s/${wave}+${index}/${random.between(0, 9)}=`,
  };
  const ofFile = domain.plainFiles &&
    random.chance(0.15) && {
      // So few items that plain files too are replaced.
      item: `item-${wave}-${random.between(1, Math.ceil(items / 20))}`,
      fileId: `file-${random.between(1, 2)}`,
    };
  if (random.chance(0.05)) return { ...sent, ...ofFile, path: "deletion" };
  if (ofFile) return { ...sent, ...ofFile, path: "large", content: random.pick(plainContents) };
  if (random.chance(0.4)) return { ...sent, path: "small", content: random.pick(contents) };
  return random.chance(0.02)
    ? // No id of an item: only the large path's gateway lets it through, and it comes form-encoded.
      {
        ...sent,
        item: `item ${wave}+${index}`,
        path: "large",
        content: { ...random.pick(contents), valid: false, hashes: [] },
      }
    : { ...sent, path: "large", content: random.pick(contents) };
}

function send(system: SimulatedSystem, sent: SentSubmission): void {
  if (sent.path === "large" && sent.content) {
    system.submitLarge(sent, sent.content.bytes, sent.content.ofFile);
    return;
  }
  const answer = sent.content ? system.submitSmall(sent, sent.content.bytes) : system.delete(sent);
  void answer.then((given) => {
    sent.answer = given;
  });
}

/** What is settled is of no more interest; what waits in the dead-letter queue stays. */
function forget({ services, receives, keysOfSweep }: SimulatedSystem): void {
  services.states.clear();
  services.results.clear();
  services.documents.clear();
  services.intake.clear();
  services.progress.clear();
  services.violations.length = 0;
  receives.clear();
  keysOfSweep.clear();
}

/** Every kind of fault, slow calls up to longer than a function may take. */
export function randomFaults(random: Random, probability: number): ChooseFault {
  return () => {
    if (!random.chance(probability)) {
      return undefined;
    }
    const kind = random.pick([
      "throttled",
      "throttled",
      "dropped",
      "answer-dropped",
      "answer-dropped",
      "slow",
      "crash-before",
      "crash-after",
    ] as const);
    return kind === "slow" ? { kind, milliseconds: random.between(5_000, 90_000) } : { kind };
  };
}

/** One in ten events comes two to five times, one in twenty late, one in two hundred never. */
function randomDelays(random: Random): number[] {
  if (random.chance(0.005)) {
    return [];
  }
  const copies = random.chance(0.1) ? random.between(2, 5) : 1;
  return Array.from({ length: copies }, () =>
    random.chance(0.05) ? random.between(1_000, 600_000) : random.between(5, 1_500),
  );
}

function addReport(total: Report, { problems, ...counts }: Report): void {
  for (const [name, count] of Object.entries(counts)) {
    total[name as keyof typeof counts] += count;
  }
  total.problems.push(...problems);
}
