import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";
import type { S3Event } from "../../emulator/s3/events.ts";
import { createS3 } from "../../emulator/s3/s3-server.ts";

export interface LocalS3 {
  readonly endpoint: string;
  /** Where the bytes of objects are. */
  readonly directory: string;
  readonly client: S3Client;
  readonly events: S3Event[];
  readonly errors: unknown[];
  createBucket(name: string, versioning?: "Enabled" | "Suspended"): Promise<void>;
  setVersioning(bucket: string, status: "Enabled" | "Suspended"): Promise<void>;
  stop(): Promise<void>;
}

export const localS3Account = "111111111111";
export const localS3Region = "eu-central-1";

/** The local S3 on a free port of the loopback interface, with a client as the functions have it. */
export async function startLocalS3(now?: () => Date): Promise<LocalS3> {
  const directory = join(tmpdir(), `local-s3-${randomUUID()}`);
  const events: S3Event[] = [];
  const errors: unknown[] = [];
  const s3 = createS3({
    directory,
    accountId: localS3Account,
    region: localS3Region,
    onEvent: (event) => events.push(event),
    onError: (error) => errors.push(error),
    ...(now && { now }),
  });
  const server = createServer((message, response) => void s3.handle(message, response));
  const endpoint = await listenOnLoopback(server);
  const client = new S3Client({
    region: localS3Region,
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const setVersioning = async (Bucket: string, Status: "Enabled" | "Suspended") => {
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  };
  return {
    endpoint,
    directory,
    client,
    events,
    errors,
    setVersioning,
    async createBucket(name, versioning) {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      if (versioning !== undefined) await setVersioning(name, versioning);
    },
    async stop() {
      client.destroy();
      await closeServer(server);
      await s3.close();
    },
  };
}
