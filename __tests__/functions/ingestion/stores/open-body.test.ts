import { readdir, readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { openBody } from "../../../../functions/ingestion/stores/open-body.ts";

describe(openBody, () => {
  it("throws what broke the body before it was read, and lets no error event go unheard", async () => {
    const body = new Readable({ read: () => undefined });
    const opened = openBody(body, 8);

    body.destroy(new Error("aborted"));
    await closed(body);

    await expect(opened.read()).rejects.toThrow("aborted");
  });

  it("throws where the connection was closed without an error before all had come", async () => {
    const body = new Readable({ read: () => undefined });
    const opened = openBody(body, 8);

    body.push("half");
    body.destroy();
    await closed(body);

    await expect(opened.read()).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });

  it("throws what breaks the body while it is read", async () => {
    const body = new Readable({ read: () => undefined });
    const reading = openBody(body, 8).read();

    body.push("half");
    body.destroy(new Error("aborted"));

    await expect(reading).rejects.toThrow("aborted");
  });

  it.each([
    ["less", ["half"], "S3 sent 4 bytes of the 8 that it announced"],
    ["more", ["half", "half", "!"], "S3 sent more than the 8 bytes that it announced"],
  ])("takes no body that has %s bytes than were announced", async (_name, chunks, message) => {
    const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

    await expect(openBody(body, 8).read()).rejects.toThrow(message);
    expect(body.destroyed).toBe(true);
  });

  it("closes a body whose length nobody has said", async () => {
    const body = Readable.from([Buffer.from("half")]);

    expect(() => openBody(body, undefined)).toThrow("S3 answered without the length of its body");
    expect(body.destroyed).toBe(true);
  });

  it("closes a body that is discarded, also one that has broken", async () => {
    const body = new Readable({ read: () => undefined });
    const opened = openBody(body, 8);
    body.destroy(new Error("aborted"));
    await closed(body);

    opened.discard();

    expect(body.destroyed).toBe(true);
  });
});

/** Commands whose answers the SDK hands out as streams, and other ways to open one. */
const opensStream =
  /\b(GetObjectCommand|GetObjectTorrentCommand|SelectObjectContentCommand|InvokeWithResponseStreamCommand|createReadStream|Readable)\b|node:(http|https|http2|net|tls)\b|\bfetch\(/g;

describe("the functions", () => {
  it("open streams in these places only, each of which listens for errors at once", async () => {
    const found: Record<string, string[]> = {};
    for (const name of await readdir("functions", { recursive: true })) {
      if (!name.endsWith(".ts")) continue;
      const opened = (await readFile(`functions/${name}`, "utf8")).match(opensStream);
      if (opened) found[name.replaceAll("\\", "/")] = [...new Set(opened)].sort();
    }

    expect(found).toEqual({
      // Its answer goes to `openBody`.
      "ingestion/stores/intake-store.ts": ["GetObjectCommand"],
      "ingestion/stores/open-body.ts": ["Readable"],
      // A body of `fetch` is no stream of Node.js: an error of it rejects whoever reads, and nobody else.
      "notifier/send.ts": ["fetch("],
    });
  });
});

function closed(body: Readable): Promise<void> {
  return new Promise((resolve) => body.once("close", resolve));
}
