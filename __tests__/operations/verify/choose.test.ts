import { describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { LARGE_API, SMALL_API } from "../../../domain/names.ts";
import type { Environment } from "../../../env/schema.ts";
import { parseDeployedStack } from "../../../operations/deployed-stack.ts";
import { chooseCaller } from "../../../operations/verify/choose-caller.ts";
import { chooseEntrance, directUrls } from "../../../operations/verify/entrance.ts";
import { createPayloads } from "../../../operations/verify/payloads.ts";
import { deployedOutputs } from "../../support/deployed-outputs.ts";
import { loadEnvironment } from "../../support/environments.ts";

const dev = loadEnvironment("dev");
const stack = parseDeployedStack(JSON.stringify(deployedOutputs("dev")), "a test", dev);
const localRun = {
  url: "http://127.0.0.1:1",
  apisUrl: "http://127.0.0.1:2",
  endpoint: "http://127.0.0.1:3",
  pid: 1,
};
const local = { ...stack, local: localRun };

type Proxy = Environment["proxy"];
const withProxy = (changes: object): Environment => ({
  ...dev,
  proxy: { ...dev.proxy, ...changes } as Proxy,
});

const tokenOf = (claims: object) =>
  ["{}", JSON.stringify(claims), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

describe(chooseEntrance, () => {
  const url = "https://proxy.example.com";

  it.each([
    [
      "the URL that is given",
      withProxy({ url }),
      local,
      "https://other.example.com",
      "https://other.example.com",
    ],
    ["the local run", withProxy({ url }), local, undefined, localRun.url],
    ["the environment's URL", withProxy({ url, addresses: "any" }), stack, undefined, url],
  ])("takes %s before what follows", (_, environment, deployed, given, expected) => {
    expect(chooseEntrance(environment, deployed, given)).toEqual({ kind: "proxy", url: expected });
  });

  it("takes the APIs' own URLs only where they answer every address", () => {
    const urls = { small: stack.apiUrls[SMALL_API], large: stack.apiUrls[LARGE_API] };

    expect(chooseEntrance(withProxy({ addresses: "any" }), stack, undefined)).toEqual({
      kind: "endpoint",
      urls,
    });
    expect(() => chooseEntrance(dev, stack, undefined)).toThrow(/^The URL of the proxy of dev is not set\./);
  });

  it.each([
    ["http://proxy.example.com"],
    ["https://user:secret@proxy.example.com"],
    ["https://proxy.example.com/?a"],
    ["proxy"],
  ])("refuses %s, and does not repeat it", (given) => {
    expect(() => chooseEntrance(dev, stack, given)).toThrow(
      /^--proxy must be an https URL without a path, such as/,
    );
    expect(() => chooseEntrance(dev, stack, given)).not.toThrow("secret");
  });
});

describe(directUrls, () => {
  it("are those of the outputs, or where npm start has each API by itself", () => {
    expect(directUrls(stack)?.large).toBe(stack.apiUrls[LARGE_API]);
    expect(directUrls(local)?.large).toBe(`http://127.0.0.1:2/apis/${LARGE_API}/v1`);
  });
});

describe(chooseCaller, () => {
  it("takes the caller that is named, whose token it is, or the first that may do all", () => {
    const callers =
      dev.proxy.kind === "haproxy" && dev.proxy.callers !== SHARED_CALLER
        ? dev.proxy.callers.flatMap((caller) => [
            { ...caller, name: `${caller.name}-reader`, may: ["read"] },
            { ...caller, may: ["read", "write", "delete"] },
          ])
        : [];
    const environment = withProxy({ callers });

    expect(chooseCaller(environment, undefined, undefined)).toBe("saas");
    expect(chooseCaller(environment, "partner", tokenOf({ sub: "saas-application" }))).toBe("partner");
    expect(chooseCaller(dev, undefined, tokenOf({ sub: "saas-application" }))).toBe("saas");
    expect(chooseCaller(dev, undefined, "opaque")).toBe("saas");
  });

  it.each([
    [
      "whose token is of a caller without the rights",
      dev,
      undefined,
      { sub: "partner" },
      /partner lacks some of them\. /,
    ],
    [
      "whose token is of nobody that is listed",
      dev,
      undefined,
      { sub: "nobody" },
      /^The token's sub matches no caller/,
    ],
    [
      "where callers are not told apart, and one is named",
      withProxy({ callers: "shared" }),
      "saas",
      {},
      /leave out --caller/,
    ],
  ])("refuses one %s", (_, environment, named, claims, message) => {
    expect(() => chooseCaller(environment, named, tokenOf(claims))).toThrow(message);
  });

  it("is shared where there is one tenant, and unknown behind somebody else's proxy unless it is named", () => {
    const external: Environment = { ...dev, proxy: { kind: "external", addresses: "any" } };

    expect(chooseCaller(withProxy({ callers: "shared" }), undefined, undefined)).toBe(SHARED_CALLER);
    expect(chooseCaller(external, undefined, undefined)).toBeUndefined();
    expect(chooseCaller(external, "saas", undefined)).toBe("saas");
  });
});

describe(createPayloads, () => {
  it.each([
    [5_000_000, 10_000_000],
    [1_000_000, 1_100_000],
    [5_000_000, 5_010_000],
    [100_000, 6_000_000],
  ])("makes one below %i bytes and one above, below %i", (thresholdBytes, maxBytes) => {
    const { small, large } = createPayloads({ thresholdBytes, maxBytes });
    const [smallBytes, largeBytes] = [small, large].map(({ sample }) => Buffer.byteLength(sample.body));

    expect(smallBytes).toBeLessThan(thresholdBytes);
    expect(largeBytes).toBeGreaterThanOrEqual(thresholdBytes);
    expect(largeBytes).toBeLessThanOrEqual(maxBytes);
  });
});
