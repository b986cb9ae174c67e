import { isJsonObject, objectAt, objectEntries } from "../json.ts";
import { mappedOperations } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

const responseParameters =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-responseParameters.html";

export const undeclaredStatus: Rule = {
  id: "undeclared-status",
  why: "API Gateway refuses an integration response with a status that the method does not declare.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html",
  check: (document) =>
    mappedOperations(document).flatMap(({ integration, value }) =>
      integration.responses.flatMap(({ pointer, status }): Finding[] => {
        if (!/^[1-5][0-9]{2}$/.test(status)) {
          return [{ pointer, message: `expected a statusCode from 100 to 599, got "${status}"` }];
        }
        if (isJsonObject(objectAt(value, "responses")[status])) return [];
        return [
          { pointer, message: `status ${status} is not declared; add it to the operation's responses` },
        ];
      }),
    ),
};

export const undeclaredResponseHeader: Rule = {
  id: "undeclared-response-header",
  why: "API Gateway refuses a mapping to a header that the method response does not declare.",
  link: responseParameters,
  check: (document) =>
    mappedOperations(document).flatMap(({ integration, value }) =>
      integration.responses.flatMap(({ status, parameters }) => {
        const declared = Object.keys(objectAt(objectAt(objectAt(value, "responses"), status), "headers"));
        return parameters.flatMap(({ name, pointer }): Finding[] => {
          const header = /^method\.response\.header\.(\S+)$/.exec(name)?.[1];
          if (header === undefined)
            return [
              { pointer, message: `"${name}" is not a response header; write method.response.header.<name>` },
            ];
          if (declared.includes(header)) return [];
          const others = objectEntries(value, "responses").filter(
            ([other, response]) => other !== status && Object.hasOwn(objectAt(response, "headers"), header),
          );
          const move =
            others.length === 0
              ? ""
              : `, or move the mapping to the integration response with status ${others.map(([other]) => other).join(" or ")}, which declares it`;
          return [
            {
              pointer,
              message: `the header "${header}" is not declared; add it to response ${status}${move}`,
            },
          ];
        });
      }),
    ),
};
