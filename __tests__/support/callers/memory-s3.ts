import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ServiceRequest, ServiceResponse } from "../../../emulator/api-gateway/messages.ts";

interface StoredVersion {
  readonly versionId: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

type Objects = Map<string, StoredVersion[]>;

const METADATA = "x-amz-meta-";

/**
 * Amazon S3 in memory, as the functions' stores and the integrations of API Gateway use it. A key is a text, in which
 * slashes and dots mean nothing; buckets are versioned; a call that does not name the owner of its bucket fails.
 */
export class MemoryS3 {
  /** Keys of what came through API Gateway, as S3 tells of them. */
  readonly created: string[] = [];
  readonly #owner: string;
  readonly #buckets: ReadonlyMap<string, Objects>;
  #versions = 0;

  constructor(owner: string, buckets: readonly string[]) {
    this.#owner = owner;
    this.#buckets = new Map(buckets.map((bucket) => [bucket, new Map()]));
  }

  keys(bucket: string): string[] {
    return [...this.#objects(bucket).keys()].toSorted();
  }

  /** What the stores call. */
  get client(): S3Client {
    return { send: async (command: unknown) => this.#send(command) } as unknown as S3Client;
  }

  #send(command: unknown): unknown {
    if (command instanceof PutObjectCommand) {
      const { Key = "", Body, ContentType: contentType = "" } = command.input;
      if (!(Body instanceof Uint8Array)) throw new Error(`what is put under ${Key} is no bytes`);
      const put = { bytes: Buffer.from(Body), contentType, metadata: {} };
      return { VersionId: this.#put(this.#owned(command.input), Key, put) };
    }
    if (command instanceof GetObjectCommand) {
      const { Key = "" } = command.input;
      const [object] = this.#owned(command.input).get(Key) ?? [];
      if (object === undefined) throw new NoSuchKey({ message: Key, $metadata: {} });
      const { bytes, metadata } = object;
      return { Body: Readable.from([bytes]), ContentLength: bytes.length, Metadata: metadata };
    }
    if (command instanceof ListObjectsV2Command) {
      const { Prefix = "", MaxKeys } = command.input;
      const keys = [...this.#owned(command.input).keys()].filter((key) => key.startsWith(Prefix)).toSorted();
      return { Contents: keys.slice(0, MaxKeys).map((Key) => ({ Key })) };
    }
    if (command instanceof ListObjectVersionsCommand) {
      const { Prefix = "", Delimiter } = command.input;
      const listed = [...this.#owned(command.input)].filter(
        ([key]) => key.startsWith(Prefix) && !(Delimiter && key.slice(Prefix.length).includes(Delimiter)),
      );
      return {
        Versions: listed.flatMap(([Key, versions]) =>
          versions.map(({ versionId }) => ({ Key, VersionId: versionId, LastModified: new Date(0) })),
        ),
      };
    }
    if (command instanceof DeleteObjectsCommand) {
      const objects = this.#owned(command.input);
      for (const { Key, VersionId } of command.input.Delete?.Objects ?? []) remove(objects, Key, VersionId);
      return {};
    }
    if (command instanceof DeleteObjectCommand) {
      remove(this.#owned(command.input), command.input.Key, command.input.VersionId);
      return {};
    }
    throw new Error(`this S3 does not know ${String(command)}`);
  }

  /** What API Gateway calls. */
  answer({ method, target, headers, body }: ServiceRequest): ServiceResponse {
    const segments = (target.split("?")[0] ?? "").split("/").map(decoded);
    if (segments.includes(undefined)) return answerOf(400);
    const [, bucket = "", ...rest] = segments;
    const key = rest.join("/");
    const header = (name: string) =>
      headers.findLast(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];
    const objects = this.#objects(bucket);
    const [object] = objects.get(key) ?? [];
    if (header("x-amz-expected-bucket-owner") !== this.#owner) return answerOf(403);
    if (method === "GET" || method === "HEAD")
      return object === undefined ? answerOf(404) : answerOf(200, object);
    if (method !== "PUT" || header("If-None-Match") !== "*") return answerOf(405);
    if (object !== undefined) return answerOf(412);
    const metadata = headers.flatMap(([name, value]) =>
      name.startsWith(METADATA) ? [[name.slice(METADATA.length), value] as const] : [],
    );
    const contentType = header("Content-Type") ?? "";
    this.#put(objects, key, { bytes: body, contentType, metadata: Object.fromEntries(metadata) });
    this.created.push(key);
    return answerOf(200);
  }

  #put(objects: Objects, key: string, object: Omit<StoredVersion, "versionId">): string {
    this.#versions += 1;
    const versionId = `v${this.#versions}`;
    objects.set(key, [{ versionId, ...object }, ...(objects.get(key) ?? [])]);
    return versionId;
  }

  #owned(input: { Bucket?: string | undefined; ExpectedBucketOwner?: string | undefined }): Objects {
    const { Bucket = "", ExpectedBucketOwner } = input;
    if (ExpectedBucketOwner !== this.#owner) throw new Error(`a call of ${Bucket} does not say whose it is`);
    return this.#objects(Bucket);
  }

  #objects(bucket: string): Objects {
    const objects = this.#buckets.get(bucket);
    if (objects === undefined) throw new Error(`there is no bucket ${bucket}`);
    return objects;
  }
}

/** Without a version all of them: what a delete marker hides is not looked at here. */
function remove(objects: Objects, key = "", versionId?: string): void {
  const left = (objects.get(key) ?? []).filter((version) => versionId && version.versionId !== versionId);
  if (left.length > 0) objects.set(key, left);
  else objects.delete(key);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function answerOf(status: number, object?: StoredVersion): ServiceResponse {
  return {
    status,
    headers: object ? [["Content-Type", object.contentType]] : [],
    body: object?.bytes ?? Buffer.alloc(0),
  };
}
