import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Client, createClient, jsonOf } from "../../cli/demo/client.ts";
import { createPlainFile } from "../../cli/demo/plain-file.ts";
import { createDemoSample } from "../../cli/demo/sample.ts";
import { callersOf, credentialOf } from "../../cli/local-callers.ts";
import { CALLER_HEADER, documentKey, SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { createClients } from "../../emulator/aws/clients.ts";
import { describeStack, type StackDescription } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../emulator/run-stack.ts";
import { resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import type { HaproxyProgram } from "../../proxy/haproxy-process.ts";
import { loadEnvironment, synthesizedStack } from "./environments.ts";

const environment = loadEnvironment("dev");
const [saas, partner] = ["saas", "partner"];
const group = encodeURIComponent(String(domain.example[domain.listedBy]));
const list = `${SHARED_PATH}?${domain.listedBy}=${group}`;
const json = { "Content-Type": "application/json" };
const ways = [
  ["small", {}],
  ["large", { Prefer: "respond-async" }],
] as const;

/** What holds for two callers of the stack of dev, whichever proxy stands in front of it. */
export function itKeepsCallersApart(findHaproxy: () => Promise<HaproxyProgram | undefined>): void {
  let stack: StackDescription;
  let running: RunningStack;
  const events: StackEvent[] = [];

  beforeAll(async () => {
    stack = describeStack(await resolveStack(synthesizedStack("dev")));
    running = await runStack({
      stack,
      port: 0,
      haproxy: await findHaproxy(),
      callers: callersOf(environment),
      onEvent: (event) => events.push(event),
    });
  });
  afterAll(() => running?.stop());

  const clientOf = (name: string | undefined, forged?: string) =>
    createClient(running.url, {
      ...credentialOf(name),
      ...(forged !== undefined && { [CALLER_HEADER]: forged }),
    });

  /** Sends a record, or a file where the body is one, and waits for what becomes of it. */
  async function send(client: Client, item: string, mark: string, headers: Readonly<Record<string, string>>) {
    const sample = createDemoSample(mark, 5_000);
    const sent = await client.send("POST", `${SHARED_PATH}/${item}`, sample.body, { ...json, ...headers });
    const submissionId = String(jsonOf(sent)["submissionId"]);
    await client.awaitOutcome(item, submissionId);
    return { ...sample, status: sent.status, submissionId };
  }

  async function statusesOf(client: Client, paths: readonly string[]): Promise<number[]> {
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await client.send("GET", path)).status);
    return statuses;
  }

  it.each(ways)(
    "lets both use the same item, and gives each its own, on the %s way",
    async (way, headers) => {
      const item = `same-${way}`;
      const owned = [];
      for (const name of [saas, partner]) {
        owned.push({ name, client: clientOf(name), ...(await send(clientOf(name), item, name, headers)) });
      }

      for (const { name, client, status, submissionId, files } of owned) {
        const stored = JSON.stringify(jsonOf(await client.send("GET", `${SHARED_PATH}/${item}`)));
        const others = owned.filter((other) => other.name !== name);
        expect(status).toBe(way === "small" ? 201 : 202);
        expect(stored).toContain(submissionId);
        for (const { sha256, bytes } of files) {
          const document = await client.send("GET", `${SHARED_PATH}/${item}/documents/${sha256}`);
          expect(stored).toContain(sha256);
          expect(document.bytes.equals(bytes)).toBe(true);
        }
        const foreign = others.flatMap((other) => [
          `${SHARED_PATH}/${item}/submissions/${encodeURIComponent(other.submissionId)}`,
          ...other.files.map(({ sha256 }) => `${SHARED_PATH}/${item}/documents/${sha256}`),
        ]);
        expect(await statusesOf(client, foreign)).toEqual(foreign.map(() => 404));
      }
      expect(await documentsBucket()).toEqual(
        expect.arrayContaining(
          owned.flatMap(({ name, files }) =>
            files.map(({ sha256 }) => documentKey({ caller: name, item }, sha256)),
          ),
        ),
      );
    },
  );

  async function documentsBucket(): Promise<(string | undefined)[]> {
    const aws = createClients(stack.region, running.endpoint);
    const Bucket = environment.buckets.documents.name;
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
    aws.destroy();
    return Contents.map(({ Key }) => Key);
  }

  it.each(ways)(
    "hides what one has sent over the %s way from the other, and from its list",
    async (way, headers) => {
      const item = `hidden-${way}`;
      const { submissionId, files } = await send(clientOf(saas), item, item, headers);
      const path = `${SHARED_PATH}/${item}`;
      const paths = [
        path,
        `${path}/submissions/${encodeURIComponent(submissionId)}`,
        ...files.map(({ sha256 }) => `${path}/documents/${sha256}`),
      ];

      expect(await statusesOf(clientOf(saas), paths)).toEqual(paths.map(() => 200));
      // Forging the header is no way in, and neither is guessing where it lies.
      for (const client of [clientOf(partner), clientOf(partner, saas), clientOf(partner, `${saas}/..`)]) {
        expect(await statusesOf(client, paths)).toEqual(paths.map(() => 404));
        expect(JSON.stringify(jsonOf(await client.send("GET", list)))).not.toContain(item);
      }
      expect(JSON.stringify(jsonOf(await clientOf(saas).send("GET", list)))).toContain(item);
    },
  );

  it.each(ways)(
    "writes under who calls, whatever the client says of itself, on the %s way",
    async (way, headers) => {
      const item = `forged-${way}`;
      const own = await send(clientOf(saas), item, "own", headers);

      const forged = await send(clientOf(partner, saas), item, "forged", headers);

      const [ofSaas, ofPartner] = await Promise.all(
        [saas, partner].map(async (name) =>
          jsonOf(await clientOf(name).send("GET", `${SHARED_PATH}/${item}`)),
        ),
      );
      expect(ofSaas).toMatchObject({ submissionId: own.submissionId });
      expect(ofPartner).toMatchObject({ submissionId: forged.submissionId });
    },
  );

  it("deletes the record of who calls alone", async () => {
    for (const name of [saas, partner]) await send(clientOf(name), "deleted", name, {});

    const deleted = await clientOf(saas).send("DELETE", `${SHARED_PATH}/deleted`);

    expect(deleted.status).toBe(204);
    expect((await clientOf(saas).send("GET", `${SHARED_PATH}/deleted`)).status).toBe(404);
    expect((await clientOf(partner).send("GET", `${SHARED_PATH}/deleted`)).status).toBe(200);
  });

  it("keeps whoever may not from every API", async () => {
    await send(clientOf(partner), "kept", "kept", {});
    const before = events.length;
    const path = `${SHARED_PATH}/kept`;

    const refused = [
      await clientOf(partner).send("DELETE", path),
      await clientOf(SHARED_CALLER).send("GET", path),
      await clientOf("unlisted", partner).send("GET", path),
      await clientOf(undefined).send("GET", path),
      await clientOf(undefined, partner).send("GET", path),
    ];

    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 401, 401]);
    for (const { contentType } of refused) expect(contentType).toBe("application/problem+json");
    expect(events.slice(before).filter(({ kind }) => kind === "request")).toEqual([]);
    expect((await clientOf(partner).send("GET", path)).status).toBe(200);
  });

  it.runIf(domain.plainFiles)("keeps plain files of the same item and id apart", async () => {
    const { bytes, headers } = createPlainFile();
    const path = `${SHARED_PATH}/with-file/files/f-1`;
    const hand = async (name: string, body: Buffer) => {
      const sent = await clientOf(name).send("POST", path, body, headers);
      await clientOf(name).awaitOutcome("with-file/files/f-1", String(jsonOf(sent)["submissionId"]));
      return jsonOf(await clientOf(name).send("GET", path));
    };

    const ofSaas = await hand(saas, bytes);
    const hidden = await statusesOf(clientOf(partner), [path, String(ofSaas["path"])]);
    const before = await clientOf(partner).send("GET", `${SHARED_PATH}/with-file/files`);
    const ofPartner = await hand(partner, Buffer.concat([bytes, Buffer.from("\n")]));

    expect(hidden).toEqual([404, 404]);
    expect(jsonOf(before)["items"]).toEqual([]);
    expect(ofPartner).toMatchObject({ sizeBytes: bytes.length + 1 });
    expect(jsonOf(await clientOf(saas).send("GET", path))).toMatchObject({ sizeBytes: bytes.length });
    expect(await statusesOf(clientOf(saas), [String(ofPartner["path"])])).toEqual([404]);
  });

  it("goes wrong nowhere", () => {
    expect(events.filter(({ kind }) => kind === "error")).toEqual([]);
  });
}
