import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import type { FunctionPart } from "../../../contract/function-parts.ts";
import { resourceNames } from "../../../contract/resource-names.ts";
import { LOG_METRICS_NAMESPACE, METRICS_NAMESPACE } from "../../../domain/names.ts";
import { AddressedStack } from "../../../stacks/constructs/addressed-stack.ts";
import { AwsAccount } from "../../../stacks/constructs/aws-account.ts";
import type { AlarmDefinition } from "../../../stacks/ingestion/observation/alarm-definition.ts";
import { functionAlarms } from "../../../stacks/ingestion/observation/function-alarms.ts";
import { LogMetrics } from "../../../stacks/ingestion/observation/log-metrics.ts";
import { emittedMetric, metricOf } from "../../../stacks/ingestion/observation/metric.ts";
import type {
  MonitoredFunction,
  MonitoredResources,
} from "../../../stacks/ingestion/observation/monitored-resources.ts";
import { PrivateApis, type PrivateApisProps } from "../../../stacks/ingestion/private-apis.ts";
import { declareEnvironmentVariables } from "../../../stacks/variables/environment-variables.ts";
import { loadEnvironment, synthesizedFolder } from "../../support/environments.ts";
import { readDocuments } from "../../support/synthesize.ts";

const newStack = () => new AddressedStack(new App({ outdir: "unused" }), "ingestion", "~> 5.100");
const monitored: MonitoredFunction = {
  functionName: "dev-sweep",
  timeoutSeconds: 60,
  memoryMb: 256,
  maxMemoryUsed: { namespace: LOG_METRICS_NAMESPACE, metricName: "dev-sweep-MaxMemoryUsed" },
};
const functions = { "api-function": monitored, "queue-function": monitored, "sweep-function": monitored };
const { alarms: thresholds } = declareEnvironmentVariables(newStack(), loadEnvironment("dev"));

describe(emittedMetric, () => {
  it("names the function that emits it", () => {
    expect(emittedMetric(functions, "sweep-function", "UnprocessedObjects", "Maximum")).toEqual({
      namespace: METRICS_NAMESPACE,
      metricName: "UnprocessedObjects",
      dimensions: { service: "dev-sweep" },
      stat: "Maximum",
    });
  });

  it("compiles with no other part and no other metric", () => {
    // @ts-expect-error: the part is called "sweep-function"
    expect(() => emittedMetric(functions, "sweep", "UnprocessedObjects")).toThrow(TypeError);
    // @ts-expect-error: no function emits it
    emittedMetric(functions, "sweep-function", "LostObjects");
    // @ts-expect-error: the sweep rejects nothing
    emittedMetric(functions, "sweep-function", "Rejected");
    const { "sweep-function": _, ...others } = functions;
    // @ts-expect-error: a function is missing
    expect(() => emittedMetric(others, "sweep-function", "RequeuedObjects")).toThrow(TypeError);
  });

  it("refuses a function without a name", () => {
    const unnamed = { ...functions, "sweep-function": { functionName: "" } };

    expect(() => emittedMetric(unnamed, "sweep-function", "RequeuedObjects")).toThrow(
      new Error(
        `${METRICS_NAMESPACE} RequeuedObjects: the dimension service is empty; set it to the name of the resource`,
      ),
    );
  });
});

describe("an alarm", () => {
  it("compiles with a part that there is, and all of what is told of it", () => {
    const idOf = (part: FunctionPart) => functionAlarms(part, monitored, thresholds)[0]?.id;
    const { maxMemoryUsed: _, ...unmeasured } = monitored;
    // @ts-expect-error: its memory is not known, so that an alarm would be missing without a word
    const partly: MonitoredResources["functions"]["sweep-function"] = unmeasured;

    expect(idOf("sweep-function")).toBe("sweep-function-errors");
    // @ts-expect-error: the part is called "sweep-function"
    expect(idOf("sweep")).toBe("sweep-errors");
    expect(partly.maxMemoryUsed).toBeUndefined();
  });

  it("compiles over several metrics only with an expression, and with AWS's own names", () => {
    const metrics = { reads: metricOf("table", "ReadThrottleEvents", { TableName: "dev" }, "Sum") };
    const terms = {
      id: "table-throttles",
      severity: "ticket",
      description: "DynamoDB throttles the table.",
      missing: "notBreaching",
      threshold: 0,
      periodSeconds: 300,
      periods: [1, 1],
    } as const;
    // @ts-expect-error: CloudWatch could not tell what to compare
    const without: AlarmDefinition = { ...terms, metrics };
    // @ts-expect-error: a typo, of which there would never be data
    const typo = metricOf("table", "ReadThrotleEvents", { TableName: "dev" }, "Sum");
    // @ts-expect-error: no statistic of CloudWatch
    metricOf("table", "ReadThrottleEvents", { TableName: "dev" }, "Total");

    expect(without).not.toHaveProperty("expression");
    expect(typo.namespace).toBe("AWS/DynamoDB");
  });
});

describe(LogMetrics, () => {
  it("refuses to tell of an API whose log is not read", () => {
    const logMetrics = new LogMetrics(newStack(), "log-metrics", {
      apis: { small: { apiName: "dev-small", logGroupName: "/aws/apigateway/small" } },
      functions: {
        "api-function": { functionName: "dev-api", logGroupName: "/aws/lambda/api" },
        "queue-function": { functionName: "dev-queue", logGroupName: "/aws/lambda/queue" },
        "sweep-function": { functionName: "dev-sweep", logGroupName: "/aws/lambda/sweep" },
      },
      namePrefix: "dev",
      proxyLogGroupName: undefined,
    });

    expect(logMetrics.ofApi("small").tooLarge.metricName).toBe("dev-small-TooLarge");
    expect(() => logMetrics.ofApi("other")).toThrow(
      new Error('there are no log metrics of an API "other", only of: small'),
    );
  });
});

describe(PrivateApis, () => {
  it("refuses a function without an ARN, which a permission would name", () => {
    const environment = loadEnvironment("dev");
    const stack = newStack();
    const variables = declareEnvironmentVariables(stack, environment);
    const props: PrivateApisProps = {
      environmentName: "dev",
      apis: environment.apis,
      documents: readDocuments(),
      variables,
      names: resourceNames(variables.namePrefix),
      account: new AwsAccount(stack, "account", variables),
      vpcEndpointId: "vpce-0",
      proxyAddresses: environment.proxy.addresses,
      stackParts: {
        gatewayWriterRole: { value: "arn:aws:iam::111111111111:role/writer", name: "writer" },
        documentReaderRole: { value: "arn:aws:iam::111111111111:role/reader", name: "reader" },
        intakeBucket: { value: "intake", name: "intake" },
        documentsBucket: { value: "documents", name: "documents" },
        apiFunction: { value: "", name: "api" },
        vpcEndpoint: { value: "vpce-0", name: "vpce-0" },
      },
      failOnWarnings: false,
      keyArn: undefined,
    };

    expect(() => new PrivateApis(stack, "apis", props)).toThrow('the value of "function.api" is empty');
  });
});

describe("synthesized stacks", () => {
  const folder = join(synthesizedFolder(), "stacks");

  it.each(readdirSync(folder))("have no empty text in %s, except where it is meant", (stack) => {
    const json: unknown = JSON.parse(readFileSync(join(folder, stack, "cdk.tf.json"), "utf8"));

    const places = emptyTexts(json).filter((place) => !meant.some((end) => end.test(place)));
    expect(places).toEqual([]);
  });

  it("are looked at wherever a text could be empty, in JSON inside of JSON too", () => {
    const dashboard = JSON.stringify({ metrics: [["Ingestion", "Stored", "service", ""]] });

    expect(emptyTexts({ a: ["", { b: "" }], dashboard_body: dashboard })).toEqual([
      "/a/0",
      "/a/1/b",
      "/dashboard_body/metrics/0/3",
    ]);
  });
});

/** A lifecycle rule for every key, and an API whose payloads are all text. */
const meant = [/\/filter\/\d+\/prefix$/, /\/triggers\/binary_media_types$/];

/** Places of empty texts, also inside of texts that are JSON themselves. */
function emptyTexts(value: unknown, place = ""): string[] {
  if (value === "") return [place];
  const inner = typeof value === "string" && /^[[{]/.test(value) ? parse(value) : value;
  if (typeof inner !== "object" || inner === null) return [];
  return Object.entries(inner).flatMap(([key, each]) => emptyTexts(each, `${place}/${key}`));
}

/** What merely begins like JSON, such as a pattern, is one text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
