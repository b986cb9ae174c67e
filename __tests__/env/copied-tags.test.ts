import { describe, expect, it } from "vitest";
import { copiedTags } from "../../env/copied-tags.ts";
import { loadEnvironments } from "../support/environments.ts";

const [dev, ...others] = loadEnvironments();
if (dev === undefined) throw new Error("no environment");
const staging = (tags: Readonly<Record<string, string>>) => ({ ...dev, name: "staging", tags });

describe(copiedTags, () => {
  it("warns of a tag with the name of another environment, and says what to set", () => {
    expect(copiedTags([dev, staging(dev.tags)])).toEqual([
      'Warning: env/staging.ts: tags.Environment is "dev", the name of another environment. If this file is a copy, set it to "staging".',
    ]);
    expect(copiedTags([dev, staging({ environment: "dev" })])).toHaveLength(1);
  });

  it("does not warn of a word of one's own, of other tags, and of the tests' environments", () => {
    expect(copiedTags([dev, staging({ Environment: "acceptance", Owner: "dev" })])).toEqual([]);
    expect(copiedTags([dev, ...others])).toEqual([]);
  });
});
