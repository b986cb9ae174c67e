import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idForms } from "../../../openapi/aws-literals/ids.ts";
import { namedValues } from "../../../openapi/aws-literals/named-values.ts";
import { importDocument } from "../../../openapi/import/import-document.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import { walk } from "../../../openapi/json-pointer.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { OpenApiError } from "../../../openapi/openapi-error.ts";
import { itHolds } from "../../support/property.ts";
import { account, exportWith, serviceUri } from "./exports.ts";
import { arns, hosts, ids, type Plant, plants, type Site, sites } from "./plants.ts";

/** What is wrong with what became of it; nothing where it is replaced, refused with its place, or reported. */
function survival({ core, isForeign }: Plant, text: string, site: Site): string | undefined {
  const planted = site.plant(text);
  try {
    const { document } = importDocument(JSON.stringify(planted), { source: "export.json", account });
    const isKept = JSON.stringify(document).includes(JSON.stringify(text).slice(1, -1));
    if (isForeign && !(site.isDescribed && isKept)) return "is taken for the document's own";
    if (!JSON.stringify(document).toLowerCase().includes(core.toLowerCase())) return undefined;
    if (!site.isDescribed) return "is left where API Gateway reads it";
    const rules = lintDocument(document).map(({ rule }) => rule);
    return rules.includes("described-literal") ? undefined : "is left without a warning";
  } catch (error) {
    if (!(error instanceof OpenApiError)) throw error;
    const places = placesOf(planted, text);
    const isThere = ({ pointer }: { pointer: string }) => places.some((place) => pointer === place);
    return error.problems.every(isThere)
      ? undefined
      : `is refused at ${error.problems.map(({ pointer }) => pointer).join()}`;
  }
}

/** Where a text stands, as a value or as a key. */
function placesOf(document: JsonObject, text: string): string[] {
  return [...walk(document)]
    .filter(({ segments, value }) =>
      [String(segments.at(-1)), String(value)].some((each) => each.includes(text)),
    )
    .map(({ pointer }) => pointer);
}

const isAccessKey = ({ what }: Plant) => what.startsWith("an access key");

describe("a literal of an account, planted into a document", () => {
  it.each(sites.map((site) => [site.where, site] as const))("does not survive in %s", (_, site) => {
    const left = plants.flatMap((each) => {
      const fault = survival(each, each.text, site);
      return fault === undefined ? [] : [`${each.what}, ${each.text}, ${fault}`];
    });

    expect(left).toEqual([]);
  });

  it.each(sites.map((site) => [site.where, site] as const))("is all that is refused in %s", (_, site) => {
    expect(() => importDocument(JSON.stringify(site.plant("harmless")), { source: "a" })).not.toThrow();
  });

  it.each(sites.filter(({ isDescribed }) => isDescribed).map((site) => [site.where, site] as const))(
    "does not keep a document from being imported for what is only described in %s",
    (_, site) => {
      const texts = ["999988887777", "ap-southeast-2", "i-0a1b2c3d", "arn:aws:sqs:eu-west-1:999988887777:a"];

      for (const text of texts) {
        expect(() => importDocument(JSON.stringify(site.plant(text)), { source: "a" })).not.toThrow();
      }
    },
  );

  it.each(ids.filter(isAccessKey))("is not shown where it is an access key: $text", ({ text }) => {
    for (const site of sites) {
      const messages = (() => {
        try {
          const { document } = importDocument(JSON.stringify(site.plant(text)), { source: "a" });
          return lintDocument(document).map(({ message }) => message);
        } catch (error) {
          return [(error as OpenApiError).problems.map(({ message }) => message).join()];
        }
      })();

      expect(messages.join()).not.toContain(text);
    }
  });

  it("is of every form that the table of ids has", () => {
    const planted = new Set(ids.map(({ what }) => what));

    expect(idForms.filter(({ what }) => !planted.has(what))).toEqual([]);
  });
});

const key = "1234abcd-12ab-34cd-56ef-1234567890ab";
const named: Readonly<Record<string, readonly [name: string, value: string]>> = {
  "a table's name": ["TableName", "acme-orders"],
  "a stream's name": ["StreamName", "acme-orders"],
  "a delivery stream's name": ["DeliveryStreamName", "acme-orders"],
  "an event bus's name": ["EventBusName", "acme-orders"],
  "a queue's name": ["QueueName", "acme-orders"],
  "a key's id": ["KmsKeyId", key],
  "a key's alias": ["KMSMasterKeyId", "alias/acme-orders"],
  "an app client's id of a user pool": [["client", "id"].join("_"), "1h57kf5cpq17m0eml12example"],
  "an API's id": ["x-apigw-api-id", "abcde12345"],
};

describe("a value that a key tells, planted into a request", () => {
  const forms: readonly ((name: string, value: string) => Record<string, Record<string, string>>)[] = [
    (name, value) => ({ requestTemplates: { a: `{"${name}" : "${value}", "b": 1}` } }),
    (name, value) => ({ requestTemplates: { a: `{\\"${name}\\":\\"${value}\\"}` } }),
    (name, value) => ({ requestTemplates: { a: `a=1&${name}=${encodeURIComponent(value)}&b=2` } }),
    (name, value) => ({ requestTemplates: { a: `#set($x = "${value}"){"${name}": "$x"}` } }),
    (name, value) => ({ requestTemplates: { a: `<a><${name}>${value}</${name}></a>` } }),
    (name, value) => ({ requestParameters: { [`integration.request.header.${name}`]: `'${value}'` } }),
    (name, value) => ({ requestParameters: { [`integration.request.querystring.${name}`]: `'${value}'` } }),
  ];

  it.each(namedValues)(
    "is replaced or refused: $what, $key",
    ({ what, service = "states", key: keyPattern }) => {
      const [word = "", value = ""] = named[what] ?? expect.fail(`nothing is planted for ${what}`);
      const name = new RegExp(`^${keyPattern}$`, "i").test(word) ? word : "KeyId";
      const left = forms.flatMap((form) => {
        const text = JSON.stringify(
          exportWith({ type: "aws", uri: serviceUri(`${service}:action/Call`), ...form(name, value) }),
        );
        try {
          const { document } = importDocument(text, { source: "a" });
          return JSON.stringify(document).includes(value.replace("alias/", ""))
            ? [JSON.stringify(form(name, value))]
            : [];
        } catch (error) {
          return error instanceof OpenApiError ? [] : [String(error)];
        }
      });

      expect(left).toEqual([]);
    },
  );
});

describe("a planted literal, whatever surrounds it", () => {
  const mark = fc.constantFrom("", " ", '"', "'", "(", "=", ",", "\n", "<", ">", "[", ";", "|", "/", "#");
  const before = fc
    .constantFrom("", "https://", "a=", "\\n", "//", "see ")
    .chain((start) => mark.map((end) => (start === "" ? end : start)));
  const encodings: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => encodeURIComponent(text),
    (text) => encodeURIComponent(`https://${text}/a`),
    (text) => JSON.stringify({ a: text }),
  ];
  const isHost = new Set(hosts.map(({ text }) => text));
  const isArn = new Set(arns.map(({ text }) => text));

  itHolds(
    "does not survive",
    fc.property(
      fc.constantFrom(...plants),
      fc.constantFrom(...sites),
      fc.tuple(before, mark),
      fc.constantFrom(...encodings),
      fc.boolean(),
      (each, site, [start, end], encode, isUpper) => {
        const cased = isUpper && isHost.has(each.text) ? each.text.toUpperCase() : each.text;
        // Placeholders are not written in an encoded text, and an encoded name of an ARN may be another word.
        const text = start + (each.text.includes("{{") ? cased : encode(cased)) + end;
        const core = isArn.has(each.text) ? each.core.replace(/^.*[:/]/, "") : each.core;

        expect(survival({ ...each, core }, text, site)).toBeUndefined();
      },
    ),
    { numRuns: 600 },
  );
});
