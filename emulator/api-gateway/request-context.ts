import { createHash, randomBytes, randomUUID } from "node:crypto";
import { type ApiRequest, headerOf } from "./messages.ts";
import { parseTarget } from "./request-target.ts";

/** Where an API is deployed. */
export interface Deployment {
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/**
 * What `$context` and `context.…` name; all but the trace is also what functions get as `requestContext`:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export type RequestContext = Created & {
  readonly identity: Created["identity"] & { readonly apiKey?: string; readonly apiKeyId?: string };
  /** What a Lambda authorizer said of the caller. */
  readonly authorizer?: AuthorizerContext;
};

type Created = ReturnType<typeof createRequestContext>;

/** The context of an authorizer's answer as text, with `principalId` and the milliseconds that the answer took. */
export interface AuthorizerContext {
  readonly [key: string]: string | number;
  readonly integrationLatency: number;
}

export function createRequestContext(deployment: Deployment, request: ApiRequest, now: Date) {
  const domainName = headerOf(request.headers, "Host") ?? "";
  return {
    accountId: deployment.accountId,
    apiId: deployment.apiId,
    deploymentId: shortId(`deployment ${deployment.apiId}`, 6),
    domainName,
    domainPrefix: domainName.split(".")[0] ?? "",
    extendedRequestId: randomBytes(11).toString("base64"),
    httpMethod: request.method,
    identity: identityOf(request),
    path: `/${deployment.stageName}${parseTarget(request.target).rawPath}`,
    protocol: "HTTP/1.1",
    // A caller can choose it; the extended id it cannot.
    requestId: headerOf(request.headers, "x-amzn-RequestId") ?? randomUUID(),
    requestTime: formatCommonLogTime(now),
    requestTimeEpoch: now.getTime(),
    resourceId: "",
    resourcePath: "",
    stage: deployment.stageName,
    xrayTraceId: createTraceId(now),
  };
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids */
function createTraceId(now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString("hex")}`;
}

/** The same id for the same name, in the form of API Gateway's own. */
export function shortId(name: string, length: number): string {
  const number = BigInt(`0x${createHash("sha256").update(name).digest("hex")}`);
  return number.toString(36).slice(0, length);
}

function identityOf({ headers, sourceIp, sourceVpcEndpoint }: ApiRequest) {
  return {
    accessKey: null,
    accountId: null,
    caller: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp,
    user: null,
    userAgent: headerOf(headers, "User-Agent") ?? null,
    userArn: null,
    ...(sourceVpcEndpoint === undefined ? {} : { vpceId: sourceVpcEndpoint }),
  };
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Like `14/May/2024:10:00:00 +0000`. */
function formatCommonLogTime(time: Date): string {
  const [date = "", clock = ""] = time.toISOString().split("T");
  const [year, , day] = date.split("-");
  return `${day}/${months[time.getUTCMonth()]}/${year}:${clock.slice(0, 8)} +0000`;
}
