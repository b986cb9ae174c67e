import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { S3Event } from "./events.ts";
import { findOperation } from "./operations/find-operation.ts";
import { S3Error } from "./s3-error.ts";
import { header, parseRequest, type S3Answer, type S3Context, type S3Request } from "./s3-request.ts";
import { createStore } from "./store.ts";
import { createRequestIds, errorAnswer, internalError, writeAnswer } from "./write-answer.ts";

export interface S3Options {
  /** For the bytes of objects: it is made where it is not there, and removed with all it holds by `close`. */
  readonly directory: string;
  /** The owner of every bucket. */
  readonly accountId: string;
  readonly region: string;
  /** Told of each object that was created or removed, in the order of that. */
  readonly onEvent?: (event: S3Event) => void;
  /** Told of faults of this server itself, which its client sees as InternalError. */
  readonly onError?: (error: unknown) => void;
  readonly now?: () => Date;
}

export interface S3Server {
  handle(message: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/**
 * Amazon S3 by its REST API, for path-style addresses. Signatures are taken and not checked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
 */
export function createS3({ directory, accountId, region, onEvent, onError, now }: S3Options): S3Server {
  mkdirSync(directory, { recursive: true });
  const context: S3Context = {
    store: createStore(directory, now),
    accountId,
    region,
    emit: (event) => onEvent?.(event),
  };
  return {
    async handle(message, response) {
      const ids = createRequestIds();
      try {
        await writeAnswer(response, await answer(message, context), ids);
      } catch (error) {
        if (!(error instanceof S3Error || isHangUp(error))) onError?.(error);
        // Who hung up expects no answer, and half of one cannot be taken back.
        if (response.headersSent || message.socket.destroyed) {
          response.destroy();
          return;
        }
        const shown = error instanceof S3Error ? error : internalError();
        const path = message.url?.split("?", 1)[0] ?? "/";
        await writeAnswer(response, errorAnswer(shown, { method: message.method ?? "GET", path }, ids), ids);
      }
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

function isHangUp(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET";
}

async function answer(message: IncomingMessage, context: S3Context): Promise<S3Answer> {
  const request = parseRequest(message);
  refuseOtherOwner(request, context.accountId);
  return await findOperation(request).run(request, context);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
function refuseOtherOwner(request: S3Request, accountId: string): void {
  for (const name of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const expected = header(request, name);
    if (expected !== undefined && expected !== accountId)
      throw new S3Error(403, "AccessDenied", "Access Denied");
  }
}
