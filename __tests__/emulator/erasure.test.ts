import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, jsonOf } from "../../cli/demo/client.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { describeStack } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack } from "../../emulator/run-stack.ts";
import { resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import { synthesizedStack } from "../support/environments.ts";
import { markedPayload } from "../support/function-payloads.ts";
import { aPlainFile, sampleHashes } from "../support/function-records.ts";

let running: RunningStack;
let client: Client;

beforeAll(async () => {
  const stack = describeStack(await resolveStack(synthesizedStack("dev")));
  running = await runStack({ stack, port: 0, onEvent: () => undefined });
  client = createClient(running.url);
});

afterAll(() => running?.stop());

const statusOf = async (path: string) => (await client.send("GET", `${SHARED_PATH}/${path}`)).status;
const documentsOf = (item: string, mark: string) =>
  sampleHashes(mark).map((sha256) => `${item}/documents/${sha256}`);

describe("a deletion in the synthesized stack", () => {
  it("leaves no document to be read, neither those of the record nor those that it had replaced", async () => {
    await client.send("POST", `${SHARED_PATH}/gone`, markedPayload("first").toString());
    await client.send("POST", `${SHARED_PATH}/gone`, markedPayload("second").toString());
    const documents = [...documentsOf("gone", "first"), ...documentsOf("gone", "second")];
    expect(new Set(await Promise.all(documents.map(statusOf)))).toEqual(new Set([200]));

    const deleted = await client.send("DELETE", `${SHARED_PATH}/gone`);

    expect(deleted.status).toBe(204);
    expect(await statusOf("gone")).toBe(404);
    expect(new Set(await Promise.all(documents.map(statusOf)))).toEqual(new Set([404]));
  });

  it("lets the same bytes be stored and read again", async () => {
    const body = markedPayload("again").toString();
    await client.send("POST", `${SHARED_PATH}/again`, body);
    await client.send("DELETE", `${SHARED_PATH}/again`);

    expect((await client.send("POST", `${SHARED_PATH}/again`, body)).status).toBe(201);

    const statuses = await Promise.all(documentsOf("again", "again").map(statusOf));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe.runIf(domain.plainFiles)("a deletion beside plain files", () => {
  const { bytes, contentType, sha256 } = aPlainFile("erased");

  async function sendFile(path: string): Promise<void> {
    const response = await fetch(`${running.url}${SHARED_PATH}/${path}`, {
      method: "POST",
      headers: { "content-type": contentType },
      body: new Uint8Array(bytes),
    });
    const { submissionId } = (await response.json()) as { submissionId: string };
    expect(jsonOf(await client.awaitOutcome(path, submissionId))).toMatchObject({ status: "stored" });
  }

  it("removes a plain file's document with it, and not with its record", async () => {
    await client.send("POST", `${SHARED_PATH}/with-file`, markedPayload("with file").toString());
    await sendFile("with-file/files/scan");

    await client.send("DELETE", `${SHARED_PATH}/with-file`);
    expect(await statusOf(`with-file/files/scan/documents/${sha256}`)).toBe(200);
    await client.send("DELETE", `${SHARED_PATH}/with-file/files/scan`);

    expect(await statusOf("with-file/files/scan")).toBe(404);
    expect(await statusOf(`with-file/files/scan/documents/${sha256}`)).toBe(404);
  });
});
