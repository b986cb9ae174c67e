import { isJsonObject, type JsonObject, stringAt } from "../json.ts";
import { jsonPointer, resolvePointer } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { operationsOf } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";

/** API Gateway's own message quotes it. */
const nameForm = /^[a-zA-Z0-9:._$-]+$/;

export const parameterName: Rule = {
  id: "parameter-name",
  why: "API Gateway refuses a parameter name with other characters than letters, digits and :._$-.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html",
  check: (document) => {
    const findings = Object.keys(document.paths).flatMap((path) => {
      const owners = [
        jsonPointer("paths", path),
        ...operationsOf(document)
          .filter((each) => each.path === path)
          .map(({ pointer }) => pointer),
      ];
      return owners.flatMap((pointer) => wrongNames(document, pointer));
    });
    return [...new Map(findings.map((finding) => [finding.pointer, finding])).values()];
  },
};

function wrongNames(document: OpenApiDocument, owner: string): Finding[] {
  const declared = resolvePointer(document, `${owner}/parameters`);
  if (!Array.isArray(declared)) return [];
  return declared.flatMap((entry, index): Finding[] => {
    if (!isJsonObject(entry)) return [];
    const reference = stringAt(entry, "$ref")?.slice(1);
    const pointer = reference ?? `${owner}${jsonPointer("parameters", index)}`;
    const parameter = reference === undefined ? entry : resolvePointer(document, reference);
    return isJsonObject(parameter) ? faultOf(parameter, pointer) : [];
  });
}

function faultOf(parameter: JsonObject, pointer: string): Finding[] {
  const name = String(parameter["name"] ?? "");
  if (nameForm.test(name) || !["path", "query", "header"].includes(String(parameter["in"]))) return [];
  const message = `API Gateway refuses the name "${name}"; use only letters, digits and :._$-`;
  return [{ pointer: `${pointer}/name`, message }];
}
