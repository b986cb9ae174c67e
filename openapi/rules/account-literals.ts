import { type JsonNode, walk } from "../json-pointer.ts";
import { integratedOperations } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

const literals: { what: string; pattern: RegExp; everywhere: boolean }[] = [
  { what: "an account id in an ARN", pattern: /arn:[^\s"]*?:(\d{12})(?!\d)/, everywhere: true },
  { what: "an account id", pattern: /(?<!\d)(\d{12})(?!\d)/, everywhere: false },
  {
    what: "a VPC endpoint id",
    pattern: /(?<![0-9A-Za-z])(vpce-[0-9a-f]{8,17})(?![0-9A-Za-z])/,
    everywhere: true,
  },
  {
    what: "an API's host",
    pattern:
      /(?<![0-9A-Za-z])([a-z0-9]{10}(?:-vpce-[0-9a-f]+)?\.execute-api\.[a-z0-9-]+\.(?:vpce\.)?amazonaws)/,
    everywhere: true,
  },
];

export const accountLiteral: Rule = {
  id: "account-literal",
  why: "A document that names an account, an endpoint or an API deploys the wrong things everywhere else.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-export-api.html",
  check: (document) => textsOf([...walk(document)]).flatMap(literalsIn),
};

export const regionLiteral: Rule = {
  id: "region-literal",
  why: "An ARN with a literal region or partition is wrong in every other one; {{region}} and {{partition}} stand for them.",
  link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
  check: (document) =>
    textsOf([...walk(document)]).flatMap(({ pointer, text, inExtension }) => {
      const found = inExtension
        ? /arn:(?:aws[a-z-]*:|[^:]*:[^:]*:[a-z]{2}(?:-[a-z]+)+-\d:)/.exec(text)
        : null;
      if (found === null) return [];
      const message = `"${found[0]}" names a region or partition; write arn:{{partition}}:…:{{region}}:…`;
      return [{ pointer, message }];
    }),
};

export const connectionLiteral: Rule = {
  id: "connection-literal",
  why: "The id of a VPC link belongs to one account and region.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, value } }): Finding[] => {
      const id = value["connectionId"];
      if (id === undefined || /^\{\{[^{}]+\}\}$/.test(String(id))) return [];
      const message = `"${id}" is no placeholder; write {{kind.name}} and nothing else`;
      return [{ pointer: `${pointer}/connectionId`, message }];
    }),
};

interface Text {
  pointer: string;
  text: string;
  /** Whether API Gateway acts on it: the text lies in an x-amazon extension. */
  inExtension: boolean;
}

/** The values and the keys that are texts. */
function textsOf(nodes: JsonNode[]): Text[] {
  return nodes.flatMap(({ pointer, segments, value }) => {
    const inExtension = segments.some((segment) => String(segment).startsWith("x-amazon-"));
    return [segments.at(-1), value]
      .filter((text) => typeof text === "string")
      .map((text) => ({ pointer, text, inExtension }));
  });
}

function literalsIn({ pointer, text, inExtension }: Text): Finding[] {
  const found = new Map<string, string>();
  for (const { what, pattern, everywhere } of literals) {
    const literal = everywhere || inExtension ? pattern.exec(text)?.[1] : undefined;
    if (literal !== undefined && !found.has(literal)) found.set(literal, what);
  }
  return [...found].map(([literal, what]) => {
    return { pointer, message: `${what}, "${literal}", is left over; put a {{kind.name}} placeholder there` };
  });
}
