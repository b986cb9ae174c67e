import { keyedBy } from "../function-records.ts";
import { checkHistory, type SentSubmission } from "./check-history.ts";
import { createContents, createPlainContents } from "./contents.ts";
import type { ChooseFault } from "./invocation.ts";
import { Random } from "./random.ts";
import type { BodyFault } from "./simulated-body.ts";
import { type FunctionModules, SimulatedSystem } from "./simulated-system.ts";

export interface ScenarioOptions {
  readonly functions: FunctionModules;
  readonly chooseFault?: ChooseFault;
  readonly chooseBodyFault?: (key: string) => BodyFault | undefined;
  readonly latency?: () => number;
  /** When copies of the event of each new object arrive; one at once by default. */
  readonly eventDelays?: () => readonly number[];
  readonly batchSize?: number;
  readonly seed?: number;
}

/** A system for a few submissions of one's own choice. */
export function createScenario({ functions, seed = 1, ...options }: ScenarioOptions) {
  const random = new Random(seed);
  const system = new SimulatedSystem({
    functions,
    random,
    chooseFault: () => undefined,
    latency: () => 1,
    eventDelays: () => [1],
    batchSize: 1,
    maximumConcurrency: 5,
    ...options,
  });
  const history: SentSubmission[] = [];
  return {
    system,
    history,
    /** Hands it in; the answer comes once time goes by. */
    send(sent: SentSubmission): Promise<void> {
      history.push(sent);
      if (sent.path === "large" && sent.content) {
        system.submitLarge(sent, sent.content.bytes, sent.content.ofFile);
        return Promise.resolve();
      }
      const answer = sent.content ? system.submitSmall(sent, sent.content.bytes) : system.delete(sent);
      return answer.then((given) => {
        sent.answer = given;
      });
    },
    /** Hands them in one after the other, each once the one before has come to rest. */
    async sendInTurn(submissions: readonly SentSubmission[]): Promise<void> {
      for (const sent of submissions) {
        await Promise.all([this.send(sent), system.settle()]);
      }
    },
  };
}

/** Ten messages of one batch, some of which no retry can help; what the others suffer from it. */
export async function sendPoison(
  functions: FunctionModules,
  poisoned: number,
): Promise<{ stored: number; deadLetters: number; problems: string[] }> {
  const { system, history, send } = createScenario({ functions, batchSize: 10 });
  for (let index = 0; index < 10 - poisoned; index += 1) {
    const id = { ...keyedBy(`item-${index}`), submissionId: `s-${index}`, receivedAt: index };
    await send({ ...id, path: "large", content: contents.first });
  }
  for (let index = 0; index < poisoned; index += 1) {
    system.sendMessage("no event of S3", `poison-${index}`);
  }
  await system.settle();
  // A message moves to the dead-letter queue when it would be received once more.
  await system.clock.advance(600_000);
  const { stored, problems } = checkHistory(system, history);
  const again = [...system.receives].filter(([key, count]) => key.startsWith("incoming/") && count > 1);
  problems.push(...again.map(([key]) => `received again: ${key}, which was no poison`));
  await system.stop();
  return { stored, deadLetters: system.deadLetterQueue.messageIds.length, problems };
}

const [first, second, third] = createContents();

/** Valid contents, different from each other. */
export const contents = { first, second: second ?? first, third: third ?? first };

const [firstFile, secondFile] = createPlainContents();

/** Valid plain files, different from each other. */
export const plainContents = { first: firstFile, second: secondFile ?? firstFile };

/** Every order of the values. */
export function permutations<T>(values: readonly T[]): T[][] {
  if (values.length <= 1) {
    return [[...values]];
  }
  return values.flatMap((value, index) =>
    permutations(values.filter((_, other) => other !== index)).map((rest) => [value, ...rest]),
  );
}
