import { isForeign } from "../account-home.ts";
import { type Arn, labelOf, parseArns, plainArn } from "./arn-forms.ts";
import {
  bucketName,
  escapeRegExp,
  onLiterals,
  placeholder,
  type ReplaceOptions,
  type Step,
  variableName,
} from "./literal.ts";

/** The text with another one in the place of each ARN for which there is one. */
export function replaceArns(text: string, replace: (arn: Arn) => string | undefined): string {
  let at = 0;
  let result = "";
  for (const arn of parseArns(text)) {
    const replacement = replace(arn);
    if (replacement === undefined) continue;
    result += text.slice(at, arn.start) + replacement;
    at = arn.end;
  }
  return result + text.slice(at);
}

/** The document's own functions, roles, queues … A name that a variable is a part of is kept. */
export const ownArn: Step = (text, _, options) =>
  /arn(?::|%3A)/i.test(text)
    ? onLiterals(text, (literal) =>
        replaceArns(literal, (arn) => (isForeign(arn, options.home) ? undefined : writeOwn(arn, options))),
      )
    : text;

function writeOwn(arn: Arn, options: ReplaceOptions): string | undefined {
  const { form, name, service, region, colon, resource, isVariable } = arn;
  const placed = region === "" ? "" : "{{region}}";
  const head = ["arn", "{{partition}}", service, placed, "{{account}}"].join(colon);
  // Behind a resource that is a variable as a whole nothing is read.
  if (isVariable) return head + resource;
  if (form === undefined || name === undefined) return undefined;
  const before = resource.slice(0, resource.length - name.length);
  if (!form.isWhole) return head + before + placeholder(options, form.kind, name);
  const whole = placeholder(options, form.kind, plainArn(arn), labelOf(arn));
  // A whole ARN would bring its colons into a query.
  return colon === ":" ? whole : head + before + whole.replace("}}", ".name}}");
}

/** Of other forms: a bucket's ARN, the caller's own credentials, API Gateway itself. */
export const otherArn: Step = (text, _, options) => {
  if (!text.includes("arn:")) return text;
  const { partition = "", region = "" } = options.home;
  const [p, r] = [partition, region].map(escapeRegExp);
  return onLiterals(text, (literal) =>
    literal
      .replace(new RegExp(`arn:${p}:s3:::(?=${variableName})`, "g"), () => "arn:{{partition}}:s3:::")
      .replace(
        new RegExp(`arn:${p}:s3:::(${bucketName})`, "g"),
        (_arn, name) => `arn:{{partition}}:s3:::${placeholder(options, "bucket", name)}`,
      )
      .replace(new RegExp(`arn:${p}:iam::\\*:user/\\*`, "g"), () => "arn:{{partition}}:iam::*:user/*")
      .replace(
        new RegExp(`arn:${p}:apigateway:${r}:`, "g"),
        () => "arn:{{partition}}:apigateway:{{region}}:",
      ),
  );
};
