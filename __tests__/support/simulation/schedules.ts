import { setImmediate } from "node:timers/promises";
import type { Call } from "../versioned-bucket.ts";

/** Work that goes on call by call, as it is told. Calls that it makes at the same time are one step. */
export class SteppedOperation {
  readonly name: string;
  readonly #run: (call: Call) => Promise<unknown>;
  readonly #maxSteps: number;
  readonly #seen: unknown[] = [];
  #waiting: { readonly name: string; readonly perform: () => void }[] = [];
  #steps = 0;
  /** It has answered, and not failed. */
  isDone = false;
  failure: unknown;

  /** @param maxSteps after which its process ends */
  constructor(name: string, run: (call: Call) => Promise<unknown>, maxSteps = Number.POSITIVE_INFINITY) {
    this.name = name;
    this.#run = run;
    this.#maxSteps = maxSteps;
  }

  get canStep(): boolean {
    return this.#waiting.length > 0 && this.#steps < this.#maxSteps;
  }

  /** All that its further way depends on: what it was told. */
  get memory(): unknown {
    return [this.#seen, this.#steps, this.isDone];
  }

  start(): void {
    const call: Call = async (name, effect) => {
      const result = await new Promise<ReturnType<typeof effect>>((resolve) => {
        this.#waiting.push({ name, perform: () => resolve(effect()) });
      });
      this.#seen.push(result ?? null);
      return result;
    };
    this.#run(call).then(
      () => {
        this.isDone = true;
      },
      (error: unknown) => {
        this.failure = error;
      },
    );
  }

  /** @returns what it has called */
  step(): string {
    const calls = this.#waiting;
    this.#waiting = [];
    this.#steps += 1;
    for (const { perform } of calls) perform();
    return `${this.name}: ${calls[0]?.name}`;
  }
}

export interface Scenario {
  readonly operations: readonly SteppedOperation[];
  /** Looked at after each step. */
  readonly problems: () => readonly string[];
  /** Looked at once no operation can go on. */
  readonly finalProblems: () => Promise<readonly string[]>;
  /** All that the further way depends on besides what the operations remember, and all that is looked at. */
  readonly memory: () => unknown;
}

/**
 * Goes through every order in which the operations can make their calls. Where two orders lead to the same situation, what
 * follows is the same, and is gone through once.
 * @returns how many orders there are
 * @throws Error with the calls of the first order that has a problem
 */
export async function runEverySchedule(createScenario: () => Promise<Scenario>): Promise<number> {
  const ordersFrom = new Map<string, number>();
  const explore = async (choices: readonly number[]): Promise<number> => {
    const { ready, situation } = await follow(await createScenario(), choices);
    const known = ordersFrom.get(situation);
    if (known !== undefined) return known;
    let orders = ready === 0 ? 1 : 0;
    for (let choice = 0; choice < ready; choice += 1) {
      orders += await explore([...choices, choice]);
    }
    ordersFrom.set(situation, orders);
    return orders;
  };
  return explore([]);
}

async function follow(scenario: Scenario, choices: readonly number[]) {
  const { operations, problems, finalProblems, memory } = scenario;
  const calls: string[] = [];
  for (const operation of operations) operation.start();
  await setImmediate();
  for (const choice of choices) {
    calls.push(readyOnes(operations)[choice]?.step() ?? "");
    await setImmediate();
    expectNone(problems(), calls);
  }
  const situation = JSON.stringify([operations.map((operation) => operation.memory), memory()]);
  const ready = readyOnes(operations).length;
  if (ready === 0) {
    for (const { failure } of operations) if (failure !== undefined) throw failure;
    expectNone(await finalProblems(), calls);
  }
  return { ready, situation };
}

function readyOnes(operations: readonly SteppedOperation[]): SteppedOperation[] {
  return operations.filter(({ canStep }) => canStep);
}

function expectNone(problems: readonly string[], calls: readonly string[]): void {
  if (problems.length > 0) {
    throw new Error(`${problems.join("; ")}\nafter\n${calls.join("\n")}`);
  }
}
