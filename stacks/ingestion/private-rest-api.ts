import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment/index.js";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings/index.js";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api/index.js";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Fn, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { addPermissionInput } from "./external-permissions.ts";
import type { Invocation } from "./invocations.ts";

export interface PrivateRestApiProps {
  readonly name: string;
  /** What the proxy sends to it. */
  readonly paths: readonly string[];
  /** OpenAPI document with all values in place, as JSON. */
  readonly body: string;
  /** Resource policy, as JSON. */
  readonly policy: string;
  readonly binaryMediaTypes: string[];
  readonly vpcEndpointId: string;
  readonly failOnWarnings: boolean;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly throttling: { readonly rateLimit: number; readonly burstLimit: number };
  readonly invocations: readonly Invocation[];
  readonly logRetentionDays: number;
  readonly keyArn: string | undefined;
}

/** `$context` variables of the access log: no body, no query, and of what a client sets only the path and request id. */
const ACCESS_LOG_FORMAT = JSON.stringify(
  Object.fromEntries(
    [
      "requestId",
      "extendedRequestId",
      "requestTimeEpoch",
      "httpMethod",
      "resourcePath",
      "path",
      "status",
      "responseLength",
      "responseLatency",
      "integrationStatus",
      "integrationLatency",
      "xrayTraceId",
    ]
      .map((name) => [name, `$context.${name}`])
      .concat([
        ["responseType", "$context.error.responseType"],
        ["vpceId", "$context.identity.vpceId"],
        ["sourceIp", "$context.identity.sourceIp"],
      ]),
  ),
);

/** A private REST API imported from one OpenAPI document, with its deployment, stage, logs and permissions. */
export class PrivateRestApi extends Construct {
  readonly apiId: string;
  readonly apiName: string;
  readonly paths: readonly string[];
  readonly executionArn: string;
  readonly stageName: string;
  readonly logGroupName: string;
  /** What the owners of functions in other accounts have to allow there, as JSON by `<api>-<function>`. */
  readonly externalPermissions: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: PrivateRestApiProps) {
    super(scope, id);
    // The trigger must hash what was written, not what AWS reads back, so both come from one place.
    const body = new TerraformLocal(this, "body", props.body);
    const policy = new TerraformLocal(this, "policy", props.policy);
    const api = new ApiGatewayRestApi(this, "api", {
      name: props.name,
      body: body.asString,
      // Not in the body alone: provider versions below 6.48 never update it there.
      policy: policy.asString,
      binaryMediaTypes: props.binaryMediaTypes,
      // Removes routes that left the document; the body carries the endpoint ids so that they survive it.
      putRestApiMode: "overwrite",
      failOnWarnings: props.failOnWarnings,
      endpointConfiguration: { types: ["PRIVATE"], vpcEndpointIds: [props.vpcEndpointId] },
    });
    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: api.id,
      triggers: {
        body: Fn.sha256(body.asString),
        policy: Fn.sha256(policy.asString),
        binary_media_types: props.binaryMediaTypes.join(","),
      },
      lifecycle: { createBeforeDestroy: true },
    });
    const accessLogs = this.#logGroup("access-logs", `/aws/apigateway/${props.name}/access`, props);
    // API Gateway would create this group itself, to be kept for ever.
    const executionLogs = this.#logGroup(
      "execution-logs",
      `API-Gateway-Execution-Logs_${api.id}/${props.stageName}`,
      props,
    );
    const stage = new ApiGatewayStage(this, "stage", {
      restApiId: api.id,
      deploymentId: deployment.id,
      stageName: props.stageName,
      ...(props.stageVariables && { variables: props.stageVariables }),
      xrayTracingEnabled: true,
      accessLogSettings: { destinationArn: accessLogs.arn, format: ACCESS_LOG_FORMAT },
      dependsOn: [executionLogs],
    });
    new ApiGatewayMethodSettings(this, "settings", {
      restApiId: api.id,
      stageName: stage.stageName,
      methodPath: "*/*",
      settings: {
        metricsEnabled: true,
        loggingLevel: "ERROR",
        // A data trace would write payloads to the log.
        dataTraceEnabled: false,
        throttlingRateLimit: props.throttling.rateLimit,
        throttlingBurstLimit: props.throttling.burstLimit,
      },
    });
    this.externalPermissions = this.#permitInvocations(props, api.executionArn);
    this.apiId = api.id;
    this.apiName = api.name;
    this.paths = props.paths;
    this.executionArn = api.executionArn;
    this.stageName = props.stageName;
    this.logGroupName = accessLogs.name;
  }

  #logGroup(id: string, name: string, { logRetentionDays, keyArn }: PrivateRestApiProps) {
    return new CloudwatchLogGroup(this, id, {
      name,
      retentionInDays: logRetentionDays,
      ...(keyArn && { kmsKeyId: keyArn }),
    });
  }

  /** Returns what cannot be permitted from here. */
  #permitInvocations({ invocations, stageName }: PrivateRestApiProps, executionArn: string) {
    const external: Record<string, string> = {};
    for (const invocation of invocations) {
      const { id, functionName, qualifier, by, isExternal } = invocation;
      const sourceArn =
        by === "authorizer" ? `${executionArn}/authorizers/*` : `${executionArn}/${stageName}/*`;
      if (isExternal) {
        external[`${this.node.id}-${id}`] = addPermissionInput(invocation, this.node.id, sourceArn);
        continue;
      }
      new LambdaPermission(this, id, {
        action: "lambda:InvokeFunction",
        functionName,
        ...(qualifier !== undefined && { qualifier }),
        principal: "apigateway.amazonaws.com",
        sourceArn,
      });
    }
    return external;
  }
}
