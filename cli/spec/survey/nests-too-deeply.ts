/** Exports nest some dozen levels; what reads them would take minutes for tens of thousands. */
const MAX_DEPTH = 500;

/** Whether brackets outside of quoted texts open one another too often, in JSON or in YAML's flow style. */
export function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  for (const [part] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[[\]{}]/g)) {
    if (part === "[" || part === "{") depth += 1;
    else if (part === "]" || part === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
