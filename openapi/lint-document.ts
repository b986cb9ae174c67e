import type { OpenApiDocument, Problem } from "./openapi-document.ts";
import type { Rule, Severity } from "./rule.ts";
import {
  accountLiteral,
  connectionLiteral,
  describedLiteral,
  hostAddress,
  regionLiteral,
} from "./rules/account-literals.ts";
import { responseTemplateText, templateOnBinary } from "./rules/binary-payload.ts";
import { placeholderForm, stackPart, swaggerPart } from "./rules/canonical-form.ts";
import {
  mappingExpression,
  undeclaredParameter,
  undeclaredPathParameter,
  unmappedUriParameter,
} from "./rules/declared-parameters.ts";
import { undeclaredResponseHeader, undeclaredStatus } from "./rules/declared-responses.ts";
import {
  bodyValidator,
  ignoredFeature,
  reservedPath,
  responseReference,
  templateSize,
  unknownValidator,
} from "./rules/import-limits.ts";
import {
  integrationForm,
  integrationUri,
  missingIntegration,
  passthroughNever,
  proxyService,
} from "./rules/integration.ts";
import { modelKeyword, modelName, unresolvedRef } from "./rules/models.ts";
import { pathItemKey, pathSegment, siblingParameter } from "./rules/paths.ts";
import { droppedHeader, refusedHeader } from "./rules/request-headers.ts";
import {
  invalidPattern,
  overlappingPatterns,
  overwrittenStatus,
  uncoveredStatus,
} from "./rules/response-selection.ts";
import {
  s3AclHeader,
  s3Bucket,
  s3BucketOwner,
  s3CopySource,
  s3Credentials,
  s3Post,
} from "./rules/s3-requests.ts";
import { s3ErrorAsSuccess, s3UncoveredStatus } from "./rules/s3-responses.ts";
import { velocityHyphen } from "./rules/templates.ts";

export const rules: readonly Rule[] = [
  placeholderForm,
  stackPart,
  swaggerPart,
  accountLiteral,
  connectionLiteral,
  regionLiteral,
  describedLiteral,
  hostAddress,
  pathItemKey,
  pathSegment,
  siblingParameter,
  mappingExpression,
  undeclaredParameter,
  undeclaredPathParameter,
  unmappedUriParameter,
  undeclaredResponseHeader,
  undeclaredStatus,
  invalidPattern,
  overlappingPatterns,
  overwrittenStatus,
  uncoveredStatus,
  s3AclHeader,
  s3Bucket,
  s3CopySource,
  s3Credentials,
  s3ErrorAsSuccess,
  s3Post,
  s3UncoveredStatus,
  s3BucketOwner,
  droppedHeader,
  refusedHeader,
  missingIntegration,
  integrationForm,
  integrationUri,
  proxyService,
  passthroughNever,
  responseTemplateText,
  templateOnBinary,
  templateSize,
  velocityHyphen,
  bodyValidator,
  unknownValidator,
  ignoredFeature,
  reservedPath,
  responseReference,
  modelKeyword,
  modelName,
  unresolvedRef,
];

/** A problem, and whether it keeps the document from being deployed. */
export interface LintProblem extends Problem {
  severity: Severity;
}

/** Every environment renders the same documents, and a parsed document does not change. */
const linted = new WeakMap<OpenApiDocument, LintProblem[]>();

/** All problems of a canonical document, in the order of the rules. */
export function lintDocument(document: OpenApiDocument): LintProblem[] {
  const known = linted.get(document);
  if (known) return known;

  const problems = rules.flatMap(({ id, severity = "error", check }) =>
    check(document).map((finding) => ({ rule: id, severity, ...finding })),
  );
  linted.set(document, problems);
  return problems;
}
