import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { parseStackOutputs, placeholderOutputs, proxySettings } from "../../proxy/proxy-settings.ts";
import { loadEnvironment } from "../support/environments.ts";

const host = (api: string) => `https://${api}-vpce-0a.execute-api.eu-central-1.amazonaws.com/v1`;
const outputs = {
  api_urls: {
    value: { proposals: host("s1"), "proposals-large": host("l1"), other: host("o1") },
    sensitive: false,
    type: ["object", {}],
  },
  large_payload_threshold_bytes: { value: 4_000_000 },
  max_payload_bytes: { value: 9_000_000 },
  queue_url: { value: "https://sqs.example.com" },
};

describe(parseStackOutputs, () => {
  it("takes URLs and sizes from what Terraform prints", () => {
    expect(parseStackOutputs(JSON.stringify(outputs), "outputs.json")).toEqual({
      apiUrls: { proposals: host("s1"), "proposals-large": host("l1") },
      payload: { thresholdBytes: 4_000_000, maxBytes: 9_000_000 },
    });
  });

  it("names every problem with its path", () => {
    const broken = {
      ...outputs,
      api_urls: { value: { proposals: "http://a" } },
      max_payload_bytes: undefined,
    };

    expect(() => parseStackOutputs(JSON.stringify(broken), "outputs.json")).toThrow(
      /^outputs\.json is not what "terraform output -json" prints .*\n {2}api_urls\.value\.proposals: must be an https URL\n {2}api_urls\.value\.proposals-large: .*\n {2}max_payload_bytes: /,
    );
  });

  it.each(["", "{", "{}", "[]"])("refuses %j", (text) => {
    expect(() => parseStackOutputs(text, "outputs.json")).toThrow(UserError);
  });
});

describe(placeholderOutputs, () => {
  it("knows the endpoint where it exists already", () => {
    expect(placeholderOutputs(loadEnvironment("prod")).apiUrls.proposals).toMatch(
      /^https:\/\/proposals-vpce-[0-9a-f]{17}\.execute-api\.eu-central-1\.amazonaws\.com\/v1$/,
    );
    expect(placeholderOutputs(loadEnvironment("dev")).apiUrls["proposals-large"]).toBe(
      "https://proposals-large-vpce-id.execute-api.eu-central-1.amazonaws.com/v1",
    );
  });

  it("ends as hosts of China do there", () => {
    const environment = { ...loadEnvironment("dev"), region: "cn-north-1" as const };

    expect(placeholderOutputs(environment).apiUrls.proposals).toContain(".cn-north-1.amazonaws.com.cn/");
  });
});

describe(proxySettings, () => {
  it("prefers what was applied to what the environment says", () => {
    const applied = parseStackOutputs(JSON.stringify(outputs), "outputs.json");

    expect(proxySettings(loadEnvironment("dev"), applied)).toMatchObject({
      payload: { thresholdBytes: 4_000_000, maxBytes: 9_000_000 },
      apiUrls: { proposals: host("s1") },
    });
    expect(proxySettings(loadEnvironment("dev"))).toMatchObject({
      payload: { thresholdBytes: 5_000_000, maxBytes: 10_485_760 },
    });
  });

  it("gives none where somebody else's proxy stands in front", () => {
    expect(proxySettings({ ...loadEnvironment("dev"), proxy: { kind: "external" } })).toBeUndefined();
  });
});
