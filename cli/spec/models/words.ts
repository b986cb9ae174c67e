import type { Domain } from "../../../domain/seam.ts";

/** How texts for readers speak of what is taken in. */
export interface Words {
  /** `lab report` */
  readonly one: string;
  /** `a lab report` */
  readonly a: string;
  readonly capitalizedA: string;
  /** `lab reports` */
  readonly many: string;
}

export function wordsOf({ noun, collection }: Pick<Domain, "noun" | "collection">): Words {
  const article = /^[aeiou]/.test(noun) ? "an" : "a";
  return {
    one: noun,
    a: `${article} ${noun}`,
    capitalizedA: `${article === "a" ? "A" : "An"} ${noun}`,
    many: collection.replaceAll("-", " "),
  };
}
