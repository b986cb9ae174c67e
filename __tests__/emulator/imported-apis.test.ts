import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ApiGatewayOptions, createApiGateway } from "../../emulator/api-gateway/api-gateway.ts";
import { routeKeyOf } from "../../emulator/api-gateway/routes.ts";
import { unreachablePaths } from "../../openapi/api-routes.ts";
import { bindPlaceholders } from "../../openapi/bind-placeholders.ts";
import { importDocument } from "../../openapi/import/import-document.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import { operationsOf } from "../../openapi/operations.ts";
import { listPlaceholders } from "../../openapi/placeholders.ts";
import { guardsOf } from "../../openapi/security.ts";
import { stageVariableUses } from "../../openapi/stage-variables.ts";
import { findNotExecuted } from "../support/api-gateway.ts";
import { plausibleBackends, TOKEN } from "../support/plausible-backends.ts";
import { sampleRequest } from "../support/sample-request.ts";

const folder = join("__tests__", "fixtures", "exports");
const files = readdirSync(folder);

/** What is not executed here, by file and route, and the reason that is said. Everything else of every file runs. */
const refused: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  "api-key-oas30.json": { "GET /stations": /IAM/ },
  "china-oas30.json": { "POST /teas": /"?sqs/i },
  "cognito-oas30.json": { "GET /members": /Cognito/, "POST /members": /Cognito/ },
  "dynamodb-oas30.json": { "GET /hours/{branchId}": /dynamodb/i, "POST /hours/{branchId}": /dynamodb/i },
  "eventbridge-oas30.json": { "POST /events": /events/i },
  "govcloud-oas30.json": { "POST /notices": /sns/i },
  "kinesis-oas30.json": { "POST /meters/values": /kinesis/i, "POST /meters/archive": /firehose/i },
  "sns-oas30.json": { "POST /delays": /sns/i },
  "sqs-oas30.json": { "POST /returns": /sqs/i },
  "step-functions-oas30.json": { "POST /repairs": /states/i },
  "vpc-link-oas30.json": { "ANY /stock/{proxy+}": /VPC.?link/i, "GET /count": /VPC.?link/i },
  "vpc-link-v2-oas30.json": { "POST /quotes": /VPC.?link/i },
};

/** Of requests that a validator looks at. */
const bodies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["oas30.json", "oas30.yaml", "swagger.json", "swagger.yaml"].map((form) => [
      `bakery-orders-${form} PUT /loaves/{day}`,
      JSON.stringify({ kind: "rye" }),
    ]),
  ),
  "validators-and-models-oas30.json POST /orders": JSON.stringify({
    season: "spring",
    lines: [{ seed: "ABC1234", quantity: 1 }],
  }),
};

const hosts = ["timetable.example.com", "harbours.example.com", "forecast.example.com"];
const apiKey = { id: "partner", value: "a-key-of-twenty-characters" };

function importedFrom(file: string) {
  const { document, literals, home } = importDocument(readFileSync(join(folder, file), "utf8"), {
    source: file,
  });
  const known: Readonly<Record<string, string | undefined>> = {
    ...home,
    ...Object.fromEntries(literals.map(({ placeholder, text }) => [placeholder, text])),
  };
  const values = [...listPlaceholders(document).keys()].map((name) => [name, known[name] ?? name]);
  const bound = bindPlaceholders(document, Object.fromEntries(values));
  // What a body has escaped for Terraform.
  return {
    document: JSON.parse(JSON.stringify(bound).replaceAll("$${", "${").replaceAll("%%{", "%{")),
    home,
  };
}

function optionsOf(file: string, changes: Partial<ApiGatewayOptions> = {}): ApiGatewayOptions {
  const { document, home } = importedFrom(file);
  const variables = stageVariableUses(document).map(({ name }) => [
    name,
    name.endsWith("Host") ? "forecast.example.com" : "v1",
  ]);
  return {
    document,
    deployment: {
      ...{ apiId: "a1b2c3d4e5", accountId: home.account ?? "", region: home.region ?? "", stageName: "v1" },
      stageVariables: Object.fromEntries(variables),
    },
    ...(home.partition && { partition: home.partition }),
    backends: plausibleBackends().backends,
    apiKeys: [apiKey],
    httpHosts: hosts,
    ...changes,
  };
}

const running = files.map((file) => {
  const skip = Object.keys(refused[file] ?? {});
  const options = optionsOf(file);
  const routes = operationsOf(options.document).filter((operation) => !skip.includes(routeKeyOf(operation)));
  return { file, skip, options, routes };
});

describe("each export, imported", () => {
  it.each(running)("runs, but for what is refused by name: $file", ({ file, options }) => {
    const notExecuted = findNotExecuted(options).map(({ method, path, reason }) => [
      `${method} ${path}`,
      reason,
    ]);

    expect(Object.fromEntries(notExecuted)).toEqual(
      Object.fromEntries(
        Object.entries(refused[file] ?? {}).map(([route, reason]) => [route, expect.stringMatching(reason)]),
      ),
    );
  });

  it.each(running.filter(({ routes }) => routes.length > 0))(
    "answers a request to each route that is not refused, with credentials: $file",
    async ({ file, routes, options, skip }) => {
      for (const operation of routes) {
        const gateway = createApiGateway({ ...options, skip });
        const route = routeKeyOf(operation);
        const body = bodies[`${file} ${route}`];

        const { status, body: answer } = await gateway(
          sampleRequest(options.document, operation, {
            headers: { Authorization: TOKEN, "X-Report-Key": TOKEN, "x-api-key": apiKey.value },
            ...(body !== undefined && { body }),
          }),
        );

        expect(status, `${route}: ${answer}`).toBeLessThan(300);
      }
    },
  );
});

/** What has to be said or mended before one of them is started as an API of an environment; nothing of all others. */
const before: Readonly<Record<string, Partial<ReturnType<typeof beforeStart>>>> = {
  "greedy-any-oas30.json": { unreachable: ["/"] },
  "lambda-alias-oas30.json": { stageVariables: ["alias"] },
  "stage-variables-oas30.json": { stageVariables: ["tidesFunction", "forecastHost", "version"] },
  "statement-upload-s3-oas30.json": { lintErrors: ["s3-error-as-success"] },
  "vpc-link-oas30.json": { stageVariables: ["vpcLinkId", "stockHost"] },
};

function beforeStart(file: string) {
  const { document } = importDocument(readFileSync(join(folder, file), "utf8"), { source: file });
  const firstSegments = operationsOf(document).map(({ path }) => `/${path.split("/")[1]}`);
  return {
    lintErrors: lintDocument(document)
      .filter(({ severity }) => severity === "error")
      .map(({ rule }) => rule),
    stageVariables: stageVariableUses(document)
      .filter(({ required }) => required)
      .map(({ name }) => name),
    // The proxy sends an API what is at or below the first segments of its paths, and nothing to / itself.
    unreachable: unreachablePaths(
      document,
      firstSegments.filter((path) => path !== "/"),
    ),
  };
}

describe("before one is started as an API of an environment", () => {
  it.each(files)("%s asks for what the table says, and for nothing else", (file) => {
    const nothing = { lintErrors: [], stageVariables: [], unreachable: [] };

    expect(beforeStart(file)).toEqual({ ...nothing, ...before[file] });
  });
});

describe("what is guarded", () => {
  const guarded = files.flatMap((file) => {
    const { document } = importedFrom(file);
    const skip = Object.keys(refused[file] ?? {});
    return operationsOf(document)
      .filter((operation) => guardsOf(document, operation.value).length > 0)
      .filter((operation) => !skip.includes(routeKeyOf(operation)))
      .map((operation) => [file, routeKeyOf(operation)] as const);
  });

  it("is there in several of the files", () => {
    expect(guarded.length).toBeGreaterThan(5);
  });

  it.each(guarded)("%s: %s lets nobody in without credentials, or with wrong ones", async (file, route) => {
    const { backends, called } = plausibleBackends();
    const options = optionsOf(file, { backends, skip: Object.keys(refused[file] ?? {}) });
    const operation = operationsOf(options.document).find((each) => routeKeyOf(each) === route);
    const gateway = createApiGateway(options);

    for (const value of [undefined, "", "wrong", "Bearer wrong"]) {
      const headers =
        value === undefined ? {} : { Authorization: value, "X-Report-Key": value, "x-api-key": value };
      const { status } = await gateway(
        sampleRequest(options.document, operation ?? expect.fail(), { headers }),
      );

      expect([401, 403]).toContain(status);
    }
    expect(called).toEqual([]);
  });
});

describe("what runs by choice alone", () => {
  it("asks for keys where an API has a method with one", () => {
    expect(findNotExecuted(optionsOf("api-key-oas30.json", { apiKeys: [] }))).toContainEqual(
      expect.objectContaining({ path: "/readings", remedy: expect.stringContaining("--api-key") }),
    );
  });

  it("asks for the hosts that an API calls", () => {
    const notExecuted = findNotExecuted(optionsOf("http-proxy-oas30.json", { httpHosts: [] }));

    expect(notExecuted.map(({ path }) => path)).toEqual(["/timetable/{proxy+}", "/stops"]);
    for (const { remedy } of notExecuted) expect(remedy).toContain("--allow-host timetable.example.com");
  });
});
