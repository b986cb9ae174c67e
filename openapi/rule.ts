import type { OpenApiDocument, Problem } from "./openapi-document.ts";

export type Severity = "error" | "warning";

/** A place where a document breaks a rule. */
export type Finding = Omit<Problem, "rule">;

/** One thing that must hold for a document, checked without an account. */
export interface Rule {
  id: string;
  /** An error keeps a document from being deployed; where nothing is said, it is one. */
  severity?: Severity;
  /** What goes wrong where the rule is broken, in one sentence. */
  why: string;
  /** Where AWS, or another source, says so. */
  link: string;
  check(document: OpenApiDocument): Finding[];
  /** Mends what it finds, where that can be done in one way only; what is given stays as it is. */
  fix?(document: OpenApiDocument): OpenApiDocument;
}
