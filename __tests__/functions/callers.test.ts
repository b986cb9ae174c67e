import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domain } from "../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { operationsOf } from "../../openapi/operations.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { type Call, IsolatedStack } from "../support/callers/isolated-stack.ts";
import { shippedModules } from "../support/callers/shipped-modules.ts";
import { firstFile, markedPayload } from "../support/function-payloads.ts";
import { aPlainFile, sampleGroup } from "../support/function-records.ts";

const item = `${SHARED_PATH}/item-1`;
const listing = `${SHARED_PATH}?${new URLSearchParams({ [domain.listedBy]: sampleGroup })}`;
const json = [["Content-Type", "application/json"]] as const;

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What alice has: a record by each path, a plain file, and a payload that waits. */
async function stackOfAlice() {
  const stack = new IsolatedStack(shippedModules);
  const send = async (caller: string, call: Omit<Call, "callers">) => {
    stack.now += 1;
    return stack.call({ ...call, callers: [caller] });
  };
  const as =
    (caller: string) =>
    (api: Call["api"], method: string, target: string, body = "") =>
      send(caller, { api, method, target, headers: json, body: Buffer.from(body) });
  const alice = as("alice");
  const { bytes, contentType, sha256 } = aPlainFile();
  const small = await alice("small", "POST", item, markedPayload("alice").toString());
  await alice("large", "POST", `${SHARED_PATH}/item-2`, markedPayload("alice").toString());
  await send("alice", {
    api: "large",
    method: "POST",
    target: `${item}/files/scan`,
    headers: [["Content-Type", contentType]],
    body: bytes,
  });
  await stack.deliver(stack.s3.created);
  const waiting = await alice("large", "POST", `${SHARED_PATH}/item-3`, markedPayload("waits").toString());
  const submission = (of: string, { requestId }: { requestId: string }) =>
    `${of}/submissions/${encodeURIComponent(requestId)}`;
  return {
    stack,
    alice,
    bob: as("bob"),
    submissionPath: submission(item, small),
    waitingPath: submission(`${SHARED_PATH}/item-3`, waiting),
    documentPath: `${item}/documents/${firstFile("alice").sha256}`,
    fileDocumentPath: `${item}/files/scan/documents/${sha256}`,
  };
}

describe("a second caller", () => {
  it("lists none of the first one's records, nor of its files", async () => {
    const { alice, bob } = await stackOfAlice();
    const paths = [listing, ...(domain.plainFiles ? [`${item}/files`] : [])];

    for (const path of paths) {
      expect(JSON.parse((await alice("small", "GET", path)).body.toString()).items).not.toEqual([]);
      expect(JSON.parse((await bob("small", "GET", path)).body.toString())).toEqual({ items: [] });
    }
  });

  it("reads no record, submission, document or file of the first one: 404, as where there is none", async () => {
    const { alice, bob, ...paths } = await stackOfAlice();
    const reads: [Call["api"], string][] = [
      ["small", item],
      ["small", `${SHARED_PATH}/item-2`],
      ["small", paths.submissionPath],
      ["small", paths.waitingPath],
      ["large", paths.documentPath],
    ];
    const readsOfFiles: [Call["api"], string][] = [
      ["small", `${item}/files/scan`],
      ["large", paths.fileDocumentPath],
    ];

    for (const [api, path] of [...reads, ...(domain.plainFiles ? readsOfFiles : [])]) {
      for (const method of ["GET", "HEAD"]) {
        expect((await alice(api, method, path)).status, path).toBe(200);
        expect((await bob(api, method, path)).status, path).toBe(404);
      }
    }
  });

  it("replaces no record of the first one, on either path: each reads its own data", async () => {
    const { stack, alice, bob, documentPath } = await stackOfAlice();
    const before = await alice("small", "GET", item);

    const small = await bob("small", "POST", item, markedPayload("bob").toString());
    await bob("large", "POST", item, markedPayload("bob, later").toString());
    await stack.deliver(stack.s3.created);

    expect(small.status).toBe(201);
    expect((await alice("small", "GET", item)).body).toEqual(before.body);
    expect(before.body.toString()).toContain(firstFile("alice").sha256);
    expect((await bob("small", "GET", item)).body.toString()).toContain(firstFile("bob, later").sha256);
    expect((await alice("large", "GET", documentPath)).body).toEqual(firstFile("alice").bytes);
    expect((await bob("large", "GET", documentPath)).status).toBe(404);
  });

  it("deletes no record, file or document of the first one", async () => {
    const { alice, bob, documentPath, fileDocumentPath } = await stackOfAlice();
    const targets = [item, ...(domain.plainFiles ? [`${item}/files/scan`] : [])];

    for (const target of targets) expect((await bob("small", "DELETE", target)).status).toBe(204);

    for (const target of targets) expect((await alice("small", "GET", target)).status).toBe(200);
    expect((await alice("large", "GET", documentPath)).status).toBe(200);
    if (domain.plainFiles) expect((await alice("large", "GET", fileDocumentPath)).status).toBe(200);
  });

  it("has documents of its own where it sends the same bytes", async () => {
    const { alice, bob, documentPath } = await stackOfAlice();
    await bob("small", "POST", item, markedPayload("alice").toString());

    await bob("small", "DELETE", item);

    expect((await alice("large", "GET", documentPath)).status).toBe(200);
  });

  it.each(["alice/x", "alice/x/payload", "alice/item-1/files/scan", "alice/"])(
    "writes nothing under the first one's name past the proxy, as %s",
    async (caller) => {
      const { stack, alice } = await stackOfAlice();
      const rows = new Map(stack.table.rows);
      const documents = stack.documents;
      const call = { api: "large", method: "POST", target: item, headers: json } as const;

      const answer = await stack.call({ ...call, callers: [caller], body: Buffer.from("no JSON") });
      const [key = ""] = stack.s3.created.slice(-1);
      const failed = await stack.deliver([key]);

      expect(answer.status).toBe(202);
      expect(failed).toEqual([key]);
      expect(stack.table.rows).toEqual(rows);
      expect(stack.documents).toEqual(documents);
      expect(stack.waiting).toContain(key);
      const submission = `x%2Fitem-1/submissions/${encodeURIComponent(answer.requestId)}`;
      expect((await alice("small", "GET", `${SHARED_PATH}/${submission}`)).status).toBe(400);
    },
  );
});

const operations = ([SMALL_API, LARGE_API] as const).flatMap((name) =>
  operationsOf(
    parseDocument(readFileSync(join(process.cwd(), "specs", `${name}.openapi.json`), "utf8"), name),
  ).map(({ method, path }) => [`${method.toUpperCase()} ${path}`, name] as const),
);

describe.each(operations)("%s of %s", (operation, name) => {
  const [method = "", path = ""] = operation.split(" ");
  const api = name === SMALL_API ? "small" : "large";
  const query = path === SHARED_PATH ? `?${listing.split("?")[1]}` : "";
  const target = path.replaceAll(/\{\w+\}/g, "a") + query;

  it.each([
    ["no caller", []],
    ["an empty caller", [""]],
    ["a blank one", ["  "]],
  ])("is refused with %s, by API Gateway itself", async (_name, callers) => {
    const stack = new IsolatedStack(shippedModules);

    const answer = await stack.call({ api, method, target, callers, headers: json, body: Buffer.from("{}") });

    expect(answer.status).toBe(400);
    const refusal = "A required parameter is missing or not acceptable.";
    const body = answer.body.toString();
    if (method === "HEAD") expect(body).toBe("");
    else expect(JSON.parse(body)).toMatchObject({ detail: refusal });
    expect([...stack.table.rows, ...stack.documents, ...stack.waiting]).toEqual([]);
  });
});
