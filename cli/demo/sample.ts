import { type MediaType, PDF } from "../../domain/media-types.ts";
import { createFile, createSample, type Sample } from "../../domain/sample.ts";
import { createPdf } from "./pdf.ts";

/** The domain's example, whose body is about that many bytes long, with PDFs that viewers open. */
export function createDemoSample(title: string, bodyBytes: number): Sample {
  return createSample({ bodyBytes, mark: title, contentOf: createDemoFile });
}

export function createDemoFile(mediaType: MediaType, title: string, sizeBytes: number): Buffer {
  return mediaType === PDF ? createPdf(title, sizeBytes) : createFile(mediaType, title, sizeBytes);
}
