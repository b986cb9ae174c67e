import { afterEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { hash } from "../../support/proxy/edges.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { until } from "../../support/until.ts";

let proxy: ProxyUnderTest | undefined;
afterEach(() => proxy?.stop());

async function statusOf(under: ProxyUnderTest, target: string): Promise<number | undefined> {
  const connection = await under.connect();
  await connection.write(`GET ${target} HTTP/1.1\r\nHost: p\r\n\r\n`);
  const response = await connection.response();
  connection.close();
  return response?.status;
}

describe("the VPC endpoint", () => {
  it("whose certificate is for another name gets no request", async () => {
    const under = await ProxyUnderTest.start({
      environment: "dev",
      change: (settings) => ({
        ...settings,
        listener: { ...settings.listener, authentication: { kind: "none" } },
        // Without checks, only the request itself finds it out.
        healthCheckSeconds: undefined,
      }),
      smallCertificateName: "elsewhere.execute-api.eu-central-1.amazonaws.com",
    });
    proxy = under;
    // Names are asked for after the start: before, there is no endpoint to connect to.
    await until(async () => expect(await statusOf(under, `${SHARED_PATH}/p-1/documents/${hash}`)).toBe(200));
    await until(async () => {
      expect(await statusOf(under, `${SHARED_PATH}/p-1`)).toBe(503);
      expect(under.small.attempts()).toBeGreaterThan(0);
    });

    expect(await statusOf(under, `${SHARED_PATH}/p-1`)).toBe(503);
    expect(under.small.requests).toEqual([]);
  });
});
