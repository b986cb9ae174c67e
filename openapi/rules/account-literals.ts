import { describeLiteral, type LeftOver, leftOverLiterals } from "../aws-literals/left-over.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { integratedOperations } from "../operations.ts";
import { publicAddressIn } from "../public-address.ts";
import type { Finding, Rule } from "../rule.ts";

export const accountLiteral: Rule = {
  id: "account-literal",
  why: "A document that names an account, or what only one account has, deploys the wrong things everywhere else.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-export-api.html",
  check: (document) => told(document, ({ use, literal }) => use === "read" && !literal.isRegion),
};

export const regionLiteral: Rule = {
  id: "region-literal",
  why: "A literal region or partition is wrong in every other one; {{region}} and {{partition}} stand for them.",
  link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
  check: (document) => told(document, ({ use, literal }) => use === "read" && literal.isRegion === true),
};

export const describedLiteral: Rule = {
  id: "described-literal",
  severity: "warning",
  why: "What a description or an example says of one account or region is wrong in every other one.",
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
  why: "The id of a VPC link belongs to one account and region; a placeholder or a stage variable stands for it.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, value } }): Finding[] => {
      const id = value["connectionId"];
      if (id === undefined || /^(?:\{\{[^{}]+\}\}|(?:\$\{stageVariables\.\w+\})+)$/.test(String(id)))
        return [];
      const message = `"${id}" is no placeholder; write {{vpcLink.name}}, or a stage variable`;
      return [{ pointer: `${pointer}/connectionId`, message }];
    }),
};

export const hostAddress: Rule = {
  id: "host-address",
  severity: "warning",
  why: "A public address belongs to what one account runs, and may be another's tomorrow; a name or a stage variable can follow.",
  link: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, uri } }): Finding[] => {
      const address = publicAddressIn(uri);
      if (address === undefined) return [];
      const message = `"${address}" is a public address; write a host's name, or take it from a stage variable`;
      return [{ pointer: `${pointer}/uri`, message }];
    }),
};
