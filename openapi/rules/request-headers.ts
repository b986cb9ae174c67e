import { integratedOperations } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

/** A mapping that sets one of these fails each call with 500; Host is the gateway's own. */
const refused = new Set([
  "authorization",
  "connection",
  "content-length",
  "expect",
  "host",
  "proxy-authenticate",
  "te",
  "transfer-encoding",
]);

/** The gateway drops these when a request enters it, so that a mapping from one of them finds nothing. */
const dropped = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

export const refusedHeader: Rule = {
  id: "refused-header",
  why: "A mapping to a header that API Gateway keeps for itself fails every call of an AWS service with 500.",
  link: importantNotes,
  check: (document) =>
    integratedOperations(document)
      .flatMap(({ integration }) => (integration.type.startsWith("aws") ? integration.requestParameters : []))
      .flatMap(({ name, pointer }): Finding[] => {
        const header = /^integration\.request\.header\.(.+)$/.exec(name)?.[1];
        if (header === undefined || !refused.has(header.toLowerCase())) return [];
        return [{ pointer, message: `API Gateway does not let ${header} be set; remove the mapping` }];
      }),
};

export const droppedHeader: Rule = {
  id: "dropped-header",
  why: "A header that API Gateway drops at its entry never reaches the backend, so that what it protects is not checked.",
  link: importantNotes,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration }) =>
      integration.requestParameters.flatMap(({ source, pointer }): Finding[] => {
        const header = /^method\.request\.(?:multivalue)?header\.(.+)$/.exec(source)?.[1];
        if (header === undefined || !dropped.has(header.toLowerCase())) return [];
        const instead =
          header.toLowerCase() === "content-md5" ? "use x-amz-checksum-*" : "remove the mapping";
        return [{ pointer, message: `API Gateway drops ${header} from requests; ${instead}` }];
      }),
    ),
};
