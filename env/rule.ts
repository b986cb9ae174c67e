import type * as z from "zod";
import type { environmentFields } from "./fields.ts";

export type Fields = z.output<typeof environmentFields>;

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

export interface Rule {
  /** Where a problem is reported that does not say that itself. */
  readonly path: (string | number)[];
  readonly needs: (keyof Fields)[];
  /**
   * What is wrong and what to do, or undefined where the rule holds. The values of the field, and of those that the text
   * names by their paths, are added to it.
   */
  readonly broken: (environment: Fields) => string | readonly Problem[] | undefined;
}
