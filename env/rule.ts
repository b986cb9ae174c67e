import type * as z from "zod";
import type { environmentFields } from "./fields.ts";

export type Fields = z.output<typeof environmentFields>;

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

export interface Rule {
  /** The field of a problem that has no path of its own. */
  readonly path: (string | number)[];
  readonly needs: (keyof Fields)[];
  /** What must hold, as Markdown for docs/reference/settings.md. */
  readonly states: string;
  /**
   * What is wrong and what to do, or undefined if the rule holds. The values of the field, and of the fields that the text
   * names by their paths, are added to it.
   */
  readonly broken: (environment: Fields) => string | readonly Problem[] | undefined;
}
