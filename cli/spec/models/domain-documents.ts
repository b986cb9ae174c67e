import { namesOf } from "../../../domain/names.ts";
import type { Domain } from "../../../domain/seam.ts";
import { jsonPointer } from "../../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { largeDocument } from "./large-document.ts";
import { type Models, sentModels, storedModels } from "./record-models.ts";
import { smallDocument } from "./small-document.ts";

export interface DomainDocument {
  /** In `specs/`. */
  readonly file: string;
  readonly document: OpenApiDocument;
  /** Pointers to what the domain alone determines. All else is its owner's, once the document is there. */
  readonly determined: readonly string[];
}

/** The documents of a domain's two APIs, in canonical form. */
export function domainDocuments(domain: Domain): DomainDocument[] {
  const { smallApi, largeApi, sharedPath } = namesOf(domain);
  const item = `${sharedPath}/{${domain.key}}`;
  const body = (path: string) => jsonPointer("paths", path, "post", "requestBody", "content");
  return [
    {
      file: `${smallApi}.openapi.json`,
      document: smallDocument(domain),
      determined: [...modelPointers(sentModels(domain)), ...modelPointers(storedModels(domain)), body(item)],
    },
    {
      file: `${largeApi}.openapi.json`,
      document: largeDocument(domain),
      determined: [
        ...modelPointers(sentModels(domain)),
        body(item),
        ...(domain.plainFiles ? [body(`${item}/files/{fileId}`)] : []),
      ],
    },
  ];
}

function modelPointers(models: Models): string[] {
  return Object.keys(models).map((name) => jsonPointer("components", "schemas", name));
}
