import { DROPPED_HEADERS, REFUSED_HEADERS } from "../../contract/api-gateway-headers.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { integratedOperations } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

/** Host is the gateway's own besides. */
const isRefused = (header: string) =>
  REFUSED_HEADERS.has(header.toLowerCase()) || header.toLowerCase() === "host";

export const refusedHeader: Rule = {
  id: "refused-header",
  why: "If an integration of an AWS service maps a header that API Gateway reserves, every call fails with 500.",
  link: importantNotes,
  check: (document) =>
    integratedOperations(document)
      .flatMap(({ integration }) => (integration.type.startsWith("aws") ? integration.requestParameters : []))
      .flatMap(({ name, pointer }): Finding[] => {
        const header = /^integration\.request\.header\.(.+)$/.exec(name)?.[1];
        if (header === undefined || !isRefused(header)) return [];
        return [{ pointer, message: `API Gateway reserves the header ${header}; remove the mapping` }];
      }),
};

export const droppedChecksum: Rule = {
  id: "dropped-checksum",
  why: "API Gateway removes Content-MD5 from requests. The checksum is then not checked, and no error is reported.",
  link: importantNotes,
  check: (document) =>
    droppedHeaders(document)
      .filter(({ header }) => header.toLowerCase() === "content-md5")
      .map(({ header, pointer }) => {
        return { pointer, message: `API Gateway removes ${header} from requests; use x-amz-checksum-*` };
      }),
};

export const droppedHeader: Rule = {
  id: "dropped-header",
  severity: "warning",
  why: "API Gateway removes this header from requests, so a mapping from it has no effect.",
  link: importantNotes,
  check: (document) =>
    droppedHeaders(document)
      .filter(({ header }) => header.toLowerCase() !== "content-md5")
      .map(({ header, pointer }) => {
        return { pointer, message: `API Gateway removes ${header} from requests; remove the mapping` };
      }),
};

function droppedHeaders(document: OpenApiDocument): { header: string; pointer: string }[] {
  return integratedOperations(document).flatMap(({ integration }) =>
    integration.requestParameters.flatMap(({ source, pointer }) => {
      const header = /^method\.request\.(?:multivalue)?header\.(.+)$/.exec(source)?.[1];
      const isDropped = header !== undefined && DROPPED_HEADERS.has(header.toLowerCase());
      return isDropped ? [{ header, pointer }] : [];
    }),
  );
}
