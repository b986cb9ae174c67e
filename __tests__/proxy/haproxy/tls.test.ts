import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderConfiguration } from "../../../proxy/render-configuration.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";

let proxy: ProxyUnderTest;
beforeAll(async () => {
  proxy = await ProxyUnderTest.start({ environment: "dev" });
});
afterAll(() => proxy?.stop());

/** The version that proxy and client agree on, of a client that takes this one and no other. */
function handshake(version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3"): Promise<string | null> {
  const { port } = proxy.settings.listener;
  const options = {
    port,
    host: "127.0.0.1",
    servername: "proxy.example.com",
    ca: proxy.authority.certificate,
  };
  // Without the last one OpenSSL itself would not try the oldest.
  const only = { minVersion: version, maxVersion: version, ciphers: "DEFAULT:@SECLEVEL=0" } as const;
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, ...only }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("TLS", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("is taken in version %s", async (version) => {
    expect(await handshake(version)).toBe(version);
  });

  it("is refused in version 1.1", async () => {
    await expect(handshake("TLSv1.1")).rejects.toThrow(/alert|protocol|EPROTO|reset/i);
  });

  it("has to be 1.2 or newer on both sides, whatever OpenSSL allows", () => {
    const text = renderConfiguration(proxy.settings);

    expect(text).toMatch(/^ {4}ssl-default-bind-options .*ssl-min-ver TLSv1\.2\b/m);
    expect(text).toMatch(/^ {4}ssl-default-server-options .*ssl-min-ver TLSv1\.2\b/m);
  });
});
