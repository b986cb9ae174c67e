import * as z from "zod";
import { UserError } from "../contract/user-error.ts";
import type { Environment } from "../env/schema.ts";
import { inTerraformForm } from "../proxy/cdktf-outputs.ts";
import { parseStackOutputs, type StackOutputs } from "../proxy/proxy-settings.ts";

/** An applied stack, as those who operate it see it: what its outputs say. */
export interface DeployedStack extends StackOutputs {
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  readonly namePrefix: string;
  readonly intakeBucket: string;
  readonly documentsBucket: string;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** By what they do: api, queue, sweep and, where alarms are routed, notifier. */
  readonly functionNames: Readonly<Record<string, string>>;
  /** Where `npm start` runs it on this machine; undefined on AWS. */
  readonly local: LocalRun | undefined;
}

/** What `npm start` writes about what it runs. */
export interface LocalRun {
  /** In front of the APIs. */
  readonly url: string;
  /** Each API is by itself at `<apisUrl>/apis/<name>/<stage>`. */
  readonly apisUrl: string;
  /** S3, SQS and DynamoDB: the AWS_ENDPOINT_URL of whoever operates it. */
  readonly endpoint: string;
  /** The process that runs it. */
  readonly pid: number;
  /** A file with what its functions log of messages that failed; it is there once one has. */
  readonly errorLog?: string | undefined;
}

const output = <Value extends z.ZodType>(value: Value) =>
  z.object({ value }, "is missing. Apply the stack with this version, then read its outputs again");
const name = z.string().min(1);

const namesSchema = z.object({
  intake_bucket_name: output(name),
  documents_bucket_name: output(name),
  table_name: output(name),
  // Emulators name hosts that are none, and look a queue up by the whole text.
  queue_url: output(name),
  dead_letter_queue_url: output(name),
  function_names: output(z.record(z.string(), name)),
});

/**
 * Reads what `terraform output -json` prints for the stack of that environment, or what cdktf writes with `--outputs-file`.
 * @param source what the text is, for errors: a file, or a command
 * @throws UserError that lists every problem, or what shows that the outputs are of another environment
 */
export function parseDeployedStack(
  text: string,
  source: string,
  environment: Environment,
  local?: LocalRun,
): DeployedStack {
  const outputs = parseStackOutputs(text, source, environment);
  const names = namesSchema.safeParse(inTerraformForm(JSON.parse(text), source, environment.name));
  if (!names.success) {
    const problems = names.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UserError(
      `${source} does not have all outputs of the stack of ${environment.name}:\n${problems.join("\n")}`,
    );
  }
  const { data } = names;
  const { accountId, region, namePrefix } = environment;
  return {
    ...outputs,
    environment: environment.name,
    accountId,
    region,
    namePrefix,
    intakeBucket: data.intake_bucket_name.value,
    documentsBucket: data.documents_bucket_name.value,
    tableName: data.table_name.value,
    queueUrl: data.queue_url.value,
    deadLetterQueueUrl: data.dead_letter_queue_url.value,
    functionNames: data.function_names.value,
    local,
  };
}
