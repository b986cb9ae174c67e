import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An STS on a free loopback port that says who is asking, or refuses; it knows the account's logging role as well. */
export interface FakeSts {
  readonly endpoint: string;
  account: string;
  /** Which API Gateway is set to log with; there is no role while it is undefined. */
  loggingRoleArn: string | undefined;
  /** Code of the error to answer with. */
  refusal: string | undefined;
  stop(): Promise<void>;
}

export async function startFakeSts(): Promise<FakeSts> {
  const server = createServer(async (request, response) => {
    const asked = await text(request);
    if (request.url === "/account") {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ cloudwatchRoleArn: sts.loggingRoleArn }));
      return;
    }
    if (asked.includes("Action=GetRole&") && sts.loggingRoleArn === undefined) {
      response.writeHead(404, { "content-type": "text/xml" });
      response.end("<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>");
      return;
    }
    if (asked.includes("Action=GetRole&")) {
      response.writeHead(200, { "content-type": "text/xml" });
      response.end("<GetRoleResponse><GetRoleResult><Role/></GetRoleResult></GetRoleResponse>");
      return;
    }
    response.writeHead(sts.refusal ? 403 : 200, { "content-type": "text/xml" });
    response.end(
      sts.refusal
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>${sts.refusal}</Code><Message>Refused.</Message></Error></ErrorResponse>`
        : `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${sts.account}:user/somebody</Arn><Account>${sts.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const sts: FakeSts = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    account: "",
    loggingRoleArn: undefined,
    refusal: undefined,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
  return sts;
}
