/** A stack's configuration holds something that cannot be resolved; the message names the address. */
export class StackResolutionError extends Error {
  override readonly name = "StackResolutionError";
  readonly code = "STACK_RESOLUTION";
}
