import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../contract/parse-json.ts";
import { UserError } from "../contract/user-error.ts";
import { withoutTokens } from "./without-tokens.ts";

/** The name that tools look for. https://cyclonedx.org/specification/overview/#recognized-file-patterns */
export const BILL_OF_MATERIALS = "bom.json";

const packageSchema = z.object({ name: z.string() });
const billSchema = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  serialNumber: z.string().optional(),
  metadata: z.looseObject({
    timestamp: z.string().optional(),
    component: z.looseObject({ name: z.string() }),
  }),
  components: z.array(z.looseObject({})).min(1),
});

/**
 * Every package of package-lock.json as CycloneDX: those that a function holds or a stack was synthesized with, and, marked as
 * development, those that bundled, checked and tested them. The same text for the same commit and npm: without the number and
 * the time that npm makes up, and under the project's name, for which npm takes the folder's.
 * @throws UserError where npm can't tell
 */
export function billOfMaterials(folder: string): string {
  const { serialNumber: _, metadata, ...bill } = readBill(folder);
  const { timestamp: __, component, ...others } = metadata;
  const { name } = packageSchema.parse(parseJson(readFileSync(join(folder, "package.json"), "utf8")));
  const named = { ...bill, metadata: { ...others, component: { ...component, name } } };
  return `${JSON.stringify(named, null, 2)}\n`;
}

function readBill(folder: string): z.infer<typeof billSchema> {
  try {
    const args = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"];
    const text = execFileSync("npm", args, {
      cwd: folder,
      encoding: "utf8",
      env: withoutTokens(process.env),
      maxBuffer: 64 * 1_048_576,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return billSchema.parse(parseJson(text));
  } catch (error) {
    throw new UserError(
      `npm cannot list the packages of ${folder}/package-lock.json. This needs npm 10. To see the error, run "npm sbom --sbom-format=cyclonedx --package-lock-only".`,
      { cause: error },
    );
  }
}
