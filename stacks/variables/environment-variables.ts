import type { TerraformStack } from "cdktf";
import { TAG_CHARACTERS } from "../../env/field-types.ts";
import type { Environment } from "../../env/schema.ts";
import { declareAlarms, declareAlerts } from "./alarm-variables.ts";
import { type ApiVariables, declareApi } from "./api-variables.ts";
import { declareChoices } from "./choice-variables.ts";
import { BUCKET_NAME, NEW_BUCKET_NAME, REGION } from "./name-rules.ts";
import { declareRoles } from "./role-variables.ts";
import { declareSizes } from "./size-variables.ts";
import { isMatch, matches, rule, TerraformVariables, type Validation } from "./terraform-variables.ts";

/** Declares every variable of an environment and returns references to them. */
export function declareEnvironmentVariables(stack: TerraformStack, environment: Environment) {
  const variables = new TerraformVariables(stack);
  const apis = new Map(environment.apis.map((api) => [api.name, declareApi(variables, api)]));
  return {
    ...declareNames(variables, environment),
    ...declareSizes(variables, environment),
    ...declareChoices(variables, environment),
    alarms: declareAlarms(variables, environment),
    alerts: declareAlerts(variables, environment),
    ofApi(name: string): ApiVariables {
      const api = apis.get(name);
      if (!api) {
        throw new Error(`no variables are declared for an API "${name}"`);
      }
      return api;
    },
    /** Value of every variable, by its name: the content of `<stack>.auto.tfvars.json`. */
    values: variables.values,
  };
}

export type EnvironmentVariables = ReturnType<typeof declareEnvironmentVariables>;

function declareNames(variables: TerraformVariables, { roles, buckets, ...environment }: Environment) {
  const declare = declareRoles(variables);
  const role = (name: string, value: string, task: string) => declare(name, value, `Role ${task}.`);
  const bucket = (part: "intake" | "documents", use: string, ...more: Validation[]) =>
    variables.string(
      `${part}_bucket_name`,
      buckets[part].name,
      `Bucket ${use}.`,
      ...BUCKET_NAME,
      ...(buckets[part].kind === "managed" ? [NEW_BUCKET_NAME] : []),
      ...more,
    );
  return {
    accountId: variables.string(
      "account_id",
      environment.accountId,
      "The only AWS account this configuration may be applied to.",
      matches("^[0-9]{12}$", "must be a 12-digit AWS account id."),
    ),
    region: variables.string(
      "region",
      environment.region,
      "AWS region of everything in this configuration.",
      REGION,
    ),
    namePrefix: variables.string(
      "name_prefix",
      environment.namePrefix,
      "Begins the name of queues, table, functions, APIs and alarms.",
      matches("^[a-z][a-z0-9-]{2,30}$", "must be 3 to 31 lower-case letters, digits and hyphens."),
      rule((reference) => `!startswith(${reference}, "sg-")`, 'must not begin with "sg-".'),
    ),
    tags: variables.stringMap(
      "tags",
      environment.tags,
      "Tags of every resource.",
      rule((reference) => `length(${reference}) <= 50`, "must be at most 50 tags, the limit of AWS."),
      rule(
        (reference) => `alltrue([for key in keys(${reference}) : !startswith(lower(key), "aws:")])`,
        'must not have keys that begin with "aws:".',
      ),
      rule(
        (reference) =>
          `alltrue([for key, value in ${reference} : ${isMatch(`^${TAG_CHARACTERS}{1,128}$`, "key")} && ${isMatch(`^${TAG_CHARACTERS}{0,256}$`, "value")}])`,
        "must have keys of 1 to 128 and values of at most 256 letters, digits, spaces and _ . : / = + - @.",
      ),
    ),
    deletionProtection: variables.boolean(
      "deletion_protection",
      environment.deletionProtection,
      "Whether the table refuses deletion and buckets with objects survive destroy.",
    ),
    gatewayWriterRoleName: role(
      "gateway_writer",
      roles.gatewayWriter.name,
      "with which API Gateway writes to the intake bucket",
    ),
    documentReaderRoleName: role(
      "document_reader",
      roles.documentReader.name,
      "with which API Gateway reads documents",
    ),
    apiFunctionRoleName: role(
      "api_function",
      roles.apiFunction.name,
      "of the function behind the synchronous API",
    ),
    queueFunctionRoleName: role(
      "queue_function",
      roles.queueFunction.name,
      "of the function that reads the intake queue",
    ),
    sweepFunctionRoleName: role(
      "sweep_function",
      roles.sweepFunction.name,
      "of the function that looks for unprocessed payloads and unneeded documents",
    ),
    gatewayLoggingRoleName: role(
      "gateway_logging",
      roles.gatewayLogging.name,
      "with which API Gateway writes logs, account-wide",
    ),
    intakeBucketName: bucket("intake", "in which large payloads wait for their outcome"),
    documentsBucketName: bucket(
      "documents",
      "that keeps the documents",
      rule((reference) => `${reference} != var.intake_bucket_name`, "must not be the intake bucket."),
    ),
  };
}
