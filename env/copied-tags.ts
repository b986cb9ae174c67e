import type { Environment } from "./schema.ts";

/** A warning for each tag `Environment` with the name of another environment. It is no error: environments may share a value on purpose. */
export function copiedTags(environments: readonly Environment[]): string[] {
  const names = environments.map(({ name }) => name);
  return environments.flatMap(({ name, tags }) =>
    Object.entries(tags)
      .filter(([key, value]) => /^environment$/i.test(key) && value !== name && names.includes(value))
      .map(
        ([key, value]) =>
          `Warning: env/${name}.ts: tags.${key} is "${value}", the name of another environment. If this file is a copy, set it to "${name}".`,
      ),
  );
}
