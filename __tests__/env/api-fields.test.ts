import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, pathsOf, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { parseEnvironment } from "../../env/load-environment.ts";
import { loadEnvironment } from "../support/environments.ts";

const dev = loadEnvironment("dev");

interface Changes {
  readonly name?: string;
  readonly paths?: unknown;
  readonly stageVariables?: unknown;
  readonly bindings?: unknown;
}

/** dev with further APIs, and what is wrong with it then. */
function problemsWith(...added: readonly Changes[]): string[] {
  const third = { ...dev.apis[0], name: "statements", document: "statements.openapi.json", bindings: {} };
  const data = { ...dev, apis: [...dev.apis, ...added.map((changes) => ({ ...third, ...changes }))] };
  try {
    parseEnvironment("dev", data);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split("\n").slice(1);
  }
}

/** What is found is shown where it stands: not where the path is the default of the API's name. */
const overlap = (at: string, own: string, other: string, of: string) =>
  `  ${at}: its path ${own} overlaps ${other} of ${of}: the proxy could not decide which API a request is for${at.includes(".paths") ? `, got "${own}"` : ""}`;
const pathForm =
  "must be a path such as /statements: whole segments of letters, digits and ._,:-, without parameters and without a slash at the end";

describe(pathsOf, () => {
  it("are those that the environment names, or else the one of the API's name", () => {
    expect(pathsOf({ name: "statements", paths: ["/a", "/b/c"] })).toEqual(["/a", "/b/c"]);
    expect(pathsOf({ name: "statements" })).toEqual(["/statements"]);
  });

  it("are the same for the two APIs between which a size decides", () => {
    expect(dev.apis.map(({ name }) => pathsOf({ name }))).toEqual([[SHARED_PATH], [SHARED_PATH]]);
  });
});

describe("the paths of an environment's APIs", () => {
  it.each([
    ["its name's", [{}]],
    ["several of one API", [{ paths: ["/statements", "/a.b/c-d/e_f:g,h"] }]],
    ["of two APIs side by side", [{ paths: ["/a/b"] }, { name: "others", paths: ["/a/c", "/ab"] }]],
    ["something longer than the shared one", [{ paths: [`${SHARED_PATH}-archive`] }]],
  ])("may be %s", (_, added) => {
    expect(problemsWith(...added)).toEqual([]);
  });

  it.each<[string, Changes[], string[]]>([
    [
      "two with one path",
      [{ paths: ["/a"] }, { name: "others", paths: ["/b", "/a"] }],
      [overlap("apis[3].paths[1]", "/a", "/a", 'apis[2].paths[0] ("statements")')],
    ],
    [
      "one below another's",
      [{ paths: ["/a"] }, { name: "others", paths: ["/a/b"] }],
      [overlap("apis[3].paths[0]", "/a/b", "/a", 'apis[2].paths[0] ("statements")')],
    ],
    [
      "one above another's",
      [{ paths: ["/a/b"] }, { name: "others", paths: ["/a"] }],
      [overlap("apis[3].paths[0]", "/a", "/a/b", 'apis[2].paths[0] ("statements")')],
    ],
    [
      "one that another has by its name",
      [{}, { name: "others", paths: ["/statements/of"] }],
      [overlap("apis[3].paths[0]", "/statements/of", "/statements", 'apis[2] ("statements")')],
    ],
    [
      "one that is another's by its own name",
      [{ paths: ["/others"] }, { name: "others" }],
      [overlap("apis[3]", "/others", "/others", 'apis[2].paths[0] ("statements")')],
    ],
    [
      "one of the two that share theirs",
      [{ paths: [`${SHARED_PATH}/p-1`] }],
      [
        overlap("apis[2].paths[0]", `${SHARED_PATH}/p-1`, SHARED_PATH, `apis[0] ("${SMALL_API}")`),
        overlap("apis[2].paths[0]", `${SHARED_PATH}/p-1`, SHARED_PATH, `apis[1] ("${LARGE_API}")`),
      ],
    ],
    ["none", [{ paths: [] }], ["  apis[2].paths: needs a path, got []"]],
    ["no list", [{ paths: "/a" }], ['  apis[2].paths: must be a list of paths, got "/a"']],
    ...["statements", "/", "/a/", "//a", "/a//b", "/{a}", "/a b", "/a/..", "/./a", "/a?b", "/a'b", "/ä"].map(
      (path): [string, Changes[], string[]] => [
        path,
        [{ paths: [path] }],
        [`  apis[2].paths[0]: ${pathForm}, got ${JSON.stringify(path)}`],
      ],
    ),
  ])("must not be %s", (_, added, problems) => {
    expect(problemsWith(...added)).toEqual(problems);
  });

  it("can't be given to the two APIs that share theirs", () => {
    const apis = dev.apis.map((api) => ({ ...api, paths: [SHARED_PATH] }));
    const shared = `must be removed: ${SMALL_API} and ${LARGE_API} share the path ${SHARED_PATH}, and the payload's size decides between them, got ["${SHARED_PATH}"]`;

    expect(() => parseEnvironment("dev", { ...dev, apis })).toThrow(
      new UserError(`env/dev.ts has 2 problems:\n  apis[0].paths: ${shared}\n  apis[1].paths: ${shared}`),
    );
  });
});

describe("stage variables", () => {
  it.each([
    ["none", {}],
    ["names and values with every character that API Gateway takes", { aZ_09: "aZ0-9-._~:/?#&=," }],
    ["the longest", { ["n".repeat(64)]: "v".repeat(512) }],
    ["a hundred", Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`v${index}`, "x"]))],
  ])("may be %s", (_, stageVariables) => {
    expect(problemsWith({ stageVariables })).toEqual([]);
  });

  const names = "must be 1 to 64 letters, digits and underscores";
  const values =
    "must be 1 to 512 letters, digits and the characters -._~:/?#&=, that API Gateway allows, got";
  it.each<[string, unknown, string]>([
    ["a name with a hyphen", { "a-b": "c" }, `  apis[2].stageVariables["a-b"]: ${names}`],
    ["an empty name", { "": "c" }, `  apis[2].stageVariables[""]: ${names}`],
    ["a name of 65", { ["n".repeat(65)]: "c" }, `  apis[2].stageVariables.${"n".repeat(65)}: ${names}`],
    ["an empty value", { a: "" }, `  apis[2].stageVariables.a: ${values} ""`],
    ["a blank", { a: "b c" }, `  apis[2].stageVariables.a: ${values} "b c"`],
    ["a brace", { a: "${b}" }, `  apis[2].stageVariables.a: ${values} "\${b}"`],
    ["a percent sign", { a: "%7B" }, `  apis[2].stageVariables.a: ${values} "%7B"`],
    ["a line break at the end", { a: "b\n" }, `  apis[2].stageVariables.a: ${values} "b\\n"`],
    [
      "a number",
      { a: 1 },
      "  apis[2].stageVariables.a: must be 1 to 512 letters, digits and the characters -._~:/?#&=, that API Gateway allows, got 1",
    ],
  ])("must not have %s", (_, stageVariables, problem) => {
    expect(problemsWith({ stageVariables })).toEqual([problem]);
  });

  it("must not be too many, or too long", () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`v${index}`, "x"]));

    expect(problemsWith({ stageVariables: many })).toEqual([
      "  apis[2].stageVariables: must be at most 100, the limit of AWS",
    ]);
    expect(problemsWith({ stageVariables: { a: "v".repeat(513) } })).toEqual([
      expect.stringContaining(`  apis[2].stageVariables.a: ${values} "vvv`),
    ]);
  });
});

describe("what belongs to another account or region", () => {
  const elsewhere = "us-east-1:999999999999";

  it.each([
    ["bucket.a", "arn:aws:s3:::a.b-c"],
    ["deliveryStream.a", `arn:aws:firehose:us-east-1:${dev.accountId}:deliverystream/a`],
    ["eventBus.a", `arn:aws:events:${elsewhere}:event-bus/aws.partner/a/b`],
    ["function.a", `arn:aws:lambda:${elsewhere}:function:a_b-c`],
    ["function.a", `arn:aws:lambda:${dev.region}:999999999999:function:a`],
    ["key.a", `arn:aws:kms:${elsewhere}:key/mrk-0123456789abcdef0123456789abcdef`],
    ["key.a", `arn:aws:kms:${elsewhere}:alias/a/b`],
    ["queue.a", `arn:aws:sqs:${elsewhere}:a.fifo`],
    ["stateMachine.a", `arn:aws:states:us-east-1:${dev.accountId}:stateMachine:a`],
    ["stream.a", `arn:aws:kinesis:${elsewhere}:stream/a`],
    ["table.a", `arn:aws:dynamodb:${elsewhere}:table/a.b`],
    ["topic.a", `arn:aws:sns:${elsewhere}:a`],
    ["userPool.a", `arn:aws:cognito-idp:${elsewhere}:userpool/us-east-1_Ab1`],
  ])("may be bound by its ARN: %s", (placeholder, arn) => {
    expect(problemsWith({ bindings: { [placeholder]: { kind: "external", arn } } })).toEqual([]);
  });

  it.each([
    ["us-gov-west-1", "arn:aws-us-gov:sqs:us-gov-east-1:999999999999:a", []],
    ["cn-north-1", "arn:aws-cn:sqs:cn-north-1:999999999999:a", []],
    [
      "us-gov-west-1",
      "arn:aws:sqs:us-east-1:999999999999:a",
      [
        '  apis[0].bindings["queue.a"].arn: is in the partition aws, but an API in us-gov-west-1 can call only resources of the partition aws-us-gov, got "arn:aws:sqs:us-east-1:999999999999:a"',
      ],
    ],
  ])("is of the environment's own partition: %s %s", (region, arn, problems) => {
    const [api] = dev.apis;
    const data = { ...dev, region, apis: [{ ...api, bindings: { "queue.a": { kind: "external", arn } } }] };
    const found = () => {
      try {
        return parseEnvironment("dev", data) && "";
      } catch (error) {
        return String(error);
      }
    };

    expect(
      found()
        .split("\n")
        .filter((line) => line.includes("queue.a")),
    ).toEqual(problems);
  });
});
