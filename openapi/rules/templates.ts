import { appliedTemplates } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

/** A reference in short form: its name up to the first hyphen, and the rest from there on. */
const hyphenated = /\$!?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(-[\w-]*)/g;

/**
 * Of these no property has a hyphen. One of a body (`$elem.partition-key`), of an authorizer's answer or of a header
 * that a template overrides may have one.
 */
const knownObjects =
  /^(?:context\.(?!(?:authorizer|requestOverride|responseOverride)\.)|stageVariables\.|input\.|util\.)/;

export const velocityHyphen: Rule = {
  id: "velocity-hyphen",
  why: "In Velocity, a hyphen is part of the name before it: `$a.b-$c` reads the property `b-`, which does not exist.",
  link: "https://velocity.apache.org/engine/2.3/vtl-reference.html",
  check: (document) =>
    appliedTemplates(document).flatMap(({ source, pointer }): Finding[] => {
      for (const [reference, name = "", rest = ""] of source.matchAll(hyphenated)) {
        if (!rest.endsWith("-") && !knownObjects.test(name)) continue;
        const read = rest.endsWith("-") ? name + rest.slice(0, -1) : name;
        const behind = rest.endsWith("-") ? "-" : rest;
        const message = `"${reference}" includes the hyphen in the name; write \${${read}}${behind}`;
        return [{ pointer, message }];
      }
      return [];
    }),
};
