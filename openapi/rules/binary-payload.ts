import { binaryMediaTypesOf, mappedOperations } from "../operations.ts";
import type { Rule } from "../rule.ts";

const conversions =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html";

export const templateOnBinary: Rule = {
  id: "template-on-binary",
  why: "If a request with a binary body reaches a mapping template, API Gateway answers 500.",
  link: conversions,
  check: (document) => {
    const binary = binaryMediaTypesOf(document);
    return mappedOperations(document)
      .filter(({ integration }) => integration.value["contentHandling"] !== "CONVERT_TO_TEXT")
      .flatMap(({ integration }) => integration.requestTemplates)
      .filter(({ name }) => binary.some((type) => covers(type, name)))
      .map(({ name, pointer }) => {
        const message = `${name} is a binary media type of this API; remove the template, or set contentHandling to CONVERT_TO_TEXT`;
        return { pointer, message };
      });
  },
};

export const responseTemplateText: Rule = {
  id: "response-template-text",
  why: "If a binary response reaches a mapping template, API Gateway answers 500. CONVERT_TO_TEXT prevents that.",
  link: conversions,
  check: (document) => {
    const binary = binaryMediaTypesOf(document);
    return mappedOperations(document)
      .flatMap(({ integration }) => integration.responses)
      .filter(({ value }) => value["contentHandling"] !== "CONVERT_TO_TEXT")
      .filter(({ templates }) =>
        templates.some(({ name, source }) => source !== "" && binary.some((type) => covers(type, name))),
      )
      .map(({ pointer }) => ({
        pointer,
        message:
          "this response has a template for a binary media type; set contentHandling to CONVERT_TO_TEXT",
      }));
  },
};

/** Whether an entry of the binary types stands for a media type; only `*` for a whole half is a wildcard. */
function covers(binary: string, mediaType: string): boolean {
  const [type, subtype] = mediaType.toLowerCase().split("/");
  const [binaryType, binarySubtype] = binary.toLowerCase().split("/");
  return (binaryType === "*" || binaryType === type) && (binarySubtype === "*" || binarySubtype === subtype);
}
