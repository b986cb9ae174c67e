import { functionsIn } from "./function-uses.ts";
import { type JsonObject, stringAt } from "./json.ts";
import { walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";
import { type IntegratedOperation, type Integration, integratedOperations } from "./operations.ts";
import { patternsOf, selectedStatuses } from "./response-selection.ts";
import { parseServiceUri, type ServiceUri } from "./service-uri.ts";

/** The permissions that a role needs for the calls that API Gateway makes with it, as the document defines them. */
export interface RoleNeeds {
  /** `role.<name>`, or the ARN of a role that stage variables name. */
  readonly placeholder: string;
  readonly permissions: readonly Permission[];
  /** Other calls, in words: the document does not determine their permissions. */
  readonly undetermined: readonly string[];
}

export interface Permission {
  /** Of IAM, such as `s3:PutObject`. */
  readonly action: string;
  /** An ARN with placeholders, in which stage variables may stand. */
  readonly resource: string;
}

type Needs = Omit<RoleNeeds, "placeholder">;

/** The needs of each role that a document names as its credentials. */
export function roleNeeds(document: OpenApiDocument): RoleNeeds[] {
  const found = [...integrationNeeds(document), ...authorizerNeeds(document)];
  return [...new Set(found.map(({ placeholder }) => placeholder))].map((placeholder) => {
    const own = found.filter((each) => each.placeholder === placeholder);
    return {
      placeholder,
      permissions: withoutRepetition(own.flatMap(({ permissions }) => permissions)),
      undetermined: own.flatMap(({ undetermined }) => undetermined),
    };
  });
}

/** Several operations may need the same. */
function withoutRepetition(permissions: readonly Permission[]): Permission[] {
  return [...new Map(permissions.map((each) => [`${each.action} ${each.resource}`, each])).values()];
}

function integrationNeeds(document: OpenApiDocument): RoleNeeds[] {
  return integratedOperations(document).flatMap((operation) => {
    const placeholder = roleOf(operation.integration.value, "credentials");
    return placeholder === undefined ? [] : [{ placeholder, ...needsOf(operation) }];
  });
}

function authorizerNeeds(document: OpenApiDocument): RoleNeeds[] {
  return [...walk(document)].flatMap(({ segments, value }) => {
    if (segments.at(-1) !== "x-amazon-apigateway-authorizer" || typeof value !== "object") return [];
    if (value === null || Array.isArray(value)) return [];
    const placeholder = roleOf(value, "authorizerCredentials");
    const uri = stringAt(value, "authorizerUri") ?? "";
    return placeholder === undefined
      ? []
      : [{ placeholder, ...(invocation(uri) ?? undetermined(`an authorizer calls ${uri}`)) }];
  });
}

const namedByStage =
  /^arn:\{\{partition\}\}:iam::\{\{account\}\}:role\/(?=.*\$\{)(?:[\w+=,.@/-]|\$\{stageVariables\.[A-Za-z0-9_]+\})+$/;

function roleOf(owner: JsonObject, key: string): string | undefined {
  const text = stringAt(owner, key) ?? "";
  return /^\{\{(role\.[A-Za-z0-9]+)(?:\.arn)?\}\}$/.exec(text)?.[1] ?? namedByStage.exec(text)?.[0];
}

function needsOf({ method, path, integration }: IntegratedOperation): Needs {
  const uri = parseServiceUri(integration.uri);
  const needs =
    uri?.service === "lambda"
      ? invocation(integration.uri)
      : uri?.service === "s3"
        ? objectAccess(uri, integration)
        : uri && serviceCall(uri, integration);
  const operation = `${method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase()} ${path}`;
  if (needs === undefined) return undetermined(`${operation} calls ${integration.uri}`);
  return { ...needs, undetermined: needs.undetermined.map((what) => `${operation} ${what}`) };
}

function undetermined(what: string): Needs {
  return { permissions: [], undetermined: [what] };
}

function allowed(...permissions: Permission[]): Needs {
  return { permissions, undetermined: [] };
}

/** A stage may choose the version or alias, so that all of the function's are needed. */
function invocation(uri: string): Needs | undefined {
  const [found] = functionsIn(uri);
  if (found === undefined || !uri.includes("/invocations")) return undefined;
  const { functionText, qualifierText } = found;
  const home = "arn:{{partition}}:lambda:{{region}}:{{account}}:function:";
  const isBound = functionText.startsWith("{{");
  // A stage variable alone may hold more than a name.
  if (!isBound && !uri.includes(home)) return undefined;
  const behind = qualifierText === undefined ? "" : qualifierText.includes("${") ? ":*" : `:${qualifierText}`;
  const resource = `${isBound ? "" : home}${functionText}${behind}`;
  return allowed({ action: "lambda:InvokeFunction", resource });
}

const objectActions: Readonly<Record<string, string>> = {
  DELETE: "s3:DeleteObject",
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
};
/** With these a request does, or needs, more than its method says. */
const specialHeader = /^x-amz-(acl|copy-source|grant|object-lock|server-side-encryption-aws|tagging)/i;
const plainQuery =
  /^(response-.*|prefix|delimiter|list-type|max-keys|marker|continuation-token|start-after|encoding-type)$/i;

function objectAccess({ host, kind, rest }: ServiceUri, integration: Integration): Needs | undefined {
  const [, bucket, key = ""] =
    /^(\{\{bucket\.[A-Za-z0-9]+(?:\.name)?\}\})(?:\/(.*))?$/.exec(host === "" ? rest : `${host}/${rest}`) ??
    [];
  if (kind !== "path" || bucket === undefined || key.includes("?")) return undefined;
  const mapped = integration.requestParameters.map(
    ({ name }) =>
      /^integration\.request\.(?<place>header|querystring)\.(?<name>.+)$/.exec(name)?.groups ?? {},
  );
  const isPlain = mapped.every(({ place, name = "" }) => place !== "querystring" || plainQuery.test(name));
  const method = String(integration.value["httpMethod"] ?? "").toUpperCase();
  const bucketArn = `arn:{{partition}}:s3:::${bucket}`;
  const list = { action: "s3:ListBucket", resource: bucketArn };
  if (!isPlain) return undefined;
  if (key === "") return method === "GET" || method === "HEAD" ? allowed(list) : undefined;
  const action = objectActions[method];
  if (action === undefined) return undefined;
  const special = mapped.filter(({ place, name = "" }) => place === "header" && specialHeader.test(name));
  return {
    permissions: [
      { action, resource: `${bucketArn}/${keyPattern(key)}` },
      // Without it S3 says 403 for what is not there.
      ...(action === "s3:GetObject" && tellsMissing(integration) ? [list] : []),
    ],
    undetermined: special.map(({ name }) => `sends S3 the header ${name}`),
  };
}

/** What is fixed at the beginning of a key, and anything behind it. */
function keyPattern(key: string): string {
  const fixed = /^[^{$%*?]*/.exec(key)?.[0] ?? "";
  return fixed === key ? key : `${fixed}*`;
}

/** Whether the document answers 404 of S3 in another way than 403. */
function tellsMissing({ responses }: Integration): boolean {
  const chosen = (status: number) =>
    patternsOf(responses).find(({ pattern }) => selectedStatuses(pattern)?.includes(status));
  return chosen(404) !== chosen(403);
}

/** Services whose calls name what they act on by a placeholder, with the calls whose permission has the same name. */
const services: Readonly<
  Record<string, { readonly kind: string; readonly before: string; readonly actions: readonly string[] }>
> = {
  dynamodb: {
    kind: "table",
    before: "table/",
    actions: ["GetItem", "PutItem", "UpdateItem", "DeleteItem"],
  },
  events: { kind: "eventBus", before: "event-bus/", actions: ["PutEvents"] },
  firehose: {
    kind: "deliveryStream",
    before: "deliverystream/",
    actions: ["PutRecord", "PutRecordBatch"],
  },
  kinesis: { kind: "stream", before: "stream/", actions: ["PutRecord", "PutRecords"] },
  sns: { kind: "topic", before: "", actions: ["Publish"] },
  sqs: { kind: "queue", before: "", actions: ["SendMessage"] },
  states: {
    kind: "stateMachine",
    before: "stateMachine:",
    actions: ["StartExecution", "StartSyncExecution"],
  },
};

function serviceCall(uri: ServiceUri, integration: Integration): Needs | undefined {
  const service = services[uri.service];
  const text = JSON.stringify(integration.value);
  const call =
    uri.kind === "action"
      ? /^[A-Za-z]+/.exec(uri.rest)?.[0]
      : /\bAction(?:=|":")'?([A-Za-z]+)/.exec(text)?.[1];
  if (service === undefined || call === undefined || !service.actions.includes(call)) return undefined;
  const named = text.matchAll(new RegExp(`\\{\\{(${service.kind}\\.[A-Za-z0-9]+)(\\.[a-z]+)?\\}\\}`, "g"));
  const resources = [...named].map(([name, binding, part]) =>
    // Where parts are named, it may be another account's.
    part === undefined
      ? `arn:{{partition}}:${uri.service}:{{region}}:{{account}}:${service.before}${name}`
      : `{{${binding}.arn}}`,
  );
  if (resources.length === 0) return undefined;
  const action = `${uri.service}:${call}`;
  return allowed(...[...new Set(resources)].map((resource) => ({ action, resource })));
}
