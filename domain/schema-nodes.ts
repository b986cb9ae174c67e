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
  /** Whether it stands inside itself, where its nodes end. */
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
  // What surrounds one schema, such as `optional`, and both ends of a pipe.
  const inner = [def["innerType"], def["in"], def["out"]].filter((each) => each instanceof $ZodType);
  if (inner.length > 0) return inner.map((each) => ({ schema: each, path, within }));
  return Object.values(def)
    .flatMap((value) => (typeof value === "function" && type === "lazy" ? value() : value))
    .filter((value) => value instanceof $ZodType)
    .map((each) => ({ schema: each, path, within: type }));
}
