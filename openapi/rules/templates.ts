import { appliedTemplates } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

/** A reference in short form with a hyphen behind a dot: `$context.stage-`. */
const hyphenated = /\$!?[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)+-/;

export const velocityHyphen: Rule = {
  id: "velocity-hyphen",
  why: "In Velocity a hyphen belongs to the name before it: `$a.b-$c` reads the property `b-`, which does not exist.",
  link: "https://velocity.apache.org/engine/2.3/vtl-reference.html",
  check: (document) =>
    appliedTemplates(document).flatMap(({ source, pointer }): Finding[] => {
      const found = hyphenated.exec(source)?.[0];
      if (found === undefined) return [];
      const name = found.slice(found.startsWith("$!") ? 2 : 1, -1);
      return [{ pointer, message: `"${found}" takes the hyphen into the name; write \${${name}}-` }];
    }),
};
