import { namesOf } from "../../../domain/names.ts";
import type { Domain } from "../../../domain/seam.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import { isJsonObject, objectAt } from "../../../openapi/json.ts";
import { contractModel } from "./contract-model.ts";
import { wordsOf } from "./words.ts";

/** Survives an export, so that it still says where a change belongs. */
export const GENERATED = "Written by npm run spec -- models.";

/** The models that follow from the domain, by name. */
export type Models = Readonly<Record<string, JsonObject>>;

export const text = (description: string): JsonObject => ({ description, type: "string" });

/** What is sent, in the documents of both APIs. */
export function sentModels(domain: Domain): Models {
  const { modelName } = namesOf(domain);
  const description = `${wordsOf(domain).capitalizedA} as senders send it. ${GENERATED}`;
  return { [modelName]: { title: modelName, ...contractModel(domain.contract), description } };
}

/** What is answered: a record with the metadata of each file where the file stood, and a file of its own. */
export function storedModels(domain: Domain): Models {
  const { key, contract, files, plainFiles } = domain;
  const { one } = wordsOf(domain);
  const record = files
    .map((place) => place.split("."))
    .reduce((model, place) => replaceAt(model, place, storedFileModel), contractModel(contract));
  const required = Array.isArray(record["required"]) ? record["required"] : [];
  return {
    Record: {
      title: "Record",
      description: `A stored ${one}; its files are referred to by hash. ${GENERATED}`,
      type: "object",
      properties: {
        ...objectAt(record, "properties"),
        [key]: text(`Identifier of the ${one}.`),
        ...submissionProperties,
        ...(plainFiles && {
          files: {
            description: `The first files that were sent to the ${one} without JSON around them.`,
            type: "array",
            items: { $ref: "#/components/schemas/StoredFile" },
          },
        }),
      },
      required: [key, ...required, ...Object.keys(submissionProperties)],
    },
    ...(plainFiles && { StoredFile: plainFileModel(domain) }),
  };
}

const submissionProperties = {
  submissionId: text("The submission that was stored."),
  receivedAt: text("When the submission was received, as in RFC 3339."),
};

function plainFileModel(domain: Domain): JsonObject {
  const { key, mediaTypes } = domain;
  const stored = storedFileModel({
    properties: { fileName: text("Name of the file."), contentType: mediaTypeModel(mediaTypes) },
  });
  const required = Array.isArray(stored["required"]) ? stored["required"] : [];
  return {
    ...stored,
    title: "StoredFile",
    description: `A stored file that was sent without JSON around it. ${GENERATED}`,
    properties: {
      [key]: text(`Identifier of the ${wordsOf(domain).one}.`),
      fileId: text("Identifier of the file."),
      ...objectAt(stored, "properties"),
      ...submissionProperties,
    },
    required: [key, "fileId", ...required, ...Object.keys(submissionProperties)],
  };
}

function mediaTypeModel(mediaTypes: Domain["mediaTypes"]): JsonObject {
  return { type: "string", enum: mediaTypes.map(({ name }) => name) };
}

/** Of what is sent of a file, its bytes give way to what is known of them. */
function storedFileModel(sent: JsonObject): JsonObject {
  const { fileName, contentType } = objectAt(sent, "properties");
  const properties = {
    ...(fileName !== undefined && { fileName }),
    ...(contentType !== undefined && { contentType }),
    sha256: {
      ...text("SHA-256 of the file's bytes, in lower-case hexadecimal."),
      pattern: "^[0-9a-f]{64}$",
    },
    sizeBytes: { description: "Size in bytes.", type: "integer", minimum: 0 },
    path: text("Path of the file's bytes in the API for large payloads."),
  };
  return {
    description: "The stored file.",
    type: "object",
    properties,
    required: Object.keys(properties),
  };
}

/** A model with another one at a place: `photos.*` is what is in a list. */
function replaceAt(
  model: JsonObject,
  [step, ...rest]: readonly string[],
  replace: (model: JsonObject) => JsonObject,
): JsonObject {
  if (step === undefined) return replace(model);
  const key = step === "*" ? "items" : step;
  const parent = step === "*" ? model : objectAt(model, "properties");
  const part = parent[key];
  if (!isJsonObject(part)) return model;
  const replaced = { ...parent, [key]: replaceAt(part, rest, replace) };
  return step === "*" ? replaced : { ...model, properties: replaced };
}
