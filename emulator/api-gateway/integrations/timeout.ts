import type { Integration } from "../../../openapi/operations.ts";
import { GatewayError } from "../gateway-error.ts";

const defaultTimeoutMilliseconds = 29_000;

export function integrationTimeout({ value }: Integration): number {
  const timeout = value["timeoutInMillis"];
  return typeof timeout === "number" ? timeout : defaultTimeoutMilliseconds;
}

/** @throws GatewayError if the backend does not answer in time, or cannot be reached */
export async function withinTimeout<Result>(
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new GatewayError("INTEGRATION_TIMEOUT"));
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([call(controller.signal), timeout]);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError("INTEGRATION_FAILURE", { detail: `The backend failed: ${error}`, cause: error });
  } finally {
    clearTimeout(timer);
  }
}
