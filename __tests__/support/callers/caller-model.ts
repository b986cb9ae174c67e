import { domain } from "../../../domain/domain.ts";
import { replaceFiles } from "../../../domain/files.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { CallerContent } from "./caller-contents.ts";

/** An item, or a plain file of it. */
export interface Id {
  readonly item: string;
  readonly fileId?: string | undefined;
}

export interface Sent {
  readonly id: Id;
  readonly submissionId: string;
  readonly receivedAt: number;
  readonly correlationId?: string | undefined;
}

interface State extends Sent {
  /** Undefined where it was deleted. */
  readonly content: CallerContent | undefined;
}

export type View = Readonly<Record<string, unknown>>;

const filesOf = (item: string) => `${item}/files/`;
const pathOf = ({ item, fileId }: Id) => (fileId === undefined ? item : filesOf(item) + fileId);
const keyView = ({ item, fileId }: Id) => ({ [domain.key]: item, ...(fileId !== undefined && { fileId }) });
const dateOf = (milliseconds: number) => new Date(milliseconds).toISOString();
const byName = (left: State, right: State) => (nameOf(left.id) < nameOf(right.id) ? -1 : 1);
const nameOf = ({ item, fileId }: Id) => fileId ?? item;

/** What one caller has, as if there were nobody else: the answers of the APIs are made of this, and of nothing more. */
export class CallerModel {
  readonly states = new Map<string, State>();
  readonly submissions = new Map<string, View>();
  /** Bytes by what follows the caller in their key. */
  readonly documents = new Map<string, Buffer>();

  /** A payload or a file that was taken in and has no outcome yet. */
  accept({ id, submissionId }: Sent): void {
    this.submissions.set(`${pathOf(id)} ${submissionId}`, {
      ...keyView(id),
      submissionId,
      status: "accepted",
    });
  }

  /** @returns its status, and whether it is the first of its item */
  finish(sent: Sent, content: CallerContent | undefined): { status: string; created: boolean } {
    const before = this.states.get(pathOf(sent.id));
    const status = statusOf(sent, content, before);
    if (content !== undefined && (status === "stored" || status === "unchanged")) {
      this.states.set(pathOf(sent.id), { ...sent, content });
      for (const [sha256, bytes] of content.files) this.documents.set(`${pathOf(sent.id)}/${sha256}`, bytes);
    }
    const { id, submissionId, receivedAt, correlationId } = sent;
    this.submissions.set(`${pathOf(id)} ${submissionId}`, {
      ...keyView(id),
      submissionId,
      status,
      receivedAt: dateOf(receivedAt),
      ...(correlationId && { correlationId }),
    });
    return { status, created: before?.content === undefined };
  }

  /** Nothing is newer: a deletion is received after all that was received before it. Its documents are gone at once. */
  delete(sent: Sent): void {
    const prefix = `${pathOf(sent.id)}/`;
    for (const path of this.documents.keys()) {
      // What is further below are plain files, each an item of its own.
      if (path.startsWith(prefix) && !path.slice(prefix.length).includes("/")) this.documents.delete(path);
    }
    this.states.set(pathOf(sent.id), { ...sent, content: undefined });
  }

  /** The record or the plain file, as its readers see it. */
  read(id: Id): View | undefined {
    const state = this.states.get(pathOf(id));
    if (state?.content === undefined) return undefined;
    const files =
      domain.plainFiles && id.fileId === undefined ? { files: this.#filesOf(id.item).map(viewOf) } : {};
    return { ...viewOf(state), ...files };
  }

  list(group: string, page: { limit: number; after: string }): View {
    const ofGroup = [...this.states.values()].filter(
      ({ id, content }) => id.fileId === undefined && content?.group === group,
    );
    return pageOf(ofGroup.toSorted(byName), page);
  }

  listFiles(item: string, page: { limit: number; after: string }): View {
    return pageOf(this.#filesOf(item), page);
  }

  #filesOf(item: string): State[] {
    return [...this.states.values()]
      .filter(({ id, content }) => id.item === item && id.fileId !== undefined && content !== undefined)
      .toSorted(byName);
  }
}

/** The last one received wins. */
function statusOf(
  { receivedAt }: Sent,
  content: CallerContent | undefined,
  before: State | undefined,
): string {
  if (content?.kept === undefined) return "rejected";
  if (before !== undefined && before.receivedAt > receivedAt) return "superseded";
  return before?.content === content ? "unchanged" : "stored";
}

function viewOf({ id, submissionId, receivedAt, content }: State): View {
  const path = (sha256: unknown) => `${SHARED_PATH}/${pathOf(id)}/documents/${sha256}`;
  const { kept = {} } = content ?? {};
  const shown =
    id.fileId === undefined
      ? replaceFiles<{ sha256: string }>(kept, domain.files, (file) => ({ ...file, path: path(file.sha256) }))
      : { ...kept, path: path(kept["sha256"]) };
  return { ...keyView(id), ...shown, submissionId, receivedAt: dateOf(receivedAt) };
}

/** As DynamoDB's, a page that is full names its end, whether there is more or not. */
function pageOf(states: readonly State[], { limit, after }: { limit: number; after: string }): View {
  const items = states.filter(({ id }) => nameOf(id) > after).slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(viewOf),
    ...(last && items.length === limit && { cursor: Buffer.from(nameOf(last.id)).toString("base64url") }),
  };
}
