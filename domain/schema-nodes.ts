import * as z from "zod/mini";
// By itself: as `z.core` it would bring the whole library into the functions' bundle.
import { $ZodType } from "zod/v4/core";

/** A schema in a contract, and the place of its values in a record. */
export interface SchemaNode {
  /** Names joined by dots, `*` for the entries of a list; empty for the contract itself. */
  readonly place: string;
  readonly schema: z.core.$ZodType;
  /** The kind of an outer schema, such as `union`, whose values have no fixed place. */
  readonly within?: string | undefined;
  /** Whether the schema contains itself. Its nodes end here. */
  readonly isInItself: boolean;
}

type Visit = Omit<SchemaNode, "place" | "isInItself"> & { readonly path: readonly string[] };

/** A contract and all schemas in it, from the outermost to the innermost. */
export function schemaNodes(contract: z.core.$ZodType): SchemaNode[] {
  const nodesOf = ({ schema, path, within }: Visit, above: readonly z.core.$ZodType[]): SchemaNode[] => {
    const isInItself = above.includes(schema);
    const children = isInItself ? [] : childrenOf(schema, path, within);
    return [
      { schema, place: path.join("."), within, isInItself },
      ...children.flatMap((child) => nodesOf(child, [...above, schema])),
    ];
  };
  return nodesOf({ schema: contract, path: [] }, []);
}

function childrenOf(schema: z.core.$ZodType, path: readonly string[], within: string | undefined): Visit[] {
  if (schema instanceof z.ZodMiniObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.shape);
    return fields.map(([name, field]) => ({ schema: field, path: [...path, name], within }));
  }
  if (schema instanceof z.ZodMiniArray) return [{ schema: schema.def.element, path: [...path, "*"], within }];
  const { type, ...def }: z.core.$ZodTypeDef & Readonly<Record<string, unknown>> = { ...schema._zod.def };
  // The one schema in a wrapper such as `optional`, and both ends of a pipe.
  const inner = [def["innerType"], def["in"], def["out"]].filter((each) => each instanceof $ZodType);
  if (inner.length > 0) return inner.map((each) => ({ schema: each, path, within }));
  return Object.values(def)
    .flatMap((value) => (typeof value === "function" && type === "lazy" ? value() : value))
    .filter((value) => value instanceof $ZodType)
    .map((each) => ({ schema: each, path, within: type }));
}
