import type { OpenApiDocument, Problem } from "./openapi-document.ts";
import type { Rule, Severity } from "./rule.ts";
import {
  accountLiteral,
  connectionLiteral,
  describedLiteral,
  hostAddress,
  regionLiteral,
} from "./rules/account-literals.ts";
import { authorizerForm, authorizerIdentity, authorizerTtl } from "./rules/authorizers.ts";
import { responseTemplateText, templateOnBinary } from "./rules/binary-payload.ts";
import { placeholderForm, stackPart, swaggerPart } from "./rules/canonical-form.ts";
import {
  mappingExpression,
  undeclaredParameter,
  undeclaredPathParameter,
  unmappedUriParameter,
} from "./rules/declared-parameters.ts";
import { undeclaredResponseHeader, undeclaredStatus } from "./rules/declared-responses.ts";
import { endpointAccessMode, securityPolicy, strictAccess } from "./rules/endpoint-security.ts";
import { gatewayResponseType } from "./rules/gateway-responses.ts";
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
import {
  cacheKeyParameter,
  integrationSetting,
  integrationTimeout,
  lambdaMethod,
  streamProxy,
  timeoutQuota,
  vpcLinkConnection,
} from "./rules/integration-settings.ts";
import {
  modelKeyword,
  modelName,
  modelNull,
  modelOneOf,
  responseModel,
  unresolvedRef,
} from "./rules/models.ts";
import { parameterName } from "./rules/parameter-names.ts";
import { pathItemKey, pathSegment, siblingParameter } from "./rules/paths.ts";
import { droppedChecksum, droppedHeader, refusedHeader } from "./rules/request-headers.ts";
import {
  invalidPattern,
  overlappingPatterns,
  overwrittenStatus,
  uncoveredStatus,
} from "./rules/response-selection.ts";
import {
  s3AclHeader,
  s3AnyMethod,
  s3Bucket,
  s3BucketOwner,
  s3CopySource,
  s3Credentials,
  s3Post,
} from "./rules/s3-requests.ts";
import { s3ErrorAsSuccess, s3UncoveredStatus } from "./rules/s3-responses.ts";
import {
  identityForwarding,
  oneAuthorizer,
  rootSecurity,
  securityScheme,
  undeclaredScheme,
} from "./rules/security.ts";
import { stageVariable } from "./rules/stage-variables.ts";
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
  parameterName,
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
  s3AnyMethod,
  s3UncoveredStatus,
  s3BucketOwner,
  droppedChecksum,
  droppedHeader,
  refusedHeader,
  missingIntegration,
  integrationForm,
  integrationUri,
  proxyService,
  passthroughNever,
  integrationSetting,
  integrationTimeout,
  timeoutQuota,
  lambdaMethod,
  streamProxy,
  vpcLinkConnection,
  cacheKeyParameter,
  undeclaredScheme,
  securityScheme,
  rootSecurity,
  oneAuthorizer,
  identityForwarding,
  authorizerForm,
  authorizerIdentity,
  authorizerTtl,
  gatewayResponseType,
  securityPolicy,
  endpointAccessMode,
  strictAccess,
  stageVariable,
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
  modelOneOf,
  modelNull,
  responseModel,
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

/** The document with every finding corrected that has only one correction. */
export function fixDocument(document: OpenApiDocument): OpenApiDocument {
  return rules.reduce((before, { fix }) => fix?.(before) ?? before, document);
}
