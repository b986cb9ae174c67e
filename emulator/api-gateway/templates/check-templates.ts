import type { Integration } from "../../../openapi/operations.ts";
import { NotExecutedError } from "../not-executed.ts";
import { compileTemplate } from "./compile-template.ts";

/**
 * Reads all templates of an integration before there is a request.
 * @throws NotExecutedError for the first one that is not executed here, with where it stands
 */
export function checkTemplates({ requestTemplates, responses }: Integration): void {
  for (const { source, pointer } of [
    requestTemplates,
    ...responses.map(({ templates }) => templates),
  ].flat()) {
    try {
      compileTemplate(source);
    } catch (error) {
      if (!(error instanceof NotExecutedError)) throw error;
      throw new NotExecutedError(`${error.message} (${pointer})`, error.remedy);
    }
  }
}
