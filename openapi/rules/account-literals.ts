import { describeLiteral, type LeftOver, leftOverLiterals } from "../aws-literals/left-over.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { integratedOperations } from "../operations.ts";
import { publicAddressIn } from "../public-address.ts";
import type { Finding, Rule } from "../rule.ts";

export const accountLiteral: Rule = {
  id: "account-literal",
  why: "If a document names an account, or something that exists in one account only, it fails or does the wrong thing in every other account.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-export-api.html",
  check: (document) => told(document, ({ use, literal }) => use === "read" && !literal.isRegion),
};

export const regionLiteral: Rule = {
  id: "region-literal",
  why: "A literal region or partition is wrong in every other one. Use {{region}} and {{partition}}.",
  link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
  check: (document) => told(document, ({ use, literal }) => use === "read" && literal.isRegion === true),
};

export const describedLiteral: Rule = {
  id: "described-literal",
  severity: "warning",
  why: "A description or example that names one account or region is wrong in every other one.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-documenting-api.html",
  check: (document) => told(document, ({ use }) => use === "described"),
};

function told(document: OpenApiDocument, isMeant: (found: LeftOver) => boolean): Finding[] {
  return leftOverLiterals(document)
    .filter(isMeant)
    .map(({ pointer, literal }) => ({ pointer, message: describeLiteral(literal) }));
}

export const connectionLiteral: Rule = {
  id: "connection-literal",
  why: "The id of a VPC link exists in one account and region only. Use a placeholder or a stage variable.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, value } }): Finding[] => {
      const id = value["connectionId"];
      if (id === undefined || /^(?:\{\{[^{}]+\}\}|(?:\$\{stageVariables\.\w+\})+)$/.test(String(id)))
        return [];
      const message = `"${id}" is not a placeholder; write {{vpcLink.name}} or a stage variable`;
      return [{ pointer: `${pointer}/connectionId`, message }];
    }),
};

export const hostAddress: Rule = {
  id: "host-address",
  severity: "warning",
  why: "A public IP address can be given to another customer later, and then requests go there. Use a host name or a stage variable.",
  link: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, uri } }): Finding[] => {
      const address = publicAddressIn(uri);
      if (address === undefined) return [];
      const message = `"${address}" is a public IP address; write a host name, or use a stage variable`;
      return [{ pointer: `${pointer}/uri`, message }];
    }),
};
