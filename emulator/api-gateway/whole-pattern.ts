import { findAll } from "./templates/velocity/java-pattern.ts";
import { createWork } from "./templates/velocity/work.ts";

/**
 * Reads a regular expression of Java before there is a text, and alone: within one for a whole text its brackets could be closed by
 * what stands around it.
 * @throws TemplateFailure if it is none, or not supported
 */
export function checkPattern(pattern: string): void {
  findAll(pattern, "200", createWork());
}

/**
 * Whether a regular expression of Java matches all of a text.
 * @throws TemplateFailure if it takes too long
 */
export function matchesWhole(pattern: string, text: string): boolean {
  return findAll(pattern, text, createWork(), true).length > 0;
}
