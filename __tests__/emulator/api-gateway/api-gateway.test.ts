import { describe, expect, it } from "vitest";
import { createApiGateway } from "../../../emulator/api-gateway/api-gateway.ts";
import { anApi, stores } from "../../support/api-gateway.ts";

describe(createApiGateway, () => {
  it("gives each request an extended id that its sender cannot choose, and a request id that it can", async () => {
    const { send, answers } = anApi({ paths: { "/a": { put: stores("a") } } });

    await send("PUT", "/a", {
      headers: [
        ["x-amzn-RequestId", "mine"],
        ["x-amz-apigw-id", "mine"],
      ],
    });

    expect(answers[0]?.requestId).toBe("mine");
    expect(answers[0]?.extendedRequestId).toMatch(/^[A-Za-z0-9+/]{15}=$/);
  });
});
