import { describe, expect, it } from "vitest";
import * as z from "zod";
import { unwrap } from "../../env/field-notes.ts";
import { environmentFields } from "../../env/fields.ts";
import { ROLE_PATHS } from "../../env/named-roles.ts";

/** Every text of the schema, whatever an environment chooses. */
function textsOf(field: z.core.$ZodType, path: readonly string[] = []): string[] {
  const inner = unwrap(field);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => textsOf(option, path));
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, each]) => textsOf(each, [...path, key]));
  }
  return inner instanceof z.ZodString ? [path.join(".")] : [];
}

describe("ROLE_PATHS", () => {
  it("are all fields that name a role", () => {
    const named = textsOf(environmentFields)
      .filter((path) => /\broles?\./.test(path))
      // Where the state of a role's own stack lies.
      .filter((path) => !/\broles\.\w+\.backend\./.test(path));

    expect([...ROLE_PATHS].toSorted()).toEqual([...new Set(named)].toSorted());
  });
});
