import type { VirtualClock } from "../virtual-clock.ts";

/** What goes wrong with one call to AWS. */
export type Fault =
  /** The service refuses it. */
  | { readonly kind: "throttled" }
  /** The connection breaks before the service has it. */
  | { readonly kind: "dropped" }
  /** The service has done it, and the connection breaks before it says so. */
  | { readonly kind: "answer-dropped" }
  | { readonly kind: "slow"; readonly milliseconds: number }
  /** The process ends before the call is sent. */
  | { readonly kind: "crash-before" }
  /** The process ends once the service has done it. */
  | { readonly kind: "crash-after" };

/** The fault of a call, if any, by the call's name and its number in its invocation. */
export type ChooseFault = (call: string, number: number) => Fault | undefined;

export interface InvocationOptions {
  readonly clock: VirtualClock;
  readonly timeoutMilliseconds: number;
  readonly chooseFault: ChooseFault;
  /** How long a call takes, in milliseconds; 0 takes no time at all. */
  readonly latency: () => number;
  readonly onFault: (fault: Fault) => void;
}

export type Ending = "crashed" | "timed-out";

/** One invocation of a function: its time, its calls and their faults. What it still calls once it is dead is never done. */
export class Invocation {
  readonly #options: InvocationOptions;
  readonly #endsAt: number;
  readonly #deadline = new AbortController();
  #deadlineAt = Number.POSITIVE_INFINITY;
  #dead = false;
  #calls = 0;
  #end: (ending: Ending) => void = () => undefined;
  /** Is fulfilled when the process ends before the handler does. */
  readonly ended: Promise<Ending>;

  constructor(options: InvocationOptions) {
    this.#options = options;
    this.#endsAt = options.clock.now() + options.timeoutMilliseconds;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** What the handler gets of Lambda. */
  readonly context = { getRemainingTimeInMillis: () => this.#endsAt - this.#options.clock.now() };

  /** Aborts by the virtual clock, at the next call that would take longer. */
  readonly abortAfter = (milliseconds: number): AbortSignal => {
    this.#deadlineAt = this.#options.clock.now() + milliseconds;
    return this.#deadline.signal;
  };

  /** Aborts what is under way when the handler's own deadline comes. */
  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Ends the process, as what nobody has caught does. */
  crash(): void {
    void this.#die("crashed");
  }

  /** By the world's time, whatever becomes of the invocation. */
  sleep(milliseconds: number): Promise<void> {
    return this.#options.clock.sleep(milliseconds);
  }

  async call<T>(name: string, effect: () => T): Promise<T> {
    const { chooseFault, onFault, latency } = this.#options;
    if (this.#dead) {
      return never();
    }
    this.#calls += 1;
    const fault = chooseFault(name, this.#calls);
    if (fault) {
      onFault(fault);
    }
    if (fault?.kind === "crash-before") {
      return this.#die("crashed");
    }
    await this.pass(fault?.kind === "slow" ? fault.milliseconds : latency());
    if (fault?.kind === "throttled") {
      throw named("ProvisionedThroughputExceededException", "Slow down");
    }
    if (fault?.kind === "dropped") {
      throw named("TimeoutError", "socket hang up");
    }
    const result = effect();
    if (fault?.kind === "crash-after") {
      return this.#die("crashed");
    }
    if (fault?.kind === "answer-dropped") {
      throw named("TimeoutError", "socket hang up");
    }
    return result;
  }

  /** Lets time go by, up to the deadline that the handler set, and to the end of the invocation. */
  async pass(milliseconds: number): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + milliseconds;
    if (milliseconds > 0) {
      await clock.sleep(Math.min(until, this.#deadlineAt, this.#endsAt) - clock.now());
    }
    if (until > this.#deadlineAt) {
      this.#deadline.abort();
      throw named("AbortError", "Request aborted");
    }
    if (until > this.#endsAt) {
      await this.#die("timed-out");
    }
  }

  #die(ending: Ending): Promise<never> {
    this.#dead = true;
    this.#end(ending);
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
