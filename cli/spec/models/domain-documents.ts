import { namesOf } from "../../../domain/names.ts";
import type { Domain } from "../../../domain/seam.ts";
import { jsonPointer } from "../../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { operationsOf } from "../../../openapi/operations.ts";
import { largeDocument } from "./large-document.ts";
import { modelPointer, modelsOf } from "./model-references.ts";
import { type Models, sentModels, storedModels } from "./record-models.ts";
import { smallDocument } from "./small-document.ts";

export interface DomainDocument {
  /** In `specs/`. */
  readonly file: string;
  readonly document: OpenApiDocument;
  /** Of a record. */
  readonly path: string;
  /** Pointers to what the domain alone determines. All else is its owner's, once the document is there. */
  readonly determined: readonly string[];
  readonly ofPlainFiles: PlainFileParts;
}

/** What is in a document where the domain takes plain files, and only there. */
export interface PlainFileParts {
  /** Pointers to operations, and to what models of both kinds of domain say of plain files. */
  readonly parts: readonly string[];
  /** Names of models. */
  readonly models: readonly string[];
}

/** The documents of a domain's two APIs, in canonical form. */
export function domainDocuments(domain: Domain): DomainDocument[] {
  const { smallApi, largeApi, sharedPath } = namesOf(domain);
  const path = `${sharedPath}/{${domain.key}}`;
  const body = (of: string) => jsonPointer("paths", of, "post", "requestBody", "content");
  return [
    {
      file: `${smallApi}.openapi.json`,
      document: smallDocument(domain),
      path,
      determined: [...modelPointers(sentModels(domain)), ...modelPointers(storedModels(domain)), body(path)],
      ofPlainFiles: plainFileParts(domain, smallDocument),
    },
    {
      file: `${largeApi}.openapi.json`,
      document: largeDocument(domain),
      path,
      determined: [
        ...modelPointers(sentModels(domain)),
        body(path),
        ...(domain.plainFiles ? [body(`${path}/files/{fileId}`)] : []),
      ],
      ofPlainFiles: plainFileParts(domain, largeDocument),
    },
  ];
}

function modelPointers(models: Models): string[] {
  return Object.keys(models).map(modelPointer);
}

function plainFileParts(domain: Domain, make: (domain: Domain) => OpenApiDocument): PlainFileParts {
  const withFiles = make({ ...domain, plainFiles: true });
  const without = make({ ...domain, plainFiles: false });
  const others = new Set(operationsOf(without).map(({ pointer }) => pointer));
  return {
    parts: [
      ...operationsOf(withFiles).flatMap(({ pointer }) => (others.has(pointer) ? [] : [pointer])),
      jsonPointer("components", "schemas", "Submission", "properties", "fileId"),
    ],
    models: Object.keys(modelsOf(withFiles)).filter((name) => !Object.hasOwn(modelsOf(without), name)),
  };
}
