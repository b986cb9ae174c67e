import {
  type BindingAdvice,
  bindingProblems,
  bindPlaceholders,
  type PlaceholderValues,
} from "./bind-placeholders.ts";
import { lintDocument } from "./lint-document.ts";
import type { OpenApiDocument, Problem } from "./openapi-document.ts";
import { OpenApiError } from "./openapi-error.ts";
import { binaryMediaTypesOf } from "./operations.ts";
import { endpointProblems, withPrivateEndpoint } from "./with-private-endpoint.ts";

export interface RenderBodyOptions {
  /** A canonical document, as it lies in `specs/`. */
  document: OpenApiDocument;
  /** A value for each placeholder: literals, tokens or Terraform expressions. */
  values: PlaceholderValues;
  vpcEndpointIds: readonly string[];
  advise?: BindingAdvice;
}

export interface RenderedBody {
  /** Value of `aws_api_gateway_rest_api.body`: JSON, escaped for Terraform. */
  body: string;
  /** Value of `binary_media_types`, equal to what the body says. */
  binaryMediaTypes: string[];
}

/**
 * What Terraform imports for a private API.
 * @throws OpenApiError with all problems of the document and of the values at once
 */
export function renderBody({ document, values, vpcEndpointIds, advise }: RenderBodyOptions): RenderedBody {
  const problems = distinct([
    ...errorsOf(document),
    ...bindingProblems(document, values, advise),
    ...endpointProblems(vpcEndpointIds),
  ]);
  if (problems.length > 0) throw new OpenApiError("the document cannot be deployed", problems);

  const bound = withPrivateEndpoint(bindPlaceholders(document, values), { vpcEndpointIds });
  return {
    body: JSON.stringify(bound),
    binaryMediaTypes: binaryMediaTypesOf(document),
  };
}

function errorsOf(document: OpenApiDocument): Problem[] {
  return lintDocument(document).flatMap(({ severity, ...problem }) =>
    severity === "error" ? [problem] : [],
  );
}

function distinct(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
