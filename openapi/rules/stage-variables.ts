import type { Rule } from "../rule.ts";
import { stageVariableUses } from "../stage-variables.ts";

export const stageVariable: Rule = {
  id: "stage-variable",
  severity: "warning",
  why: "A stage variable that an environment does not set is empty, and a URI that needs it is then wrong.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html",
  check: (document) => {
    const uses = stageVariableUses(document);
    const pointer = uses[0]?.pointers[0];
    if (pointer === undefined) return [];
    const names = uses.map(({ name, pointers }) => `${name} (${pointers.join(", ")})`);
    const message = `set each of these in stageVariables of the API's entry, in every environment: ${names.join("; ")}`;
    return [{ pointer, message }];
  },
};
