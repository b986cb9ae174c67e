import { UserError } from "../contract/user-error.ts";
import { ingestionStackName } from "../domain/names.ts";
import { isJsonObject } from "../openapi/json.ts";

/** Id of the construct that declares a stack's outputs. */
const OUTPUTS_CONSTRUCT = "outputs";

/**
 * The outputs of an environment's stack in the form of `terraform output -json`, which is left as it is. The file that cdktf writes
 * with `--outputs-file` has values instead: of `cdktf deploy` by stack and construct, of `cdktf output` by stack.
 * @throws UserError where such a file has other stacks only
 */
export function inTerraformForm(outputs: unknown, source: string, environment: string): unknown {
  if (!isJsonObject(outputs)) return outputs;
  const name = ingestionStackName(environment);
  const stack = outputs[name];
  if (isJsonObject(stack)) {
    const { [OUTPUTS_CONSTRUCT]: ofConstruct } = stack;
    const values = isJsonObject(ofConstruct) ? ofConstruct : stack;
    return Object.fromEntries(Object.entries(values).map(([output, value]) => [output, { value }]));
  }
  const isOutput = (value: unknown) => isJsonObject(value) && "value" in value;
  const others = Object.keys(outputs);
  if (others.length === 0 || Object.values(outputs).some(isOutput)) return outputs;
  throw new UserError(
    `${source} has the outputs of ${others.join(", ")}, not of ${name}. Create it with "npx cdktf output ${name} --outputs-file <file>", or with "terraform output -json" in the stack's directory.`,
  );
}
