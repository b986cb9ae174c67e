import * as z from "zod/mini";
import { JPEG, PDF, PNG } from "../../domain/media-types.ts";
import { defineDomain, exampleFile, file } from "../../domain/seam.ts";

/** A domain of two words, with a file of its own and a list of files. */
export const invoices = defineDomain({
  collection: "unpaid-invoices",
  noun: "unpaid invoice",
  key: "number",
  contract: z.strictObject({
    supplier: z.string().check(z.minLength(1), z.maxLength(32)),
    scan: file([PDF]),
    pages: z.optional(z.array(file([PNG, JPEG])).check(z.maxLength(5))),
  }),
  files: ["scan", "pages.*"],
  mediaTypes: [PDF, PNG, JPEG],
  listedBy: "supplier",
  checks: [],
  plainFiles: true,
  example: { supplier: "s-1", scan: exampleFile(PDF, "scan") },
});
