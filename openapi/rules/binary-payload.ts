import { binaryMediaTypesOf, mappedOperations } from "../operations.ts";
import type { Rule } from "../rule.ts";

const conversions =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html";

export const templateOnBinary: Rule = {
  id: "template-on-binary",
  why: "A request template that meets a binary body fails the call with 500.",
  link: conversions,
  check: (document) => {
    const binary = binaryMediaTypesOf(document);
    return mappedOperations(document)
      .filter(({ integration }) => integration.value["contentHandling"] !== "CONVERT_TO_TEXT")
      .flatMap(({ integration }) => integration.requestTemplates)
      .filter(({ name }) => binary.some((type) => covers(type, name)))
      .map(({ name, pointer }) => {
        const message = `${name} is a binary type of this API; remove the template or set contentHandling CONVERT_TO_TEXT`;
        return { pointer, message };
      });
  },
};

export const responseTemplateText: Rule = {
  id: "response-template-text",
  why: "On an API with binary types a response template meets bytes and answers 500, unless they are made text before.",
  link: conversions,
  check: (document) => {
    if (binaryMediaTypesOf(document).length === 0) return [];
    return mappedOperations(document)
      .flatMap(({ integration }) => integration.responses)
      .filter(
        ({ templates, value }) => templates.length > 0 && value["contentHandling"] !== "CONVERT_TO_TEXT",
      )
      .map(({ pointer }) => ({ pointer, message: "has a template; add contentHandling CONVERT_TO_TEXT" }));
  },
};

/** Whether an entry of the binary types stands for a media type; only `*` for a whole half is a wildcard. */
function covers(binary: string, mediaType: string): boolean {
  const [type, subtype] = mediaType.toLowerCase().split("/");
  const [binaryType, binarySubtype] = binary.toLowerCase().split("/");
  return (binaryType === "*" || binaryType === type) && (binarySubtype === "*" || binarySubtype === subtype);
}
