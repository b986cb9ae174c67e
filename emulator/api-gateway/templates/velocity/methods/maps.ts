import { javaEquals } from "../operators.ts";
import { toText } from "../print.ts";
import { type EntryValue, type ListValue, listOf, type MapValue, type Value } from "../values.ts";
import { spend, type Work } from "../work.ts";
import { type Methods, type Signature, signature } from "./method.ts";

/** https://docs.oracle.com/javase/8/docs/api/java/util/LinkedHashMap.html */
export const mapMethods: Methods<MapValue> = new Map<string, Signature<MapValue>[]>([
  ["size", [signature([], ({ entries }) => BigInt(entries.size))]],
  ["isEmpty", [signature([], ({ entries }) => entries.size === 0)]],
  ["toString", [signature([], (self, _, work) => toText(self, work))]],
  ["equals", [signature(["Object"], (self, [other], work) => javaEquals(self, other, work))]],
  ["get", [signature(["Object"], ({ entries }, [key]) => entries.get(key) ?? null)]],
  [
    "getOrDefault",
    [
      signature(["Object", "Object"], ({ entries }, [key, value]) =>
        entries.has(key) ? (entries.get(key) ?? null) : value,
      ),
    ],
  ],
  ["containsKey", [signature(["Object"], ({ entries }, [key]) => entries.has(key))]],
  [
    "containsValue",
    [
      signature(["Object"], ({ entries }, [value], work) =>
        [...entries.values()].some((each) => javaEquals(each, value, work)),
      ),
    ],
  ],
  ["keySet", [signature([], ({ entries }, _, work) => viewOf(entries, entries.keys(), "Set", work))]],
  [
    "values",
    [signature([], ({ entries }, _, work) => viewOf(entries, entries.values(), "Collection", work))],
  ],
  ["entrySet", [signature([], (self, _, work) => viewOf(self.entries, entriesOf(self), "Set", work))]],
  ["put", [signature(["Object", "Object"], put)]],
  [
    "putIfAbsent",
    [
      signature(["Object", "Object"], (self, [key, value]) => {
        const there = self.entries.get(key) ?? null;
        return there === null ? put(self, [key, value]) : there;
      }),
    ],
  ],
  [
    "putAll",
    [
      signature(["Map"], ({ entries }, [other]) => {
        for (const [key, value] of other.entries) entries.set(key, value);
        return null;
      }),
    ],
  ],
  [
    "remove",
    [
      signature(["Object"], ({ entries }, [key]) => {
        const there = entries.get(key) ?? null;
        entries.delete(key);
        return there;
      }),
    ],
  ],
  [
    "clear",
    [
      signature([], ({ entries }) => {
        entries.clear();
        return null;
      }),
    ],
  ],
]);

/** https://docs.oracle.com/javase/8/docs/api/java/util/Map.Entry.html */
export const entryMethods: Methods<EntryValue> = new Map<string, Signature<EntryValue>[]>([
  ["getKey", [signature([], ({ key }) => key)]],
  ["getValue", [signature([], ({ value }) => value)]],
  ["toString", [signature([], (self, _, work) => toText(self, work))]],
  ["equals", [signature(["Object"], (self, [other], work) => javaEquals(self, other, work))]],
]);

function put({ entries }: MapValue, [key, value]: readonly [Value, Value]): Value {
  const before = entries.get(key) ?? null;
  entries.set(key, value);
  return before;
}

/** A copy of all that the map has, where Java's is a view: it takes as long as the map is large. */
function viewOf(
  { size }: MapValue["entries"],
  values: Iterable<Value>,
  type: ListValue["type"],
  work: Work,
): ListValue {
  spend(work, size);
  return listOf(values, type);
}

function* entriesOf({ entries }: MapValue): Generator<EntryValue> {
  for (const [key, value] of entries) yield { kind: "entry", key, value };
}
