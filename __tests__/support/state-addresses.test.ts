import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METRICS_NAMESPACE, SMALL_API } from "../../domain/names.ts";
import { terraformName } from "./environments.ts";
import { describeDifferences, expectRecordedAddresses, recordAddresses } from "./state-addresses.ts";

const queue = { name: "intake", delay_seconds: 0, tags: { owner: "team", cost: { centre: 1 } } };
const topic = { name: "alerts" };
const stack = {
  terraform: {
    required_version: ">= 1.10.0",
    required_providers: {},
    backend: { local: { path: "a" } },
  },
  provider: { aws: [{ region: "${var.region}" }] },
  resource: { aws_sqs_queue: { queue }, aws_sns_topic: { topic } },
  data: { aws_partition: { partition: {} } },
  variable: { region: { type: "string" } },
  output: { url: { value: "${aws_sqs_queue.queue.url}" } },
  locals: { api_body: "{}", suffix: "-a" },
};
/** What a stack has of its domain, and of a bucket that is called as one domain is. */
function stackOf(collection: string, namespace: string) {
  const id = collection.replaceAll("-", "_");
  const [api, deployment] = [`apis_${id}_large_api`, `apis_${id}_large_deployment`];
  return {
    ...stack,
    resource: {
      aws_s3_bucket: {
        documents_bucket: { bucket: "${var.documents_bucket_name}", tags: { Project: "documents" } },
      },
      aws_api_gateway_rest_api: {
        [api]: { name: `\${var.name_prefix}-${collection}-large`, binary_media_types: [collection] },
      },
      aws_api_gateway_deployment: {
        [deployment]: { rest_api_id: `\${aws_api_gateway_rest_api.${api}.id}`, triggers: { a: collection } },
      },
      aws_cloudwatch_metric_alarm: {
        [`alarms_${id}_latency`]: {
          alarm_name: `\${var.name_prefix}-${collection}-latency`,
          alarm_description: `The API ${collection} answers late.`,
          namespace,
        },
      },
    },
    variable: {
      [`${id}_large_stage_name`]: { description: `Stage of API ${collection}-large.` },
      documents_bucket_name: { type: "string" },
    },
    output: { api_paths: { value: { [collection]: [`/${collection}`] } } },
  };
}

const record = recordAddresses(stack);
const differences = (changes: object) => describeDifferences(record, { ...stack, ...changes });
const withQueues = (queues: Record<string, object>) => ({
  resource: { aws_sqs_queue: queues, aws_sns_topic: { topic } },
});

describe(recordAddresses, () => {
  it("writes a line for each address, sorted, with the start of the SHA-256 of each attribute's JSON", () => {
    expect(record).toBe(
      [
        "aws_sns_topic.topic name=5e1dc54f",
        "aws_sqs_queue.queue delay_seconds=5feceb66 name=2d1003be tags=83b6a1e7",
        "data.aws_partition.partition",
        "local.api_body value=(document)",
        "local.suffix value=1e2b6437",
        "output.url value=49e792c0",
        "provider.aws.0 region=5f1ff697",
        "terraform required_providers=44136fa3 required_version=a57793f1",
        "var.region type=e9e5c1c9",
        "",
      ].join("\n"),
    );
  });

  it("does not depend on the order of keys, nor on metadata, backend and the folder of the functions", () => {
    const built = (folder: string) => ({
      resource: { aws_lambda_function: { api: { filename: `assets/functions/${folder}/functions.zip` } } },
    });
    const { name, delay_seconds, tags } = queue;
    const same = {
      "//": { metadata: {} },
      tags: { cost: tags.cost, owner: tags.owner },
      delay_seconds,
      name,
    };

    expect(recordAddresses(built("0".repeat(32)))).toBe(recordAddresses(built("F".repeat(32))));
    expect(differences(withQueues({ queue: same }))).toEqual([]);
    expect(
      differences({ terraform: { required_version: ">= 1.10.0", required_providers: {}, cloud: {} } }),
    ).toEqual([]);
  });

  it("is the same for every domain, whose name may also mean something else in a stack", () => {
    const ofProject = (collection: string, namespace: string) =>
      recordAddresses(stackOf(collection, namespace), { collection, namespace });

    expect(ofProject("documents", "Documents")).toBe(ofProject("lab-reports", "LabReports"));
    expect(ofProject("documents", "Documents")).toContain("aws_s3_bucket.documents_bucket ");
    expect(ofProject("documents", "Documents")).toContain("var.<collection>_large_stage_name ");
  });

  it("tells APIs and alarms of one domain apart", () => {
    const names = { collection: "claims", namespace: "Claims" };
    const { resource, ...others } = stackOf("claims", "Claims");
    const { alarms_claims_latency: alarm = {} } = resource.aws_cloudwatch_metric_alarm;
    const changed = (alarms: Record<string, object>) => ({
      ...others,
      resource: { ...resource, aws_cloudwatch_metric_alarm: alarms },
    });
    const recordOf = (alarms: Record<string, object>) => recordAddresses(changed(alarms), names);

    const recorded = recordOf({ alarms_claims_latency: alarm });
    expect(recordOf({ alarms_claims_slow: alarm })).not.toBe(recorded);
    expect(recordOf({ alarms_claims_large_latency: alarm })).not.toBe(recorded);
    expect(recordOf({ alarms_claims_latency: { ...alarm, namespace: "AWS/S3" } })).not.toBe(recorded);
  });

  it("refuses a section that it would leave out", () => {
    const withModule = { ...stack, module: { network: {} } };

    expect(() => recordAddresses(withModule)).toThrow(
      "No state addresses are recorded of: module. Add them in __tests__/support/state-addresses.ts.",
    );
  });
});

describe(describeDifferences, () => {
  it("names what is gone as the state does, though the record is that of every domain", () => {
    const { resource, ...others } = stackOf(SMALL_API, METRICS_NAMESPACE);
    const { aws_cloudwatch_metric_alarm: _, ...rest } = resource;

    expect(
      describeDifferences(recordAddresses({ ...others, resource }), { ...others, resource: rest }),
    ).toEqual([
      expect.stringContaining(
        `moveFromId("aws_cloudwatch_metric_alarm.alarms_${terraformName(SMALL_API)}_latency")`,
      ),
    ]);
  });

  it("finds none in what was recorded", () => {
    expect(differences({})).toEqual([]);
  });

  it("names attributes that changed, came and went, with their new values", () => {
    const { delay_seconds: _, ...rest } = queue;

    expect(differences(withQueues({ queue: { ...rest, name: "inbox", fifo_queue: true } }))).toEqual([
      "aws_sqs_queue.queue changed",
      "  delay_seconds is gone",
      "  fifo_queue is now true",
      '  name is now "inbox"',
    ]);
  });

  it("shows the whole attribute for a change deep inside", () => {
    const tags = { ...queue.tags, cost: { centre: 2 } };

    expect(differences(withQueues({ queue: { ...queue, tags } }))).toEqual([
      "aws_sqs_queue.queue changed",
      '  tags is now {"cost":{"centre":2},"owner":"team"}',
    ]);
  });

  it("names changes outside of resources", () => {
    expect(
      differences({
        terraform: { required_version: ">= 1.11.0", required_providers: {} },
        provider: { aws: [{ region: "eu-west-1" }] },
        variable: { region: { type: "number" } },
        output: { url: { value: "" } },
        locals: { api_body: "{}", suffix: "-b" },
      }),
    ).toEqual([
      "var.region changed",
      '  type is now "number"',
      "output.url changed",
      '  value is now ""',
      "local.suffix changed",
      '  value is now "-b"',
      "provider.aws.0 changed",
      '  region is now "eu-west-1"',
      "terraform changed",
      '  required_version is now ">= 1.11.0"',
    ]);
  });

  it("says what to do about a resource that is gone", () => {
    expect(differences({ resource: { aws_sqs_queue: { queue } } })).toEqual([
      "state address changed: aws_sns_topic.topic is gone, and Terraform destroys what is there. " +
        'Where its construct has another id or place now, add moveFromId("aws_sns_topic.topic") to it ' +
        "(docs/decisions/007-state-addresses.md); where it is meant to go or to be replaced, say in the commit " +
        "what becomes of the data in it",
    ]);
  });

  it("says no more than that of what Terraform keeps nothing for", () => {
    expect(differences({ data: {}, variable: {} })).toEqual([
      "state address changed: data.aws_partition.partition is gone",
      "state address changed: var.region is gone",
    ]);
  });

  it("names a new address", () => {
    expect(differences(withQueues({ queue, dead_letter: { name: "failed" } }))).toEqual([
      "state address changed: aws_sqs_queue.dead_letter is new",
    ]);
  });

  it("follows a moved block, and names what changes beside the address", () => {
    const moved = [{ from: "aws_sqs_queue.queue", to: "aws_sqs_queue.inbox" }];
    const moves = [
      "state address changed: aws_sqs_queue.queue moves to aws_sqs_queue.inbox",
      "state address changed: moved.aws_sqs_queue.queue is new",
    ];

    expect(differences({ ...withQueues({ inbox: queue }), moved })).toEqual(moves);
    expect(differences({ ...withQueues({ inbox: { ...queue, name: "inbox" } }), moved })).toEqual(
      moves.toSpliced(1, 0, '  name is now "inbox"'),
    );
  });

  it("takes nothing as moved to an address that there is not", () => {
    const moved = [{ from: "aws_sns_topic.topic", to: "aws_sns_topic.other" }];

    expect(differences({ resource: { aws_sqs_queue: { queue } }, moved })).toEqual([
      expect.stringMatching(/^state address changed: aws_sns_topic\.topic is gone, and Terraform destroys/),
      "state address changed: moved.aws_sns_topic.topic is new",
    ]);
  });

  it("says when a moved block may go", () => {
    const moved = [{ from: "aws_sqs_queue.inbox", to: "aws_sqs_queue.queue" }];

    expect(describeDifferences(recordAddresses({ ...stack, moved }), stack)).toEqual([
      "state address changed: moved.aws_sqs_queue.inbox is gone: right where every environment has applied the " +
        "move, elsewhere Terraform replaces the resource",
    ]);
  });
});

describe(expectRecordedAddresses, () => {
  let root: string;
  const file = join("__tests__", "stacks", "state-addresses", "example.txt");
  const test = join("__tests__", "stacks", "example.test.ts");

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "state-addresses-"));
    mkdirSync(join(root, "__tests__", "stacks", "state-addresses"), { recursive: true });
    symlinkSync(resolve("node_modules"), join(root, "node_modules"));
    writeFileSync(join(root, file), record.replace("name=2d1003be", "name=00000000"));
    writeFileSync(
      join(root, test),
      `import { it } from "vitest";
import { expectRecordedAddresses } from ${JSON.stringify(resolve("__tests__/support/state-addresses.ts"))};
it("is as recorded", () => expectRecordedAddresses(${JSON.stringify(stack)}, "example"));`,
    );
  });
  afterAll(() => rmSync(root, { recursive: true }));

  /** In a project of its own, since `-u` is a choice of the whole run. */
  function runVitest(...args: string[]) {
    const vitest = resolve("node_modules", "vitest", "vitest.mjs");
    return spawnSync(process.execPath, [vitest, "run", test, "--no-color", ...args], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
  }

  it("fails with all differences and with the command that accepts them, which does", () => {
    const stale = runVitest();
    expect(stale.status).toBe(1);
    expect(stale.stderr).toContain(
      `Error: ${file} differs:
aws_sqs_queue.queue changed
  name is now "intake"
Where all of this is meant: npx vitest run ${test} -u
`,
    );

    expect(runVitest("-u").status).toBe(0);
    expect(readFileSync(join(root, file), "utf8")).toBe(record);
    expect(runVitest().status).toBe(0);
  }, 60_000);
});
