import { describe, expect, it } from "vitest";
import { type ProxySettings, proxySettings } from "../../proxy/proxy-settings.ts";
import { filesBeside, renderConfiguration } from "../../proxy/render-configuration.ts";
import { renderRefusals } from "../../proxy/render-refusals.ts";
import { documents, environmentNames, loadEnvironment } from "../support/environments.ts";
import { withTokens } from "../support/proxy/token-proxy.ts";

function settingsOf(name: string): ProxySettings {
  return proxySettings(loadEnvironment(name), documents) ?? expect.fail("no HAProxy");
}

describe(renderConfiguration, () => {
  it.each(environmentNames)("gives the same for %s each time, with nothing left open", (name) => {
    const text = renderConfiguration(settingsOf(name)) + renderRefusals(settingsOf(name));

    expect(renderConfiguration(settingsOf(name)) + renderRefusals(settingsOf(name))).toBe(text);
    expect(text).not.toMatch(/undefined|\[object|NaN|\n\n\n/);
  });

  it.each([
    ...environmentNames.map((name) => [name, settingsOf(name)] as const),
    [
      "dev with tokens that are bound to certificates",
      withTokens(settingsOf("dev"), { certificateBound: true }),
    ] as const,
  ])("names every file of %s that it needs beside it, and no others", (_, settings) => {
    const text = renderConfiguration(settings);
    const [introduction = "", ...rest] = text.split("\n\n");
    const used = rest.join("\n").match(/(tls|jwt)\/[\w.-]+\.pem|[\w-]+\.lua|callers\.map/g);

    expect(new Set(used)).toEqual(new Set(filesBeside(settings).map(([path]) => path)));
    for (const [path] of filesBeside(settings)) expect(introduction).toContain(path);
  });

  it("takes the sizes, the limits and the port of the environment", () => {
    const settings = settingsOf("dev");
    const text = renderConfiguration({
      ...settings,
      payload: { thresholdBytes: 1_234_567, maxBytes: 7_654_321 },
      limits: { connections: 77, connectionsPerSource: 7, requestsPerSecondPerSource: 3 },
      listener: { ...settings.listener, port: 9443 },
    });

    expect(text).toContain("req.hdr(content-length) -m int ge 1234567");
    expect(text).toContain("req.hdr(content-length) -m int gt 7654321");
    expect(text).toContain("maxconn 77\n");
    expect(text).toContain("sc_conn_cur(0) gt 7 }");
    expect(text).toContain("!source_known { sc_conn_cur(0) gt 3 }");
    expect(text).toContain("!source_known { sc_conn_cur(2) gt 39 }");
    expect(text).toContain("sc_http_req_rate(0) gt 30 }");
    expect(text).toContain("reject if { sc_conn_rate(0) gt 30 }");
    expect(text).toContain("!source_known { sc_conn_rate(0) gt 15 }");
    expect(text).toContain("bind *:9443 proto h1 ssl");
  });

  it("gives each phase of a connection its time", () => {
    const text = renderConfiguration({ ...settingsOf("dev"), hardStopSeconds: 61 });

    expect(text.match(/^ {4}(timeout|retries|hard-stop-after).*$/gm)?.slice(0, 9)).toEqual([
      "    hard-stop-after 61s",
      // An address of the endpoint may be away for a moment.
      "    retries 2",
      // Whoever sends its head a byte at a time holds a connection for so long.
      "    timeout http-request 10s",
      "    timeout http-keep-alive 60s",
      "    timeout client 30s",
      "    timeout client-fin 5s",
      "    timeout server-fin 5s",
      "    timeout connect 5s",
      "    timeout server 35s",
    ]);
  });

  it.each(["dev", "test"])("lets nothing read a token of %s before its signature counts", (name) => {
    const text = renderConfiguration(settingsOf(name));

    expect(text).not.toMatch(/json_query|jwt_(header|payload)_query/);
    expect(text.match(/lua\.read-token.*/g)).toEqual([expect.stringMatching(/ if .* token_signed$/)]);
  });

  it("asks for a client certificate where tokens are bound to one, and not elsewhere", () => {
    const bound = renderConfiguration(withTokens(settingsOf("dev"), { certificateBound: true }));

    expect(bound).toMatch(/^ {4}bind .* ca-file tls\/client-ca\.pem verify optional .*$/m);
    expect(renderConfiguration(settingsOf("dev"))).not.toContain("client-ca.pem");
  });

  it.each(["none", "name"] as const)("knows no sources where nobody shows a credential: %s", (kind) => {
    const settings = settingsOf("dev");
    const listener = { ...settings.listener, authentication: { kind } };

    expect(renderConfiguration({ ...settings, listener })).not.toMatch(/source_known|unknown_sources|gpt0\(/);
  });

  it("gives up the rights of root where it has them", () => {
    const settings = settingsOf("dev");
    const givenUp = /^ {4}(user haproxy|group haproxy|chroot \/var\/lib\/haproxy)$/gm;

    expect(renderConfiguration({ ...settings, process: "root" }).match(givenUp)).toHaveLength(3);
    expect(renderConfiguration({ ...settings, process: "unprivileged" }).match(givenUp)).toBeNull();
  });

  it("has no line of more words than HAProxy reads, however many paths there are", () => {
    const apis = Array.from({ length: 8 }, (_, index) => `api-${index}`);
    const routes = apis.map((api) => ({
      api,
      paths: Array.from({ length: 20 }, (_, path) => `/${api}-${path}`),
    }));
    const { apiUrls, ...settings } = settingsOf("dev");
    const urls = Object.fromEntries(apis.map((api) => [api, "https://a.example.com/v1"]));

    const text = renderConfiguration({ ...settings, apiUrls: { ...apiUrls, ...urls }, routes });

    expect(text.split("\n").filter((line) => line.split(" ").filter(Boolean).length > 64)).toEqual([]);
    const named = [...text.matchAll(/acl by_path path (.*)/g)].flatMap(([, paths = ""]) => paths.split(" "));
    expect(named).toEqual(routes.flatMap(({ paths }) => paths));
  });

  it("says when to come again in each answer that HAProxy gives by itself", () => {
    const errors = renderConfiguration(settingsOf("dev")).match(/^ {4}http-error .*$/gm) ?? [];

    expect(errors.map((line) => /status (\d+)/.exec(line)?.[1])).toEqual(["408", "500", "502", "503", "504"]);
    for (const line of errors) expect(line).toMatch(/ hdr retry-after 10$/);
  });

  it("has a line for each resource, however many there are", () => {
    const paths = Array.from({ length: 300 }, (_, index) => ({ path: `/a/r${index}`, methods: ["GET"] }));
    const settings = settingsOf("dev");

    const text = renderConfiguration({
      ...settings,
      routes: [{ api: "a", paths: ["/a"] }],
      apiUrls: { ...settings.apiUrls, a: "https://a.example.com/v1" },
      resources: { ...settings.resources, a: paths },
    });

    expect(text.match(/set-var-fmt\(txn.allow\) "GET" if by_path_of_a /g)).toHaveLength(300);
    expect(text.split("\n").filter((line) => line.split(" ").filter(Boolean).length > 64)).toEqual([]);
  });

  it("leaves neither a listener nor an API without TLS", () => {
    for (const name of environmentNames) {
      const text = renderConfiguration(settingsOf(name));

      expect(text.match(/^ {4}bind .*$/gm)).toEqual([expect.stringContaining(" ssl crt ")]);
      expect(text.match(/^ {4}server.*$/gm)).toEqual([
        expect.stringContaining(" ssl sni str("),
        expect.stringContaining(" ssl sni str("),
      ]);
      expect(text.match(/verify required ca-file @system-ca/g)).toHaveLength(2);
    }
  });
});
