import type { DeployedStack } from "../deployed-stack.ts";
import type { Check } from "./check.ts";
import type { Client } from "./client.ts";
import type { Entrance } from "./entrance.ts";
import type { OperatorView } from "./operator-view.ts";
import type { Payloads } from "./payloads.ts";

export type StepId =
  | "proxy"
  | "small"
  | "large"
  | "intake"
  | "outcome"
  | "record"
  | "document"
  | "emptied"
  | "alarms"
  | "facts"
  | "delete";

/** What the steps of one verification share. */
export interface Verification {
  readonly stack: DeployedStack;
  readonly entrance: Entrance;
  readonly client: Client;
  /** In keys; undefined behind a proxy of somebody else, where nobody says it. */
  readonly caller: string | undefined;
  readonly view: OperatorView;
  readonly payloads: Payloads;
  /** CIDR blocks, or "any". */
  readonly proxyAddresses: "any" | readonly string[];
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** What one step leaves to the next ones. */
  readonly seen: Seen;
}

export interface Seen {
  /** Of what was sent, whether or not an answer came: it has to be deleted. */
  readonly sentItems: Set<string>;
  /** Of the large payload, once it is accepted. */
  accepted?: { readonly submissionId: string; readonly statusPath: string; readonly location: string };
  /** What the dead-letter queue held before the large payload was sent, where somebody could look. */
  deadLettersBefore?: number;
  /** Whether the large payload has come to its end: its object is not needed any more. */
  hasOutcome?: boolean;
  /** Those that are records now. */
  readonly storedItems: Set<string>;
  /** Statuses and Retry-After of answers after which a request is worth sending again. */
  readonly retryAfter: { readonly status: number; readonly value: string | undefined }[];
}

/** A step of the deploy guide, as it is run and as the docs show it. */
export interface Step {
  readonly id: StepId;
  readonly title: string;
  /** What it shows, for docs/verify.md. */
  readonly shows: string;
  /** Without one of these there is nothing to look at. */
  readonly needs: readonly StepId[];
  readonly run: (verification: Verification) => Promise<readonly Check[]>;
}

export interface StepReport {
  readonly id: StepId;
  readonly title: string;
  readonly seconds: number;
  readonly checks: readonly Check[];
}

export function isFailed({ checks }: Pick<StepReport, "checks">): boolean {
  return checks.some(({ result }) => result === "fails");
}
