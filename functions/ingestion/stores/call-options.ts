/** What every call of a store to AWS gets. */
export interface CallOptions {
  /** Ends calls that are still running. */
  readonly abortSignal?: AbortSignal;
}
