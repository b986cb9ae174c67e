import { isDeepStrictEqual } from "node:util";
import { itemPattern } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import { Random } from "../simulation/random.ts";
import { type CallerContent, groups, payloads, plainFiles } from "./caller-contents.ts";
import { CallerModel, type Id, type Sent, type View } from "./caller-model.ts";
import type { Answer, Call, IsolatedStack } from "./isolated-stack.ts";

/** What a call must be answered with. */
interface Expected {
  readonly status: number;
  readonly view?: View | undefined;
  readonly bytes?: Buffer;
}

interface Waiting {
  /** Undefined where the key is nobody's. */
  readonly owner: CallerModel | undefined;
  readonly sent: Sent;
  readonly content: CallerContent;
}

interface Write {
  readonly path: string;
  readonly submissionId: string;
}

interface Step {
  readonly call: Call;
  /** By the model, which it brings to where the call leaves it. */
  readonly expect: (answer: Answer) => Expected;
}

const names = ["alice", "bob", "carol"] as const;
const items = ["item-1", "item-2", "ITEM.3"] as const;
const fileIds = ["scan", "files"] as const;
/** Ids that callers must not have, and one that is only written in another way. */
const oddIds = [
  ...["..", "a%2Fb", "%E0%A4%A", "a%20b", "a".repeat(65), "item%2D1", "%2e%2e%2Falice%2Fitem-1"],
  ...["item-1%2Ffiles%2Fscan", "item-1%2Fpayload", "scan%2Fpayload%2Fx", "shared", "%00", "alice%2Fitem-1"],
] as const;

/** What is drawn here is everybody's: ids, hashes and cursors of others are as likely as one's own. */
export class RandomCalls {
  readonly #random: Random;
  readonly #stack: IsolatedStack;
  readonly #models = new Map(names.map((name) => [name, new CallerModel()]));
  readonly #waiting = new Map<string, Waiting>();
  readonly #payloads = payloads();
  readonly #plainFiles = plainFiles();
  /** Of each write the id of its submission and the path of what it wrote. */
  readonly #writes: [Write, ...Write[]] = [{ path: "item-1", submissionId: "Jm5zaGZ=" }];
  readonly #cursors: [string, ...string[]] = ["aXRlbS0x", "Li4", "YWxpY2Uj"];
  /** Events that are still to come, or to come again. */
  #events: string[] = [];
  readonly #ofNobody = new Set<string>();
  #number = 0;

  constructor(stack: IsolatedStack, seed: number) {
    this.#stack = stack;
    this.#random = new Random(seed);
  }

  /** @returns the first call whose answer is not the model's, and what is not the model's in the end */
  async run(calls: number): Promise<string[]> {
    for (this.#number = 1; this.#number <= calls; this.#number += 1) {
      const problem = (await this.#call()) ?? (await this.#deliverSome());
      if (problem !== undefined) return [`call ${this.#number}: ${problem}`];
    }
    const problem = await this.#deliver([...new Set(this.#events)]);
    return problem === undefined ? this.#compareAll() : [problem];
  }

  async #call(): Promise<string | undefined> {
    this.#stack.now += this.#random.between(1, 5);
    const { call, expect } = this.#next();
    const answer = await this.#stack.call(call);
    const difference = differenceOf(answer, expect(answer));
    return difference && `${call.callers} ${call.api} ${call.method} ${call.target}: ${difference}`;
  }

  #next(): Step {
    const random = this.#random;
    const name = random.pick(names);
    const model = this.#models.get(name);
    if (model === undefined) throw new Error(`${name} has no model`);
    const step = this.#stepOf(model);
    if (!random.chance(0.04)) return { ...step, call: { ...step.call, callers: [name] } };
    const { api, method } = step.call;
    const none: readonly string[] = random.pick([[], [""], [" "]]);
    const wrong: readonly string[] = random.pick([[`${name}/x`], [name, random.pick(names)], [".."]]);
    // API Gateway alone stands before S3, and asks no more than that somebody is named.
    if (api === "small" || random.chance(0.5)) {
      const callers = api === "small" && random.chance(0.5) ? wrong : none;
      return { call: { ...step.call, callers }, expect: () => ({ status: 400 }) };
    }
    const call = { ...step.call, target: `${SHARED_PATH}/item-1${method === "POST" ? "" : "/documents/0"}` };
    return { call: { ...call, callers: [`${name}/x`] }, expect: () => this.#expectNobody(method) };
  }

  /** It can be read by nobody, and waits for a person. */
  #expectNobody(method: string): Expected {
    if (method !== "POST") return { status: 404 };
    const key = this.#stack.s3.created.at(-1) ?? "";
    this.#ofNobody.add(key);
    this.#events.push(key);
    return { status: 202 };
  }

  #stepOf(model: CallerModel): Step {
    const item = { item: this.#id(items) };
    const file = { ...item, fileId: this.#id(fileIds) };
    const either = domain.plainFiles && this.#random.chance(0.4) ? file : item;
    const kind = this.#random.between(1, 100);
    if (kind <= 15) return this.#postSmall(model, item);
    if (kind <= 30) return this.#postLarge(model, either);
    if (kind <= 45) return this.#read(model, either);
    if (kind <= 60) return this.#submission(model, either);
    if (kind <= 75) return this.#document(model, either);
    if (kind <= 82) return this.#delete(model, either);
    return domain.plainFiles && kind > 91 ? this.#listFiles(model, item) : this.#list(model);
  }

  #id(usual: readonly [string, ...string[]]): string {
    return this.#random.chance(0.06) ? this.#random.pick(oddIds) : this.#random.pick(usual);
  }

  #postSmall(model: CallerModel, id: Id): Step {
    const content = this.#random.pick(this.#payloads);
    return {
      call: { ...this.#write("small", "POST", id), body: content.bytes },
      expect: (answer) => {
        const sent = this.#sent(id, answer);
        if (sent === undefined) return { status: 400 };
        const { status, created } = model.finish(sent, content);
        if (status === "rejected") return { status: 400 };
        const { receivedAt, submissionId } = sent;
        const view = {
          ...keyView(sent.id),
          submissionId,
          status,
          receivedAt: new Date(receivedAt).toISOString(),
        };
        return { status: status === "stored" && created ? 201 : 200, view };
      },
    };
  }

  #delete(model: CallerModel, id: Id): Step {
    return {
      call: this.#write("small", "DELETE", id),
      expect: (answer) => {
        const sent = this.#sent(id, answer);
        if (sent === undefined) return { status: 400 };
        model.delete(sent);
        return { status: 204 };
      },
    };
  }

  #postLarge(model: CallerModel, id: Id): Step {
    const content = this.#random.pick(id.fileId === undefined ? this.#payloads : this.#plainFiles);
    const { bytes, contentType, kept } = content;
    const name = id.fileId !== undefined && kept !== undefined ? String(kept["fileName"]) : undefined;
    const headers = [
      ["Content-Type", contentType],
      ...(name === undefined ? [] : [["x-file-name", encodeURIComponent(name)]]),
    ] as [string, string][];
    const call = this.#write("large", "POST", id);
    return {
      call: { ...call, headers: [...(call.headers ?? []), ...headers], body: bytes },
      expect: (answer) => {
        const decoded = decodedId(id);
        if (decoded === undefined) return { status: 400 };
        this.#noteWrite(id, answer);
        const sent = { ...this.#receipt(answer), id: decoded };
        const key = this.#stack.s3.created.at(-1) ?? "";
        // A malformed one is rejected, which nobody can read under it.
        if (isWellFormed(decoded)) model.accept(sent);
        this.#waiting.set(key, { owner: isWellFormed(decoded) ? model : undefined, sent, content });
        this.#events.push(key);
        const { submissionId } = sent;
        const last = encodeURIComponent(id.fileId ?? id.item);
        const statusUrl = `${last}/submissions/${aliasOf(submissionId)}`;
        return { status: 202, view: { submissionId, status: "accepted", statusUrl } };
      },
    };
  }

  #write(api: Call["api"], method: string, id: Id): Call {
    const headers: [string, string][] = [["x-correlation-id", `c-${this.#number}`]];
    return { api, method, target: `${SHARED_PATH}/${rawPathOf(id)}`, callers: [], headers };
  }

  /** Undefined where the small API refuses the id. */
  #sent(id: Id, answer: Answer): Sent | undefined {
    const decoded = decodedId(id);
    this.#noteWrite(id, answer);
    return decoded && isWellFormed(decoded) ? { ...this.#receipt(answer), id: decoded } : undefined;
  }

  #receipt({ requestId }: Answer) {
    return {
      submissionId: requestId,
      receivedAt: this.#stack.now,
      correlationId: `c-${this.#number}`,
    };
  }

  #read(model: CallerModel, id: Id): Step {
    return this.#get("small", rawPathOf(id), () => whenWellFormed(id, (known) => found(model.read(known))));
  }

  /** The last ones only, so that some of them have no outcome yet. */
  #noteWrite(id: Id, { requestId }: Answer): void {
    this.#writes.push({ path: rawPathOf(id), submissionId: requestId });
    if (this.#writes.length > 40) this.#writes.splice(1, 1);
  }

  #submission(model: CallerModel, id: Id): Step {
    const write = this.#random.pick(this.#writes);
    const known = this.#random.chance(0.8) ? idOf(write.path) : id;
    const { submissionId } = write;
    const inPath = this.#random.chance(0.5) ? aliasOf(submissionId) : encodeURIComponent(submissionId);
    return this.#get("small", `${rawPathOf(known)}/submissions/${inPath}`, () =>
      whenWellFormed(known, (wanted) => found(model.submissions.get(`${rawPathOf(wanted)} ${submissionId}`))),
    );
  }

  #list(model: CallerModel): Step {
    const group = this.#random.pick(groups);
    const page = this.#page();
    const query = new URLSearchParams({ [domain.listedBy]: group, ...page.query });
    return this.#get("small", `?${query}`, () =>
      page.after === undefined
        ? { status: 400 }
        : this.#page200(model.list(group, { ...page, after: page.after })),
    );
  }

  #listFiles(model: CallerModel, id: Id): Step {
    const page = this.#page();
    return this.#get("small", `${id.item}/files?${new URLSearchParams(page.query)}`, () =>
      whenWellFormed(id, ({ item }) =>
        page.after === undefined
          ? { status: 400 }
          : this.#page200(model.listFiles(item, { ...page, after: page.after })),
      ),
    );
  }

  #page200(view: View): Expected {
    if (typeof view["cursor"] === "string") this.#cursors.push(view["cursor"]);
    return { status: 200, view };
  }

  /** `after` is undefined where the cursor is none. */
  #page() {
    const limit = this.#random.between(1, 3);
    if (this.#random.chance(0.5)) return { limit, after: "", query: { limit: String(limit) } };
    const cursor = this.#random.pick(this.#cursors);
    const after = Buffer.from(cursor, "base64url").toString();
    return {
      limit,
      after: itemPattern.test(after) ? after : undefined,
      query: { limit: String(limit), cursor },
    };
  }

  #document(model: CallerModel, id: Id): Step {
    const likely = id.fileId === undefined ? this.#payloads : this.#plainFiles;
    const contents = this.#random.chance(0.9) ? likely : [...this.#payloads, ...this.#plainFiles];
    const hashes = contents.flatMap(({ files }) => [...files.keys()]);
    const sha256 = this.#random.pick(["0".repeat(64), ...hashes]);
    return this.#get("large", `${rawPathOf(id)}/documents/${sha256}`, () => {
      const known = decodedId(id);
      if (known === undefined) return { status: 400 };
      const bytes = model.documents.get(`${rawPathOf(known)}/${sha256}`);
      return bytes === undefined ? { status: 404 } : { status: 200, bytes };
    });
  }

  #get(api: Call["api"], path: string, expect: () => Expected): Step {
    const target = SHARED_PATH + (path.startsWith("?") ? path : `/${path}`);
    if (this.#random.chance(0.9)) return { call: { api, method: "GET", target, callers: [] }, expect };
    const withoutContent = () => ({ status: expect().status, bytes: Buffer.alloc(0) });
    return { call: { api, method: "HEAD", target, callers: [] }, expect: withoutContent };
  }

  /** Late, in any order, several at once, and again and again. */
  async #deliverSome(): Promise<string | undefined> {
    if (this.#events.length === 0 || !this.#random.chance(0.3)) return undefined;
    const drawn = Array.from({ length: this.#random.between(1, 3) }, () => {
      return this.#events[this.#random.between(0, this.#events.length - 1)] ?? "";
    });
    const keys = [...new Set(drawn)];
    if (this.#random.chance(0.7)) this.#events = this.#events.filter((key) => !keys.includes(key));
    return this.#deliver(keys);
  }

  async #deliver(keys: readonly string[]): Promise<string | undefined> {
    const failed = await this.#stack.deliver(keys);
    for (const key of keys) {
      const waiting = this.#waiting.get(key);
      this.#waiting.delete(key);
      waiting?.owner?.finish(waiting.sent, waiting.content);
    }
    const ofNobody = keys.filter((key) => this.#ofNobody.has(key));
    const problems = inOneOnly("failed", ofNobody, failed);
    return problems.length > 0 ? problems.join("; ") : undefined;
  }

  /** What no call has asked for. */
  #compareAll(): string[] {
    const documents = [...this.#models].flatMap(([name, model]) =>
      [...model.documents.keys()].map((path) => `documents/${name}/${path}`),
    );
    const records = [...this.#models].flatMap(([name, { states }]) =>
      [...states.keys()].map((path) => `caller#${name}#item#${path} record`),
    );
    const rows = [...this.#stack.table.rows.keys()];
    const isOwned = (key: string) => names.some((name) => key.startsWith(`caller#${name}#item#`));
    return [
      ...inOneOnly("documents", documents, this.#stack.documents),
      ...inOneOnly(
        "records",
        records,
        rows.filter((key) => key.endsWith(" record")),
      ),
      ...inOneOnly(
        "rows",
        [],
        rows.filter((key) => !isOwned(key)),
      ),
      ...inOneOnly("payloads", [...this.#ofNobody], this.#stack.waiting),
    ];
  }
}

function keyView({ item, fileId }: Id): View {
  return { [domain.key]: item, ...(fileId !== undefined && { fileId }) };
}

/** Of a submission's id, as URLs have it. */
function aliasOf(submissionId: string): string {
  return Buffer.from(submissionId).toString("base64url");
}

function idOf(path: string): Id {
  const [item = "", fileId] = path.split("/files/");
  return { item, ...(fileId !== undefined && { fileId }) };
}

function rawPathOf({ item, fileId }: Id): string {
  return fileId === undefined ? item : `${item}/files/${fileId}`;
}

/** Undefined where it can't be decoded. */
function decodedId({ item, fileId }: Id): Id | undefined {
  try {
    const known = { item: decodeURIComponent(item) };
    return fileId === undefined ? known : { ...known, fileId: decodeURIComponent(fileId) };
  } catch {
    return undefined;
  }
}

function isWellFormed({ item, fileId }: Id): boolean {
  return itemPattern.test(item) && (fileId === undefined || itemPattern.test(fileId));
}

function whenWellFormed(id: Id, expect: (known: Id) => Expected): Expected {
  const known = decodedId(id);
  return known && isWellFormed(known) ? expect(known) : { status: 400 };
}

function found(view: View | undefined): Expected {
  return view === undefined ? { status: 404 } : { status: 200, view };
}

function differenceOf({ status, body }: Answer, expected: Expected): string | undefined {
  const text = body.toString();
  if (status !== expected.status) return `${status} instead of ${expected.status}: ${text.slice(0, 200)}`;
  if (expected.bytes !== undefined && !body.equals(expected.bytes)) return "other bytes";
  if (expected.view === undefined) return undefined;
  // When it was finished, and why it was rejected, is told by other tests.
  const { finishedAt: _, reasons: __, ...view } = JSON.parse(text);
  if (isDeepStrictEqual(view, expected.view)) return undefined;
  return `${JSON.stringify(view)} instead of ${JSON.stringify(expected.view)}`;
}

function inOneOnly(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const missing = expected.filter((each) => !found.includes(each));
  const foreign = found.filter((each) => !expected.includes(each));
  return [
    ...missing.map((each) => `${what}: ${each} is missing`),
    ...foreign.map((each) => `${what}: ${each} is nobody's`),
  ];
}
