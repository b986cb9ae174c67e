import type { OpenApiDocument, Problem } from "./openapi-document.ts";

export type Severity = "error" | "warning";

/** A place where a document breaks a rule. */
export type Finding = Omit<Problem, "rule">;

/** One thing that must hold for a document, checked without an account. */
export interface Rule {
  id: string;
  /** An error keeps a document from being deployed. It is the default. */
  severity?: Severity;
  /** What goes wrong if a document breaks the rule, in a sentence or two. */
  why: string;
  /** The page of AWS, or another source, that states it. */
  link: string;
  check(document: OpenApiDocument): Finding[];
  /** Corrects the findings that have only one correction. It does not change its argument. */
  fix?(document: OpenApiDocument): OpenApiDocument;
}
