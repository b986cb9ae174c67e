import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { domain } from "../../domain/domain.ts";
import { ingestionStackName, LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { parseStackOutputs, placeholderOutputs, proxySettings } from "../../proxy/proxy-settings.ts";
import { documents, loadEnvironment } from "../support/environments.ts";

const host = (api: string) => `https://${api}-vpce-0a.execute-api.eu-central-1.amazonaws.com/v1`;
const dev = loadEnvironment("dev");
const outputs = {
  api_urls: {
    value: { [SMALL_API]: host("s1"), [LARGE_API]: host("l1") },
    sensitive: false,
    type: ["object", {}],
  },
  api_paths: { value: { [SMALL_API]: [SHARED_PATH], [LARGE_API]: [SHARED_PATH] } },
  deployment: {
    value: { account_id: "111111111111", region: "eu-central-1", name_prefix: dev.namePrefix },
  },
  large_payload_threshold_bytes: { value: 4_000_000 },
  max_payload_bytes: { value: 9_000_000 },
  queue_url: { value: "https://sqs.example.com" },
};

const parse = (value: object, environment = dev) =>
  parseStackOutputs(JSON.stringify(value), "outputs.json", environment);

/** dev with a third API, and the outputs of its stack. */
function withStatements() {
  const [first] = dev.apis;
  if (first === undefined) throw new Error("dev has no API");
  const environment = {
    ...dev,
    apis: [...dev.apis, { ...first, name: "statements", paths: ["/statements", "/portraits"] }],
  };
  const applied = {
    ...outputs,
    api_urls: { value: { ...outputs.api_urls.value, statements: host("o1") } },
    api_paths: { value: { ...outputs.api_paths.value, statements: ["/statements", "/portraits"] } },
  };
  return { environment, applied };
}

describe(parseStackOutputs, () => {
  it("takes URLs, paths and sizes from what Terraform prints", () => {
    const { environment, applied } = withStatements();

    expect(parse(applied, environment)).toEqual({
      apiUrls: { [SMALL_API]: host("s1"), [LARGE_API]: host("l1"), statements: host("o1") },
      routes: [{ api: "statements", paths: ["/statements", "/portraits"] }],
      payload: { thresholdBytes: 4_000_000, maxBytes: 9_000_000 },
    });
  });

  it("names every problem with its path", () => {
    const broken = {
      ...outputs,
      api_urls: { value: { [SMALL_API]: "http://a" } },
      deployment: undefined,
      max_payload_bytes: undefined,
    };

    expect(() => parse(broken)).toThrow(
      new RegExp(
        `^outputs\\.json is not the output of "terraform output -json" .*\n  api_urls\\.value\\.${SMALL_API}: must be an https URL\n  api_urls\\.value\\.${LARGE_API}: .*\n  deployment: is missing: apply the stack again, .*\n  max_payload_bytes: `,
      ),
    );
  });

  it("refuses the outputs of another environment, and says by what it is another one", () => {
    const prod = loadEnvironment("prod");

    expect(() => parse(outputs, prod)).toThrow(
      new UserError(
        [
          "outputs.json does not match env/prod.ts:",
          `  deployment.account_id is "111111111111", the environment has "444444444444"`,
          `  deployment.name_prefix is "${dev.namePrefix}", the environment has "${prod.namePrefix}"`,
          `Apply prod, then run terraform output -json in the directory of ${ingestionStackName("prod")}.`,
        ].join("\n"),
      ),
    );
  });

  it.each([
    ["account_id", "222222222222"],
    ["region", "eu-west-1"],
    ["name_prefix", "another"],
  ])("tells another environment by its %s alone", (name, value) => {
    const other = { ...outputs, deployment: { value: { ...outputs.deployment.value, [name]: value } } };

    expect(() => parse(other)).toThrow(`\n  deployment.${name} is "${value}", the environment has "`);
  });

  it("refuses outputs from before or after an API was there, or had other paths", () => {
    const { environment, applied } = withStatements();
    const elsewhere = {
      ...applied,
      api_paths: { value: { ...applied.api_paths.value, statements: ["/x"] } },
    };

    expect(() => parse(outputs, environment)).toThrow(
      '\n  the API "statements" is in the environment, but not in the outputs\n',
    );
    expect(() => parse(applied)).toThrow(
      '\n  the API "statements" is in the outputs, but not in the environment\n',
    );
    expect(() => parse(elsewhere, environment)).toThrow(
      '\n  the API "statements" has the paths /x in the outputs, and /statements, /portraits in the environment\n',
    );
  });

  it.each(["", "{", "{}", "[]"])("refuses %j", (text) => {
    expect(() => parseStackOutputs(text, "outputs.json", dev)).toThrow(UserError);
  });
});

describe(placeholderOutputs, () => {
  it("knows the endpoint where it exists already", () => {
    expect(placeholderOutputs(loadEnvironment("prod")).apiUrls[SMALL_API]).toMatch(
      new RegExp(
        `^https://${SMALL_API}-vpce-[0-9a-f]{17}\\.execute-api\\.eu-central-1\\.amazonaws\\.com/v1$`,
      ),
    );
    expect(placeholderOutputs(loadEnvironment("dev")).apiUrls[LARGE_API]).toBe(
      `https://${LARGE_API}-vpce-id.execute-api.eu-central-1.amazonaws.com/v1`,
    );
  });

  it("ends as hosts of China do there", () => {
    const environment = { ...loadEnvironment("dev"), region: "cn-north-1" as const };

    expect(placeholderOutputs(environment).apiUrls[SMALL_API]).toContain(".cn-north-1.amazonaws.com.cn/");
  });
});

describe(proxySettings, () => {
  it("prefers what was applied to what the environment says", () => {
    expect(proxySettings(dev, documents, parse(outputs))).toMatchObject({
      payload: { thresholdBytes: 4_000_000, maxBytes: 9_000_000 },
      apiUrls: { [SMALL_API]: host("s1") },
    });
    expect(proxySettings(loadEnvironment("dev"), documents)).toMatchObject({
      payload: { thresholdBytes: 5_000_000, maxBytes: 10_485_760 },
    });
  });

  it("knows the methods of each path from the documents of the environment's APIs", () => {
    const resources = proxySettings(dev, documents)?.resources ?? {};

    expect(Object.keys(resources)).toEqual(dev.apis.map(({ name }) => name));
    expect(resources[LARGE_API]).toContainEqual({
      path: `${SHARED_PATH}/{${domain.key}}`,
      methods: ["POST"],
    });
  });

  it("says which document is not there", () => {
    expect(() => proxySettings(dev, {})).toThrow(
      new UserError(
        `The API "${dev.apis[0]?.name}" in env/dev.ts has the document specs/${dev.apis[0]?.document}, which does not exist. Add the file, or change the name in env/dev.ts.`,
      ),
    );
  });

  it("gives none for an external proxy", () => {
    expect(
      proxySettings({ ...loadEnvironment("dev"), proxy: { kind: "external", addresses: "any" } }, documents),
    ).toBeUndefined();
  });
});
