import type { Backends } from "../../emulator/api-gateway/messages.ts";

export const TOKEN = "Bearer let-me-in";

/** Backends that answer as those of a working API would, and authorizers that let in who says the token anywhere. */
export function plausibleBackends() {
  const called: string[] = [];
  const backends: Backends = {
    async s3({ method, target }) {
      called.push(`s3 ${method} ${target}`);
      return { status: 200, headers: [["Content-Type", "text/plain"]], body: Buffer.from("stored") };
    },
    async lambda(functionArn, event) {
      const { type, methodArn } = JSON.parse(event);
      if (methodArn !== undefined && ["TOKEN", "REQUEST"].includes(type)) {
        return { kind: "returned", payload: JSON.stringify(policyFor(event, methodArn)) };
      }
      called.push(`lambda ${functionArn.split(":")[6]}`);
      return { kind: "returned", payload: JSON.stringify({ statusCode: 200, body: "called" }) };
    },
    async http({ method, url }) {
      called.push(`http ${method} ${url}`);
      return { status: 200, headers: [["Content-Type", "text/plain"]], body: Buffer.from("fetched") };
    },
  };
  return { backends, called };
}

function policyFor(event: string, Resource: string) {
  const Effect = event.includes(TOKEN) ? "Allow" : "Deny";
  return {
    principalId: "someone",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect, Action: "execute-api:Invoke", Resource }],
    },
  };
}
