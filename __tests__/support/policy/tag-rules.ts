import type { PolicyRule } from "./rule.ts";
import { managed } from "./state.ts";

export const tagRules: readonly PolicyRule[] = [
  {
    id: "PIA-TAGS",
    sources: [],
    resource: "*",
    sentence: "It carries the environment's tags, those that the APIs carry.",
    holds: ({ values }, state) => {
      const common = managed(state, "aws_api_gateway_rest_api").flatMap((api) =>
        Object.entries(api.values["tags_all"] ?? {}),
      );
      return common.length > 0 && common.every(([name, value]) => values["tags_all"]?.[name] === value);
    },
  },
];
