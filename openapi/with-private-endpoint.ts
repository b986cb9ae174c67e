import { faultOf } from "./bind-placeholders.ts";
import type { OpenApiDocument, Problem } from "./openapi-document.ts";

/**
 * The document with the ids of the VPC endpoints of its private API: without them, an import in overwrite mode
 * takes the endpoints and their DNS records away. In OpenAPI 3.0 the extension belongs to the server object:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html
 */
export function withPrivateEndpoint(
  document: OpenApiDocument,
  { vpcEndpointIds }: { vpcEndpointIds: readonly string[] },
): OpenApiDocument {
  const configuration = { vpcEndpointIds: [...new Set(vpcEndpointIds)] };
  return {
    ...document,
    servers: [{ url: "/", "x-amazon-apigateway-endpoint-configuration": configuration }],
  };
}

/** What is wrong with the endpoint ids of a private API. */
export function endpointProblems(vpcEndpointIds: readonly string[]): Problem[] {
  const rule = "vpc-endpoint-ids";
  if (vpcEndpointIds.length === 0) {
    return [
      {
        rule,
        pointer: "",
        message: "there is no VPC endpoint id; a private API cannot be reached without one",
      },
    ];
  }
  return vpcEndpointIds.flatMap((id) => {
    // A cdktf list token stands for a whole list and is resolved only as one, never inside a text.
    const fault = id.startsWith("#{TfToken[") ? "is a list token; pass each id separately" : faultOf(id);
    return fault === undefined ? [] : [{ rule, pointer: "", message: `a VPC endpoint id ${fault}` }];
  });
}
