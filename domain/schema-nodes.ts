import * as z from "zod/mini";
// By itself: as `z.core` it would bring the whole library into the functions' bundle.
import { $ZodType } from "zod/v4/core";

/** A schema inside a contract, and where its values stand in a record. */
export interface SchemaNode {
  /** Names joined by dots, `*` for each of a list; empty for the contract itself. */
  readonly place: string;
  readonly schema: z.core.$ZodType;
  /** Kind of the schema on the way to it in which a value stands at no one place, such as `union`. */
  readonly within?: string | undefined;
}

type Visit = Omit<SchemaNode, "place"> & { readonly path: readonly string[] };

/** A contract and all schemas in it, from the outermost to the innermost. */
export function schemaNodes(contract: z.core.$ZodType): SchemaNode[] {
  // A schema may hold itself.
  const seen = new Set<z.core.$ZodType>();
  const nodesOf = ({ schema, path, within }: Visit): SchemaNode[] => {
    if (within !== undefined && seen.has(schema)) return [];
    seen.add(schema);
    return [{ schema, place: path.join("."), within }, ...childrenOf(schema, path, within).flatMap(nodesOf)];
  };
  return nodesOf({ schema: contract, path: [] });
}

function childrenOf(schema: z.core.$ZodType, path: readonly string[], within: string | undefined): Visit[] {
  if (schema instanceof z.ZodMiniObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.shape);
    return fields.map(([name, field]) => ({ schema: field, path: [...path, name], within }));
  }
  if (schema instanceof z.ZodMiniArray) return [{ schema: schema.def.element, path: [...path, "*"], within }];
  const { type, ...def }: z.core.$ZodTypeDef & Readonly<Record<string, unknown>> = { ...schema._zod.def };
  // What surrounds one schema, such as `optional`, and what goes into a pipe.
  const inner = def["innerType"] ?? def["in"];
  if (inner instanceof $ZodType) return [{ schema: inner, path, within }];
  return Object.values(def)
    .flatMap((value) => (typeof value === "function" && type === "lazy" ? value() : value))
    .filter((value) => value instanceof $ZodType)
    .map((each) => ({ schema: each, path, within: type }));
}
