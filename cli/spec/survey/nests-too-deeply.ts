/** Exports nest a few dozen levels. Tens of thousands would take minutes to read. */
const MAX_DEPTH = 500;

/** Whether brackets outside of quotes are nested too deeply, in JSON or in YAML's flow style. */
export function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  for (const [part] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[[\]{}]/g)) {
    if (part === "[" || part === "{") depth += 1;
    else if (part === "]" || part === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
