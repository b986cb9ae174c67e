import type { StateResource } from "../deployment.ts";

/** Resources and data sources of an applied stack. */
export type State = readonly StateResource[];

type Predicate = (resource: StateResource, state: State) => boolean;

/** One thing that must hold for every resource of a type, as it was applied. */
export interface PolicyRule {
  /** `CKV…` is checkov's, `CT.…` Control Tower's, `AwsSolutions-…` cdk-nag's, `PIA-…` this project's own. */
  readonly id: string;
  /** Further checks of these tools that the rule stands for. */
  readonly sources: readonly string[];
  /** Terraform type it applies to; `*` is every type that has tags. */
  readonly resource: string;
  /** What must hold. */
  readonly sentence: string;
  /** Which resources of the type it is about; without it, all. */
  readonly applies?: Predicate;
  readonly holds: Predicate;
}
