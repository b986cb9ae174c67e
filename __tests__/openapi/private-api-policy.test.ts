import { describe, expect, it } from "vitest";
import { proxy as proxyFields } from "../../env/proxy-fields.ts";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { maxPolicyCharacters, privateApiPolicy } from "../../openapi/private-api-policy.ts";

const proxyAddresses = ["10.0.0.0/28", "10.0.1.0/28"];

describe(privateApiPolicy, () => {
  const invoke = { Principal: "*", Action: "execute-api:Invoke", Resource: "*" };
  const endpointStatements = [
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
  ];
  const vpcEndpointIds = ["vpce-1", "vpce-2"];

  it("allows the endpoints and denies everything else and every other address, on every resource", () => {
    expect(privateApiPolicy({ vpcEndpointIds, proxyAddresses })).toEqual({
      Version: "2012-10-17",
      Statement: [
        ...endpointStatements,
        {
          Sid: "DenyOtherAddresses",
          Effect: "Deny",
          ...invoke,
          Condition: { NotIpAddress: { "aws:VpcSourceIp": proxyAddresses } },
        },
      ],
    });
  });

  it("denies no address where every one may call", () => {
    expect(privateApiPolicy({ vpcEndpointIds, proxyAddresses: "any" }).Statement).toEqual(endpointStatements);
  });

  it("refuses to be without an endpoint or an address", () => {
    expect(() => privateApiPolicy({ vpcEndpointIds: [], proxyAddresses })).toThrow(OpenApiError);
    expect(() => privateApiPolicy({ vpcEndpointIds, proxyAddresses: [] })).toThrow(
      /the proxy has no addresses/,
    );
  });

  it("refuses to be longer than API Gateway takes", () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `vpce-${1e8 + index}`);
    const withEndpoints = (count: number) =>
      privateApiPolicy({ vpcEndpointIds: ids(count), proxyAddresses: "any" });

    expect(JSON.stringify(withEndpoints(200)).length).toBeLessThan(maxPolicyCharacters);
    expect(() => withEndpoints(300)).toThrow(/accepts 8192; set fewer endpoints and addresses/);
    expect(() => privateApiPolicy({ vpcEndpointIds, proxyAddresses: longestBlocks(400) })).toThrow(
      /accepts 8192; set fewer endpoints and addresses/,
    );
  });

  it("takes as many addresses as an environment may name", () => {
    const vpcEndpointIds = ["vpce-0123456789abcdef0"];
    const accepts = (addresses: string[]) => proxyFields.safeParse({ kind: "external", addresses }).success;

    expect(accepts(longestBlocks(100))).toBe(true);
    expect(accepts(longestBlocks(101))).toBe(false);
    const policy = privateApiPolicy({ vpcEndpointIds, proxyAddresses: longestBlocks(100) });
    // AWS may write each of them on a line of its own.
    expect(JSON.stringify(policy, undefined, 4).length).toBeLessThan(maxPolicyCharacters);
  });
});

/** Of 18 characters each, and no block has more. */
function longestBlocks(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `203.100.${100 + Math.floor(index / 100)}.${100 + (index % 100)}/32`,
  );
}
