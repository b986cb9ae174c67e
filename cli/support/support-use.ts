import type { Product } from "./ends-of-support.ts";

/** A version that is used or accepted somewhere. */
export interface SupportUse {
  readonly product: Product;
  /** As the table of ends has it: a major, a minor, a branch, a runtime. */
  readonly version: string;
  readonly where: string;
}

export interface FoundUses {
  readonly uses: readonly SupportUse[];
  /** What this machine cannot know, each as a sentence. */
  readonly unchecked: readonly string[];
}

/** Such as 1.11 of 1.11.4. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** What a Node.js is to its own project, and to the AWS SDK. */
export function usesOfNode(major: string, where: string): SupportUse[] {
  return [
    { product: "Node.js", version: major, where },
    { product: "AWS SDK on Node.js", version: major, where },
  ];
}
