import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type * as z from "zod/mini";
import { parseJson } from "../../contract/parse-json.ts";

/** A secret has another form than it should; the message holds nothing of it. */
export class SecretError extends Error {
  override readonly name = "SecretError";
  readonly code = "SECRET";
}

/** So long a value that was read is used: a rotated one is seen soon. */
const keptMilliseconds = 300_000;

export interface Secrets {
  /** @throws {SecretError} where it is no JSON of this form */
  read<T>(arn: string, schema: z.ZodMiniType<T>): Promise<T>;
}

export function createSecrets(client: SecretsManagerClient, now = Date.now): Secrets {
  const kept = new Map<string, { readonly text: string; readonly until: number }>();
  const load = async (arn: string): Promise<string> => {
    const known = kept.get(arn);
    if (known !== undefined && known.until > now()) return known.text;
    const { SecretString: text = "" } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    kept.set(arn, { text, until: now() + keptMilliseconds });
    return text;
  };
  return {
    async read(arn, schema) {
      const result = schema.safeParse(parseJson(await load(arn)));
      if (result.success) return result.data;
      // What is wrong is mended soon, and must be read again then.
      kept.delete(arn);
      const places = result.error.issues.map(({ path }) => path.join(".") || "(JSON)").join(", ");
      throw new SecretError(`The secret ${arn} does not have the expected fields: ${places}`);
    },
  };
}
