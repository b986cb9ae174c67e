import { describe, expect, it } from "vitest";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { maxPolicyCharacters, privateApiPolicy } from "../../openapi/private-api-policy.ts";

describe(privateApiPolicy, () => {
  it("allows the endpoints and denies everything else, on every resource", () => {
    const invoke = { Principal: "*", Action: "execute-api:Invoke", Resource: "*" };

    expect(privateApiPolicy({ vpcEndpointIds: ["vpce-1", "vpce-2"] })).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AllowEndpoints",
          Effect: "Allow",
          ...invoke,
          Condition: { StringEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } },
        },
        {
          Sid: "DenyElsewhere",
          Effect: "Deny",
          ...invoke,
          Condition: { StringNotEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } },
        },
      ],
    });
  });

  it("refuses to be without an endpoint", () => {
    expect(() => privateApiPolicy({ vpcEndpointIds: [] })).toThrow(OpenApiError);
  });

  it("refuses to be longer than API Gateway takes", () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `vpce-${1e8 + index}`);

    expect(JSON.stringify(privateApiPolicy({ vpcEndpointIds: ids(200) })).length).toBeLessThan(
      maxPolicyCharacters,
    );
    expect(() => privateApiPolicy({ vpcEndpointIds: ids(300) })).toThrow(/takes 8192; name fewer endpoints/);
  });
});
