import type { Backends, FunctionResult } from "../../emulator/api-gateway/messages.ts";
import { lambdaUri, proxies } from "./api-gateway.ts";

export const authorizerUri = lambdaUri.replace(":function:api/", ":function:authorizer/");
const authorizerArn = "arn:aws:lambda:eu-central-1:111111111111:function:authorizer";
export const apiArn = "arn:aws:execute-api:eu-central-1:111111111111:abcde12345/v1";

/** A security scheme with a Lambda authorizer. */
export function authorizerScheme(authorizer: Readonly<Record<string, unknown>> = {}, name = "Authorization") {
  return {
    type: "apiKey",
    name,
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": { type: "token", authorizerUri, ...authorizer },
  };
}

/** Every scheme by its name, as it stands in a document. */
export function schemes(securitySchemes: Readonly<Record<string, unknown>>) {
  return { components: { securitySchemes } };
}

/** An operation behind a function that requires these schemes. */
export function guarded(...required: readonly string[]) {
  return { ...proxies, security: required.map((name) => ({ [name]: [] })) };
}

export function policyFor(effect: "Allow" | "Deny", resource: string | readonly string[] = "*") {
  return {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resource }],
  };
}

export const allowsAll = { principalId: "caller", policyDocument: policyFor("Allow") };

/** The functions behind an API: its authorizer, which gives one answer or one for each event, and the one behind its methods. */
export function functions(answer: unknown) {
  const asked: Record<string, unknown>[] = [];
  const called: { requestContext: Record<string, unknown> }[] = [];
  const lambda: Backends["lambda"] = async (functionArn, event) => {
    if (functionArn !== authorizerArn) {
      called.push(JSON.parse(event));
      return { kind: "returned", payload: '{"statusCode":200,"body":"ok"}' };
    }
    asked.push(JSON.parse(event));
    const given = typeof answer === "function" ? answer(JSON.parse(event)) : answer;
    return isResult(given) ? given : { kind: "returned", payload: JSON.stringify(given) };
  };
  return { backends: { lambda }, asked, called };
}

function isResult(value: unknown): value is FunctionResult {
  return typeof value === "object" && value !== null && "kind" in value;
}
