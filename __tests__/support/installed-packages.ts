import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * An `npm` whose `ci` links the packages of this project, where the lock file is the same: an installation takes half a minute of a
 * processor. Everything else, and an installation that cannot be linked, is left to npm.
 * @returns the variables of a shell that finds it first
 */
export function useInstalledPackages(): { readonly PATH: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "npm-"));
  const file = join(folder, "npm");
  writeFileSync(
    file,
    `#!/bin/sh
PATH="\${PATH#*${delimiter}}"
installed='${process.cwd()}'
if [ "$1" = ci ] && cmp -s package-lock.json "$installed/package-lock.json"; then
  rm -rf node_modules
  cp -al "$installed/node_modules" node_modules 2> /dev/null && exit 0
fi
exec npm "$@"
`,
  );
  chmodSync(file, 0o755);
  return {
    PATH: `${folder}${delimiter}${process.env["PATH"]}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
