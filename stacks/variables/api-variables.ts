import type { EnvironmentApi } from "../../env/schema.ts";
import { BUCKET_NAME } from "./name-rules.ts";
import { matches, rule, type TerraformVariables, wholeNumberBetween } from "./terraform-variables.ts";

const NAME_OR_ID = matches(
  "^[A-Za-z0-9_+=,.@/ -]{1,256}$",
  "must be a name or an id of at most 256 characters, not an ARN.",
);

/** Variables of one API: its stage, its throttling, and the names its document is bound to outside the stack. */
export function declareApi(variables: TerraformVariables, api: EnvironmentApi) {
  const prefix = snakeCase(api.name);
  return {
    stageName: variables.string(
      `${prefix}_stage_name`,
      api.stage,
      `Stage of the API ${api.name}.`,
      matches("^[A-Za-z0-9_-]{1,128}$", "must be letters, digits, hyphens and underscores."),
    ),
    throttling: {
      rateLimit: variables.number(
        `${prefix}_throttling_rate_limit`,
        api.throttling.rateLimit,
        `Requests per second of each method of the API ${api.name}.`,
        wholeNumberBetween(1, 10_000),
      ),
      burstLimit: variables.number(
        `${prefix}_throttling_burst_limit`,
        api.throttling.burstLimit,
        `Burst of requests of each method of the API ${api.name}.`,
        wholeNumberBetween(1, 5_000),
      ),
    },
    stageVariables: declareStageVariables(variables, api, prefix),
    /** By placeholder. */
    existing: declareExistingNames(variables, api),
  };
}

/** Undefined where the stage has none. */
function declareStageVariables(
  variables: TerraformVariables,
  { name, stageVariables }: EnvironmentApi,
  prefix: string,
): Record<string, string> | undefined {
  if (stageVariables === undefined || Object.keys(stageVariables).length === 0) return undefined;
  const all = (list: string, pattern: string) => (reference: string) =>
    `alltrue([for each in ${list}(${reference}) : can(regex("${pattern}", each))])`;
  return variables.stringMap(
    `${prefix}_stage_variables`,
    stageVariables,
    `Stage variables of the API ${name}.`,
    rule(all("keys", "^[A-Za-z0-9_]{1,64}$"), "must have names of 1 to 64 letters, digits and underscores."),
    rule(
      all("values", "^[A-Za-z0-9._~:/?#&=,-]{1,512}$"),
      "must have values of 1 to 512 letters, digits and characters of -._~:/?#&= or commas.",
    ),
    rule((reference) => `length(${reference}) <= 100`, "must be at most 100, the limit of AWS."),
  );
}

export type ApiVariables = ReturnType<typeof declareApi>;

function declareExistingNames(variables: TerraformVariables, api: EnvironmentApi): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [placeholder, binding] of Object.entries(api.bindings)) {
    if (typeof binding !== "string") {
      names[placeholder] = variables.string(
        snakeCase(`${api.name}_${placeholder}_name`),
        binding.name,
        `What {{${placeholder}}} stands for in the API ${api.name}.`,
        ...(placeholder.startsWith("bucket.") ? BUCKET_NAME : [NAME_OR_ID]),
      );
    }
  }
  return names;
}

function snakeCase(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
