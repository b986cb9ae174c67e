import { javaEquals } from "../operators.ts";
import { toText } from "../print.ts";
import { type ListValue, listOf, type Value } from "../values.ts";
import { spend, TemplateFailure, type Work } from "../work.ts";
import { type Methods, type Signature, signature } from "./method.ts";

type List = Signature<ListValue>;

const collection: readonly [string, List[]][] = [
  ["size", [signature([], ({ items }) => BigInt(items.length))]],
  ["isEmpty", [signature([], ({ items }) => items.length === 0)]],
  ["toString", [signature([], (self, _, work) => toText(self, work))]],
  ["equals", [signature(["Object"], (self, [other], work) => javaEquals(self, other, work))]],
  ["contains", [signature(["Object"], (self, [item], work) => indexOf(self, item, work) !== -1)]],
  [
    "containsAll",
    [
      signature(["Collection"], (self, [{ items }], work) =>
        items.every((item) => indexOf(self, item, work) !== -1),
      ),
    ],
  ],
];

const indexed: readonly [string, List[]][] = [
  ...collection,
  ["get", [signature(["int"], (self, [index]) => itemAt(self, index))]],
  ["set", [signature(["int", "Object"], setItem)]],
  ["indexOf", [signature(["Object"], (self, [item], work) => BigInt(indexOf(self, item, work)))]],
  [
    "lastIndexOf",
    [
      signature(["Object"], ({ items }, [item], work) =>
        BigInt(items.findLastIndex((each) => javaEquals(each, item, work))),
      ),
    ],
  ],
  ["subList", [signature(["int", "int"], subList)]],
];

/** Views of a map: https://docs.oracle.com/javase/8/docs/api/java/util/Collection.html */
export const collectionMethods: Methods<ListValue> = new Map(collection);

/** What Velocity gives an array: https://velocity.apache.org/engine/1.7/user-guide.html#array-references */
export const arrayMethods: Methods<ListValue> = new Map(indexed);

/** https://docs.oracle.com/javase/8/docs/api/java/util/ArrayList.html */
export const listMethods: Methods<ListValue> = new Map([
  ...indexed,
  [
    "add",
    [
      signature(["Object"], (self: ListValue, [item], work) => grow(self, [item], self.items.length, work)),
      signature(["int", "Object"], (self: ListValue, [index, item], work) => {
        checkIndex(self, index, self.items.length);
        grow(self, [item], Number(index), work);
        return null;
      }),
    ],
  ],
  [
    "addAll",
    [
      signature(["Collection"], (self: ListValue, [{ items }], work) =>
        grow(self, items, self.items.length, work),
      ),
    ],
  ],
  [
    "remove",
    [
      signature(["int"], (self: ListValue, [index]) => {
        const item = itemAt(self, index);
        self.items.splice(Number(index), 1);
        return item;
      }),
      signature(["Object"], (self: ListValue, [item], work) => {
        const index = indexOf(self, item, work);
        if (index !== -1) self.items.splice(index, 1);
        return index !== -1;
      }),
    ],
  ],
  [
    "clear",
    [
      signature([], (self: ListValue) => {
        self.items.length = 0;
        return null;
      }),
    ],
  ],
]);

export function itemAt(self: ListValue, index: bigint): Value {
  checkIndex(self, index, self.items.length - 1);
  return self.items[Number(index)] ?? null;
}

export function setItem(self: ListValue, [index, item]: readonly [bigint, Value]): Value {
  const before = itemAt(self, index);
  self.items[Number(index)] = item;
  return before;
}

function checkIndex({ items }: ListValue, index: bigint, last: number): void {
  if (index >= 0n && index <= BigInt(last)) return;
  throw new TemplateFailure(`a list of ${items.length} has no item ${index}`);
}

function indexOf({ items }: ListValue, item: Value, work: Work): number {
  return items.findIndex((each) => javaEquals(each, item, work));
}

function subList(self: ListValue, [from, to]: readonly [bigint, bigint], work: Work): Value {
  if (from < 0n || to > BigInt(self.items.length) || from > to) {
    throw new TemplateFailure(`a list of ${self.items.length} has no items from ${from} to ${to}`);
  }
  spend(work, Number(to - from));
  return listOf(self.items.slice(Number(from), Number(to)));
}

const MAX_ITEMS = 100_000;

function grow(self: ListValue, items: readonly Value[], at: number, work: Work): Value {
  spend(work, items.length);
  if (self.items.length + items.length > MAX_ITEMS)
    throw new TemplateFailure("it makes a list that is too long");
  const behind = self.items.splice(at);
  spend(work, behind.length);
  // One by one: a call takes no million arguments. The items may be those of the list itself.
  for (const item of [...items, ...behind]) self.items.push(item);
  return true;
}
