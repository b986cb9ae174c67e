import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Invocation } from "./invocation.ts";
import { type BodyFault, simulatedBody } from "./simulated-body.ts";

export interface WaitingPayload {
  readonly bytes: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly writtenAt: number;
}

export interface SimulatedIntakeOptions {
  readonly objects: Map<string, WaitingPayload>;
  readonly chooseBodyFault: (key: string) => BodyFault | undefined;
  /** Told before an object goes. */
  readonly onDelete: (key: string) => void;
  readonly onViolation: (text: string) => void;
}

/** Objects of a page, fewer than S3's, so that pages have an end to be tried. */
const pageSize = 100;

/** The intake bucket in memory, as the intake store of the functions calls it. */
export class SimulatedIntake {
  readonly #options: SimulatedIntakeOptions;
  /** Keys of bodies that are neither read to their end nor discarded, by the invocation that has opened them. */
  readonly #open = new Map<symbol, { readonly key: string; readonly invocation: Invocation }>();

  constructor(options: SimulatedIntakeOptions) {
    this.#options = options;
  }

  client(invocation: Invocation): S3Client {
    return { send: (command: unknown) => this.#send(command, invocation) } as unknown as S3Client;
  }

  /** Keys of the bodies that invocations have left open, other than by their own end. */
  leftOpen(): string[] {
    return [...this.#open.values()].filter(({ invocation }) => !invocation.isDead).map(({ key }) => key);
  }

  #send(command: unknown, invocation: Invocation): Promise<unknown> {
    const { objects, onDelete } = this.#options;
    if (command instanceof GetObjectCommand) {
      const { Key = "" } = command.input;
      return this.#get(Key, invocation);
    }
    if (command instanceof DeleteObjectCommand) {
      const { Key = "" } = command.input;
      return invocation.call("deletePayload", () => {
        onDelete(Key);
        objects.delete(Key);
      });
    }
    if (command instanceof ListObjectsV2Command) {
      const { Prefix = "", StartAfter = "", MaxKeys = pageSize } = command.input;
      return invocation.call(MaxKeys === 1 ? "findPayload" : "listPayloads", () => {
        const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix) && key > StartAfter).sort();
        const page = keys.slice(0, MaxKeys);
        const Contents = page.map((Key) => ({
          Key,
          LastModified: new Date(objects.get(Key)?.writtenAt ?? 0),
        }));
        return { Contents, IsTruncated: keys.length > page.length };
      });
    }
    throw new Error("The simulated intake bucket does not know this command");
  }

  /** A body is there once its answer has come. */
  async #get(key: string, invocation: Invocation) {
    const object = await invocation.call("openPayload", () => this.#options.objects.get(key));
    if (object === undefined) throw new NoSuchKey({ message: key, $metadata: {} });
    const id = Symbol(key);
    const body = simulatedBody(object.bytes, invocation, {
      fault: this.#options.chooseBodyFault(key),
      onUnheard: () => this.#options.onViolation(`unheard: an error of the body of ${key}`),
    });
    this.#open.set(id, { key, invocation });
    body.on("close", () => this.#open.delete(id));
    return { Body: body, ContentLength: object.bytes.length, Metadata: object.metadata };
  }
}
