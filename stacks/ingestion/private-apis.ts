import { Fn } from "cdktf";
import { Construct } from "constructs";
import { isAtOrBelow } from "../../contract/paths.ts";
import type { ResourceNames } from "../../contract/resource-names.ts";
import { throwProblems } from "../../contract/user-error.ts";
import { pathsOf, SMALL_API } from "../../domain/names.ts";
import { adviseBinding, type StackPart } from "../../env/api-fields.ts";
import type { Environment, EnvironmentApi } from "../../env/schema.ts";
import { idlePrefixes, unreachablePaths } from "../../openapi/api-routes.ts";
import { functionUses } from "../../openapi/function-uses.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { privateApiPolicy } from "../../openapi/private-api-policy.ts";
import { renderBody } from "../../openapi/render-body.ts";
import { roleNeeds } from "../../openapi/role-needs.ts";
import { stageVariableUses } from "../../openapi/stage-variables.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import type { EnvironmentVariables } from "../variables/environment-variables.ts";
import { type BoundRolePolicies, boundRolePolicies } from "./bound-role-policies.ts";
import { externalResourcePolicies } from "./external-permissions.ts";
import { invocationsOf } from "./invocations.ts";
import { placeholderValues, type StackPartValue } from "./placeholder-values.ts";
import { PrivateRestApi } from "./private-rest-api.ts";

const LONGEST_ENDPOINT_ID = "vpce-0123456789abcdef0";

export interface PrivateApisProps {
  /** The environment's name, for messages. */
  readonly environmentName: string;
  readonly apis: readonly EnvironmentApi[];
  readonly documents: Readonly<Record<string, OpenApiDocument>>;
  readonly variables: EnvironmentVariables;
  readonly names: ResourceNames;
  readonly account: AwsAccount;
  readonly vpcEndpointId: string;
  /** Where the proxy calls from, as the environment says it. */
  readonly proxyAddresses: Environment["proxy"]["addresses"];
  /** What of the stack a document's placeholders can be bound to. */
  readonly stackParts: Readonly<Record<StackPart, StackPartValue>>;
  readonly failOnWarnings: boolean;
  readonly keyArn: string | undefined;
}

/** Every API that the environment lists, each from its document. */
export class PrivateApis extends Construct {
  readonly byName: Readonly<Record<string, PrivateRestApi>>;
  readonly #roles: BoundRolePolicies[] = [];
  readonly #externalPolicies: Record<string, string> = {};

  /** @throws UserError with the problems of every document and its bindings at once */
  constructor(scope: Construct, id: string, props: PrivateApisProps) {
    super(scope, id);
    const problems: string[] = [];
    const created = props.apis.flatMap((api) => {
      const document = props.documents[api.document];
      if (!document) {
        const known = Object.keys(props.documents).join(", ");
        problems.push(
          `env/${props.environmentName}.ts, API "${api.name}": there is no document specs/${api.document}. Known: ${known}.`,
        );
        return [];
      }
      problems.push(
        ...[...pathProblems(api, document, props.apis), ...stageVariableProblems(api, document)].map(
          (problem) =>
            `env/${props.environmentName}.ts, API "${api.name}" of specs/${api.document}: ${problem}`,
        ),
      );
      try {
        return [[api.name, this.#create(api, document, props)] as const];
      } catch (error) {
        if (!(error instanceof OpenApiError)) {
          throw error;
        }
        problems.push(
          `env/${props.environmentName}.ts, API "${api.name}" of specs/${api.document}: ${error.message}`,
        );
        return [];
      }
    });
    throwProblems(problems);
    this.byName = Object.fromEntries(created);
  }

  get executionArns(): string[] {
    return Object.values(this.byName).map((api) => api.executionArn);
  }

  /** What existing roles need that are bound to documents, as JSON, and in words where that can't be told. */
  get boundRoles(): BoundRolePolicies {
    return {
      policies: Object.fromEntries(this.#roles.flatMap(({ policies }) => Object.entries(policies))),
      undetermined: Object.fromEntries(
        this.#roles.flatMap(({ undetermined }) => Object.entries(undetermined)),
      ),
    };
  }

  /** What owners of things in other accounts have to allow there, as JSON. */
  get externalPermissions(): Record<string, string> {
    const ofFunctions = Object.values(this.byName).map(({ externalPermissions }) => externalPermissions);
    return Object.assign({}, this.#externalPolicies, ...ofFunctions);
  }

  #create(api: EnvironmentApi, document: OpenApiDocument, props: PrivateApisProps): PrivateRestApi {
    const { account, variables, vpcEndpointId, stackParts } = props;
    const referenced = variables.apis.find(({ name }) => name === api.name);
    if (referenced === undefined) throw new Error(`no variables are declared for the API ${api.name}`);
    const { bindings, stageVariables = {} } = referenced;
    const values = {
      account: account.id,
      region: account.region,
      partition: account.partition,
      ...placeholderValues(this, {
        ...{ apiName: api.name, stated: api.bindings, bindings, document, account, stackParts },
      }),
    };
    const { body, binaryMediaTypes } = renderBody({
      document,
      values,
      vpcEndpointIds: [vpcEndpointId],
      advise: adviseBinding,
    });
    const needs = roleNeeds(document);
    this.#roles.push(
      boundRolePolicies({ api, needs, values, stageVariables, account, keyArn: props.keyArn }),
    );
    Object.assign(this.#externalPolicies, externalResourcePolicies({ api, needs, values, stageVariables }));
    // Of the values themselves: a reference has another length.
    privateApiPolicy({ vpcEndpointIds: [LONGEST_ENDPOINT_ID], proxyAddresses: props.proxyAddresses });
    return new PrivateRestApi(this, api.name, {
      name: props.names.api(api.name),
      paths: pathsOf(api),
      body,
      // Terraform writes it: a list that is a variable has no place in a text.
      policy: Fn.jsonencode(
        privateApiPolicy({
          vpcEndpointIds: [vpcEndpointId],
          proxyAddresses: variables.proxy.addresses,
        }),
      ),
      binaryMediaTypes,
      vpcEndpointId,
      failOnWarnings: props.failOnWarnings,
      stageName: referenced.stage,
      stageVariables: referenced.stageVariables,
      throttling: referenced.throttling,
      invocations: invocationsOf(functionUses(document), { bindings, values, stageVariables }),
      logRetentionDays: variables.retention.logDays,
      keyArn: props.keyArn,
    });
  }
}

/** Between the paths that the environment gives an API and those of its document. */
function pathProblems(
  api: EnvironmentApi,
  document: OpenApiDocument,
  all: readonly EnvironmentApi[],
): string[] {
  const paths = pathsOf(api);
  const idle = idlePrefixes(document, paths).map(
    (path) =>
      `the document has no path at or below ${path}: remove ${path} from paths of the API, or correct the document`,
  );
  if (api.name !== SMALL_API) {
    const unreachable = unreachablePaths(document, paths).map((path) =>
      path === "/"
        ? "the proxy sends no requests to the document's path /: remove the path from the document"
        : `the document's path ${path} is not at or below ${paths.join(", ")}, so the proxy sends it no requests. Add the path to paths of the API, or remove it from the document`,
    );
    return [...idle, ...unreachable];
  }
  // It gets whatever no other API has paths for.
  const lost = Object.keys(document.paths).flatMap((path) =>
    all
      .filter(({ name }) => name !== SMALL_API)
      .flatMap((other) => pathsOf(other))
      .filter((taken) => !paths.includes(taken) && isAtOrBelow(path, taken))
      .map(
        (taken) =>
          `the document's path ${path} gets no requests, because ${taken} belongs to another API: rename the path, or change the paths of that API`,
      ),
  );
  return [...idle, ...lost];
}

function stageVariableProblems({ stageVariables = {} }: EnvironmentApi, document: OpenApiDocument): string[] {
  return stageVariableUses(document)
    .filter(({ name, required }) => required && !Object.hasOwn(stageVariables, name))
    .map(
      ({ name }) => `the document needs the stage variable "${name}": set it in stageVariables of the API`,
    );
}
