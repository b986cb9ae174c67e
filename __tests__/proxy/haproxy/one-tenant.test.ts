import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Certificate } from "../../support/proxy/certificates.ts";
import { exchange, expectCaller, expectRefused } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { until } from "../../support/until.ts";

let proxy: ProxyUnderTest;
const certificates: Certificate[] = [];

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "prod",
    change: (settings) => ({ ...settings, callers: SHARED_CALLER }),
  });
  for (const name of ["one", "another one"]) certificates.push(await proxy.authority.certify(name));
  await proxy.ready([], certificates[0]);
});
afterAll(() => proxy?.stop());
beforeEach(() => proxy.forget());

const send = (client?: Certificate, method = "GET", headers: readonly string[] = []) =>
  exchange(proxy, { requestLine: `${method} ${SHARED_PATH}/p-1`, headers, ...(client && { client }) });

describe("where callers are not told apart", () => {
  it("everybody with a valid certificate is the one tenant, whatever else it says", async () => {
    for (const client of certificates) {
      for (const method of ["GET", "POST", "DELETE"]) {
        proxy.forget();
        const response = await send(client, method, ["x-caller-id: one", "X_Caller_Id: one"]);

        expectCaller(proxy, response, SHARED_CALLER);
      }
    }
  });

  it("nobody without one gets in", async () => {
    const over = await proxy.authority.certify("one", { days: -1 });

    for (const client of [undefined, over]) {
      const response = await send(client, "GET", [`x-caller-id: ${SHARED_CALLER}`]);

      expectRefused(proxy, response, "unauthorized");
    }
  });

  it("the log still says whose certificate it was", async () => {
    await exchange(proxy, { requestLine: "GET /logged", client: certificates[1] ?? expect.fail() });

    const line = await until(() => JSON.parse(proxy.logLines.find((each) => each.includes("/logged")) ?? ""));
    expect(line).toMatchObject({ callerId: SHARED_CALLER, subject: "CN=another one" });
  });
});
