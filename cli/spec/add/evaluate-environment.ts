import { basename, dirname } from "node:path";
import { buildSync } from "esbuild";
import { NotEditable } from "./source-file.ts";

/**
 * The data in the text of an environment's file, evaluated in this process with its imports. The file need not exist yet.
 * @throws NotEditable if it cannot be evaluated
 */
export async function evaluateEnvironment(file: string, text: string, name: string): Promise<unknown> {
  try {
    const { outputFiles } = buildSync({
      stdin: { contents: text, resolveDir: dirname(file), sourcefile: basename(file), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      tsconfigRaw: "{}",
      write: false,
      logLevel: "silent",
    });
    const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
    const code = Buffer.from(contents).toString("base64");
    const module: Readonly<Record<string, unknown>> = await import(`data:text/javascript;base64,${code}`);
    return module[name];
  } catch (error) {
    throw new NotEditable(`cannot be evaluated: ${(error as Error).message}`, { cause: error });
  }
}
