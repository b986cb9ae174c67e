import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { UserError } from "../contract/user-error.ts";
import { decodeText } from "./decode-text.ts";

/**
 * The text of a file that was named from where npm was called.
 * @throws UserError where there is none, or no text
 */
export function readInput(file: string, env: NodeJS.ProcessEnv): string {
  const path = fromCaller(file, env);
  if (!existsSync(path)) throw new UserError(`There is no file ${file}.`);
  if (statSync(path).isDirectory()) throw new UserError(`${file} is a folder; name a file.`);
  return decodeText(readFileSync(path), file);
}

/** Files are named from where npm was called. */
export function fromCaller(file: string, env: NodeJS.ProcessEnv): string {
  return resolve(env["INIT_CWD"] ?? "", file);
}

/** As short as it can be said from here. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") || isAbsolute(short) ? path : short;
}
