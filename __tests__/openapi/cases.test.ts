import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareDocuments } from "../../openapi/compare/compare-documents.ts";
import { importDocument } from "../../openapi/import/import-document.ts";
import type { JsonObject } from "../../openapi/json.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import { OpenApiError } from "../../openapi/openapi-error.ts";

const folder = "__tests__/fixtures/cases";

interface Case {
  readonly name: string;
  readonly expect: {
    /** `ok`, `refused`, or one of them and what else holds, in words. */
    readonly import?: string;
    /** `error`, `warning`, `no error`, or one of them and what else holds, in words. */
    readonly lint?: string;
    /** Texts that are nowhere in the imported document. */
    readonly absent?: readonly string[];
  };
  /** Where it is not there, other files are compared or read. */
  readonly input?: JsonObject;
}

const cases: Case[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json") && !file.startsWith("input-"))
  .map((file) => ({
    name: file.replace(".json", ""),
    ...JSON.parse(readFileSync(`${folder}/${file}`, "utf8")),
  }));

/** Which rule finds what is wrong in a case, so that nothing else is taken for it. */
const rulesOfCases: Readonly<Record<string, string>> = {
  "authorizer-missing-extension": "security-scheme",
  "authorizer-request-no-identity": "authorizer-identity",
  "cache-key-undeclared": "cache-key-parameter",
  "gateway-response-unknown": "gateway-response-type",
  "host-ip": "host-address",
  "identity-forwarding-without-iam": "identity-forwarding",
  "model-decimal": "model-keyword",
  "model-default": "model-keyword",
  "model-min-items": "model-keyword",
  "model-nullable": "model-keyword",
  "parameter-brackets": "parameter-name",
  "response-primitive-schema": "response-model",
  "security-api-key-other-header": "security-scheme",
  "security-bearer": "security-scheme",
  "security-undeclared-scheme": "undeclared-scheme",
  "timeout-too-short": "integration-timeout",
};

/** What is refused, by its rules; else the document. */
function outcomeOf(text: string) {
  try {
    return { kind: "imported", ...importDocument(text, { source: "export.json" }) } as const;
  } catch (error) {
    if (error instanceof OpenApiError) return { kind: "refused", problems: error.problems } as const;
    throw error;
  }
}

function imported(input: JsonObject) {
  const outcome = outcomeOf(JSON.stringify(input));
  return outcome.kind === "imported" ? outcome : expect.fail(JSON.stringify(outcome.problems));
}

const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");

describe.each(cases.filter(({ input }) => input !== undefined))(
  "$name",
  ({ name, expect: expected, input = {} }) => {
    if (expected.import === "refused") {
      it("is refused with its place", () => {
        const outcome = outcomeOf(JSON.stringify(input));

        expect(outcome).toMatchObject({
          kind: "refused",
          problems: [{ pointer: expect.stringMatching(/^\//) }],
        });
      });
      return;
    }

    if (expected.import?.startsWith("refused, or")) {
      it("is refused, or nothing of the account is left", () => {
        const outcome = outcomeOf(JSON.stringify(input));
        const text = outcome.kind === "imported" ? JSON.stringify(outcome.document) : "";
        // Placeholders are named by the words of what they stand for.
        const left = text.replace(/\{\{[^{}]*\}\}/g, "");

        expect([...(expected.absent ?? []), "acme"].filter((literal) => left.includes(literal))).toEqual([]);
        const kind = /\{\{[a-z]+\./i.exec(expected.import ?? "")?.[0];
        if (outcome.kind === "imported" && kind !== undefined) expect(text).toContain(kind);
      });
    } else {
      it("is imported", () => {
        const { document } = imported(input);
        const kind = /\{\{[a-z]+\./i.exec(expected.import ?? "")?.[0];

        expect(JSON.stringify(document)).toContain(kind ?? "");
      });
    }

    // That one finding is held below.
    if (expected.lint === undefined || name === "vpc-link-stage-variable") return;
    if (expected.lint.startsWith("no")) {
      it(`has ${expected.lint}`, () => {
        const found = lintDocument(imported(input).document);

        expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
      });
      return;
    }

    it(`has the ${expected.lint} of its rule`, () => {
      const found = lintDocument(imported(input).document).map(({ rule, severity }) => `${severity} ${rule}`);

      expect(found).toContain(`${expected.lint} ${rulesOfCases[name]}`);
      if (expected.lint === "warning") expect(found.filter((each) => each.startsWith("error"))).toEqual([]);
    });
  },
);

describe("what else holds of these cases", () => {
  const inputOf = (name: string) => cases.find((each) => each.name === name)?.input ?? expect.fail(name);

  it.each([
    ["endpoint-access-mode-strict", "/x-amazon-apigateway-endpoint-access-mode"],
    ["security-policy-tls10", "/x-amazon-apigateway-security-policy"],
    ["security-policy-without-mode", "/x-amazon-apigateway-security-policy"],
  ])("%s is left out and listed", (name, pointer) => {
    const { document, dropped } = imported(inputOf(name));

    expect(dropped.map((each) => each.pointer)).toContain(pointer);
    expect(document).not.toHaveProperty([pointer.slice(1)]);
  });

  it.each([
    ["payload-format-version", "payloadFormatVersion"],
    ["transfer-mode-buffered", "responseTransferMode"],
  ])("%s loses the key %s", (name, key) => {
    expect(JSON.stringify(imported(inputOf(name)).document)).not.toContain(key);
  });

  it("security-policy-without-mode is an error in a canonical document", () => {
    const document = {
      ...imported(inputOf("security-policy-without-mode")).document,
      "x-amazon-apigateway-security-policy": "SecurityPolicy_TLS13_1_2_2021_06",
    };

    expect(lintDocument(document)).toContainEqual(
      expect.objectContaining({ rule: "security-policy", severity: "error" }),
    );
  });

  it("function-prefix-stage-variable keeps the whole name", () => {
    expect(JSON.stringify(imported(inputOf("function-prefix-stage-variable")).document)).toContain(
      "arn:{{partition}}:lambda:{{region}}:{{account}}:function:orders-${stageVariables.env}/invocations",
    );
  });

  it("parameters-array-in-example keeps its order", () => {
    expect(JSON.stringify(imported(inputOf("parameters-array-in-example")).document)).toContain(
      '"parameters":[{"name":"z"},{"name":"a"}]',
    );
  });

  it("vpc-link-v2-alb has a placeholder for its load balancer", () => {
    expect(JSON.stringify(imported(inputOf("vpc-link-v2-alb")).document)).toMatch(
      /"integrationTarget":"\{\{loadBalancer\.\w+\}\}"/,
    );
  });

  it("vpc-link-stage-variable has one finding, of the variables that nobody sets", () => {
    const found = lintDocument(imported(inputOf("vpc-link-stage-variable")).document);

    expect(found).toMatchObject([{ rule: "stage-variable", severity: "warning" }]);
  });

  it("diff-root-security breaks callers", () => {
    const [before, after] = ["input-security-on-operation.json", "input-security-at-root.json"].map(
      (file) => importDocument(read(file), { source: file }).document,
    ) as [never, never];

    expect(compareDocuments(before, after)).toContainEqual(
      expect.objectContaining({ breaking: true, where: "GET /a" }),
    );
  });

  it("swagger-2.0-unquoted is imported", () => {
    expect(outcomeOf(read("input-swagger-2.0-unquoted.yaml")).kind).toBe("imported");
  });
});
