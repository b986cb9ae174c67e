import type { StateResource } from "../deployment.ts";
import type { PolicyRule } from "./rule.ts";
import { hasAlarm, known, list, parseJson, sameMembers } from "./state.ts";
import { allowed, statementsOf } from "./statements.ts";

const api = { resource: "aws_api_gateway_rest_api" } as const;

export const restApiRules: readonly PolicyRule[] = [
  {
    id: "PIA-API-PRIVATE",
    sources: [],
    ...api,
    sentence: "The API is private.",
    holds: ({ values }) => sameMembers(list(values["endpoint_configuration"]?.[0]?.types), ["PRIVATE"]),
  },
  {
    id: "PIA-API-ENDPOINTS",
    sources: [],
    ...api,
    sentence: "The API is associated with the stack's endpoints, and with no others.",
    holds: ({ values }, state) => {
      const ids = known(state, "aws_vpc_endpoint").map((endpoint) => endpoint.values["id"]);
      return endpointsOf(values).length > 0 && endpointsOf(values).every((id) => ids.includes(id));
    },
  },
  {
    id: "PIA-API-DENY-ELSEWHERE",
    sources: ["CKV_AWS_59", "AwsSolutions-APIG4"],
    ...api,
    sentence: "The policy refuses, explicitly, every call that comes through no endpoint of the API.",
    holds: ({ values }) =>
      deniesCallsBy(values, "StringNotEquals aws:SourceVpce", (endpoints) =>
        sameMembers(endpoints, endpointsOf(values)),
      ),
  },
  {
    id: "PIA-API-DENY-OTHER-ADDRESSES",
    sources: [],
    ...api,
    sentence: "The policy refuses, explicitly, every call that comes from another address than the proxy's.",
    holds: ({ values }) => deniesCallsBy(values, "NotIpAddress aws:VpcSourceIp", isSomewhere),
  },
  {
    id: "PIA-API-ALLOW-ENDPOINTS",
    sources: [],
    ...api,
    sentence: "The policy allows calls through the API's endpoints only.",
    holds: ({ values }) =>
      allowed(values["policy"]).every(
        ({ actions, conditions }) =>
          sameMembers(actions, ["execute-api:Invoke"]) &&
          sameMembers(conditions.get("StringEquals aws:SourceVpce") ?? [], endpointsOf(values)),
      ),
  },
  {
    id: "PIA-API-POLICY-RESOURCE",
    sources: [],
    ...api,
    sentence: "The policy is about the whole API, written as *, which comes back from AWS unchanged.",
    holds: ({ values }) =>
      statementsOf(values["policy"]).every(({ resources }) => sameMembers(resources, ["*"])),
  },
  {
    id: "PIA-API-BODY-ENDPOINTS",
    sources: [],
    ...api,
    sentence: "The document names the same endpoints, so that an import does not take them away.",
    applies: hasDocument,
    holds: ({ values }) => {
      const { servers } = parseJson(values["body"]);
      const ids = list(servers).flatMap(
        (server) => server["x-amazon-apigateway-endpoint-configuration"]?.vpcEndpointIds ?? [],
      );
      return sameMembers(ids, endpointsOf(values));
    },
  },
  {
    id: "PIA-API-BINARY",
    sources: [],
    ...api,
    sentence: "The document and the API have the same binary media types.",
    applies: hasDocument,
    holds: ({ values }) => {
      const types = list<string>(parseJson(values["body"])["x-amazon-apigateway-binary-media-types"]);
      return sameMembers(types, list(values["binary_media_types"]));
    },
  },
  {
    id: "PIA-API-OVERWRITE",
    sources: [],
    ...api,
    sentence: "An import replaces what was there: a route that left the document is gone.",
    // The provider's default is overwrite, and it keeps no default in the state.
    holds: ({ values }) => (values["put_rest_api_mode"] || "overwrite") === "overwrite",
  },
  {
    id: "PIA-API-ALARM",
    sources: [],
    ...api,
    sentence: "An alarm watches its server errors.",
    holds: ({ values }, state) => hasAlarm(state, "5XXError", "ApiName", values["name"]),
  },
];

/** A statement refuses everybody by this condition alone: another one beside it would have to hold too. */
function deniesCallsBy(
  values: StateResource["values"],
  condition: string,
  isRight: (operands: readonly string[]) => boolean,
): boolean {
  return statementsOf(values["policy"]).some(
    ({ allows, principals, actions, conditions }) =>
      !allows &&
      principals.includes("*") &&
      actions.includes("execute-api:Invoke") &&
      conditions.size === 1 &&
      isRight(conditions.get(condition) ?? []),
  );
}

function isSomewhere(blocks: readonly string[]): boolean {
  return blocks.length > 0 && blocks.every((block) => Number(block.split("/")[1] ?? 32) >= 8);
}

function endpointsOf(values: StateResource["values"]): string[] {
  return list(values["endpoint_configuration"]?.[0]?.vpc_endpoint_ids);
}

function hasDocument({ values }: StateResource): boolean {
  return parseJson(values["body"]) !== undefined;
}
