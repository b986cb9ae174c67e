import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindPlaceholders } from "../../openapi/bind-placeholders.ts";
import type { Json } from "../../openapi/json.ts";
import { resolvePointer } from "../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { OpenApiError } from "../../openapi/openapi-error.ts";
import { listPlaceholders, placeholderProblems } from "../../openapi/placeholders.ts";
import { itHolds } from "../support/property.ts";
import { integrationPointer, s3Document } from "./documents.ts";

const values = {
  "bucket.files": "${aws_s3_bucket.files.id}",
  "role.writer": "${TfToken[TOKEN.12]}",
  account: "111111111111",
  region: "eu-west-1",
  partition: "aws",
};

function documentOf(text: Json): OpenApiDocument {
  return { openapi: "3.0.1", paths: { "/a": { description: text } } };
}

function textOf(document: OpenApiDocument): Json | undefined {
  return resolvePointer(document, "/paths/~1a/description");
}

function problemsOf(document: OpenApiDocument, given: Record<string, string>) {
  try {
    bindPlaceholders(document, given);
  } catch (error) {
    if (error instanceof OpenApiError) return error.problems;
    throw error;
  }
  return undefined;
}

/** What Terraform makes of a quoted template without interpolations. */
function terraformReads(text: string): string {
  return text
    .replaceAll("$${", "\0")
    .replaceAll("%%{", "\u0001")
    .replaceAll("\0", "${")
    .replaceAll("\u0001", "%{");
}

describe(listPlaceholders, () => {
  it("lists each name with the pointers of the texts that hold it", () => {
    expect(listPlaceholders(s3Document())).toEqual(
      new Map([
        ["partition", [`${integrationPointer}/uri`]],
        ["region", [`${integrationPointer}/uri`]],
        ["bucket.files", [`${integrationPointer}/uri`]],
        ["role.writer", [`${integrationPointer}/credentials`]],
        [
          "account",
          [`${integrationPointer}/requestParameters/integration.request.header.x-amz-expected-bucket-owner`],
        ],
      ]),
    );
  });

  it("lists a name once for a text that holds it twice, and in every text", () => {
    const document: OpenApiDocument = { ...documentOf("{{a}}{{a}}"), tags: ["{{a}}"] };

    expect(listPlaceholders(document)).toEqual(new Map([["a", ["/paths/~1a/description", "/tags/0"]]]));
  });
});

describe(bindPlaceholders, () => {
  it("puts values in and leaves path parameters alone", () => {
    const bound = bindPlaceholders(s3Document(), values);

    expect(resolvePointer(bound, `${integrationPointer}/uri`)).toBe(
      "arn:aws:apigateway:eu-west-1:s3:path/${aws_s3_bucket.files.id}/{item}",
    );
    expect(resolvePointer(bound, `${integrationPointer}/credentials`)).toBe("${TfToken[TOKEN.12]}");
  });

  it("leaves the given document as it is", () => {
    const document = s3Document();

    bindPlaceholders(document, values);

    expect(document).toEqual(s3Document());
  });

  it("escapes both of Terraform's introducers in texts and keys, and in nothing else", () => {
    const document: OpenApiDocument = {
      ...documentOf("${a} %{b} $c {d} #set($x = 1)"),
      "x-${a}": { "%{b}": 1 },
    };

    const bound = bindPlaceholders(document, {});

    expect(textOf(bound)).toBe("$${a} %%{b} $c {d} #set($x = 1)");
    expect(bound).toMatchObject({ "x-$${a}": { "%%{b}": 1 } });
  });

  it("does not look for placeholders in values", () => {
    const bound = bindPlaceholders(documentOf("{{a}} {{b}}"), { a: "{{b}}", b: "x" });

    expect(textOf(bound)).toBe("{{b}} x");
  });

  it("reports unknown and unused names at once, with places, known names and advice", () => {
    const document: OpenApiDocument = { ...documentOf("{{role.a}} {{role.b}}"), tags: ["{{role.a}}"] };

    const thrown = problemsOf(document, { "role.b": "x", "role.c": "x" });

    expect(thrown).toEqual([
      {
        rule: "placeholder-unknown",
        pointer: "/paths/~1a/description",
        message:
          "no value for {{role.a}} (also at /tags/0); bind it, or correct its name; bound names: role.b, role.c",
      },
      {
        rule: "placeholder-unused",
        pointer: "",
        message:
          'the document has no placeholder for "role.c"; remove the binding, or correct its name; placeholders of the document: role.a, role.b',
      },
    ]);
  });

  it("puts in parts of what is bound, of which a document may name any", () => {
    const document = documentOf("{{queue.a.account}}/{{queue.a.name}} {{topic.b}}");
    const given = {
      "queue.a": "q",
      "queue.a.account": "1",
      "queue.a.name": "q",
      "queue.a.arn": "arn",
      "topic.b": "t",
      "topic.b.arn": "arn",
    };

    expect(textOf(bindPlaceholders(document, given))).toBe("1/q t");
  });

  it("names bindings, and not their parts, where one is unused or unknown", () => {
    const document = documentOf("{{queue.b.arn}}");

    expect(problemsOf(document, { "queue.a": "q", "queue.a.arn": "x" })).toMatchObject([
      {
        rule: "placeholder-unknown",
        message: "no value for {{queue.b.arn}}; bind it, or correct its name; bound names: queue.a",
      },
      {
        rule: "placeholder-unused",
        message: expect.stringContaining(
          'no placeholder for "queue.a"; remove the binding, or correct its name; placeholders of the document: queue.b',
        ),
      },
    ]);
  });

  it("says what to do with a name of what has only parts, since it is another account's", () => {
    expect(problemsOf(documentOf("{{topic.a}}"), { "topic.a.arn": "x", "topic.a.name": "y" })).toEqual([
      {
        rule: "placeholder-unknown",
        pointer: "/paths/~1a/description",
        message:
          "no value for {{topic.a}}; topic.a is bound to something in another account, which has only parts such as {{topic.a.arn}}: import the document with --foreign keep, or bind topic.a to something in this account",
      },
    ]);
  });

  it("lets region and partition go unused", () => {
    expect(problemsOf(documentOf("a"), { region: "eu-west-1", partition: "aws" })).toBeUndefined();
  });

  it("takes no value from an object's prototype", () => {
    expect(problemsOf(documentOf("{{constructor}}"), {})?.[0]?.rule).toBe("placeholder-unknown");
  });

  it.each(["{{ a }}", "{{a}", "{{A}}", "{{a b}}", "{{}}", "{{a.}}", "{{{a}}}", "{kind.a}}"])(
    "refuses %s",
    (text) => {
      expect(problemsOf(documentOf(text), { a: "x" })).toContainEqual(
        expect.objectContaining({ rule: "placeholder-form", pointer: "/paths/~1a/description" }),
      );
    },
  );

  it("refuses a placeholder in a key and names the key's place", () => {
    const document: OpenApiDocument = { ...documentOf("{{a}}"), info: { "{{a}}": 1 } };

    expect(problemsOf(document, { a: "x" })).toEqual([
      {
        rule: "placeholder-form",
        pointer: "/info/{{a}}",
        message: 'an object key cannot contain a placeholder, got "{{a}}"; move it to a value',
      },
    ]);
  });

  it.each(["$", "%"])(
    "refuses a placeholder behind %s, which would escape a Terraform expression",
    (sign) => {
      expect(problemsOf(documentOf(`a${sign}{{a}}`), { a: "${x.y}" })?.[0]?.rule).toBe("placeholder-form");
    },
  );

  it.each([
    ["an empty value", ""],
    ["a quote, which JSON escapes inside of a Terraform expression", '${x["y"]}'],
    ["a value that ends in a dollar sign", "x$"],
  ])("refuses %s", (_, value) => {
    expect(problemsOf(documentOf("{{a}}{b}"), { a: value })?.[0]?.rule).toBe("placeholder-value");
  });

  const text = fc
    .string({ unit: fc.constantFrom("$", "%", "{", "}", "a", '"', "\\") })
    .filter((t) => !t.includes("{{"));
  itHolds(
    "gives Terraform a text that it reads back as it was, whatever it is",
    fc.property(text, (source) => {
      const bound = textOf(bindPlaceholders(documentOf(source), {}));
      expect(terraformReads(String(bound))).toBe(source);
      expect(String(bound)).not.toMatch(/(?<![$])\$\{|(?<!%)%\{/);
    }),
  );

  const isBindable = (text: string) => placeholderProblems(documentOf(text)).length === 0;
  const part = fc.string({ unit: fc.constantFrom("${", "%{", "a", "}", ".", "/") }).filter(isBindable);
  const value = fc.string({ unit: fc.constantFrom("${", "{{a}}", "%{", "}", "x"), minLength: 1 });
  itHolds(
    "inserts values unchanged between texts that are escaped, whatever they are",
    fc.property(
      part.filter((text) => !text.endsWith("{")),
      value,
      part,
      (before, given, after) => {
        const bound = textOf(bindPlaceholders(documentOf(`${before}{{a}}${after}`), { a: given }));
        const escaped = [before, after].map((t) => String(textOf(bindPlaceholders(documentOf(t), {}))));
        expect(bound).toBe(`${escaped[0]}${given}${escaped[1]}`);
      },
    ),
  );
});
