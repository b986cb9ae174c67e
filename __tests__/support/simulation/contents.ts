import { domain } from "../../../domain/domain.ts";
import { hasSignature } from "../../../domain/media-types.ts";
import { createSample } from "../../../domain/sample.ts";
import { aPayload, aRecord, firstFile, toBytes, withFirstFile } from "../function-payloads.ts";
import { aPlainFile } from "../function-records.ts";
import type { Content } from "./check-history.ts";

export type Contents = readonly [Content, ...Content[]];

/** Valid ones, few of them so that contents repeat, and some that break the contract each in its own way. */
export function createContents(): Contents {
  const marked = (index: number): Content => {
    const { body, files } = createSample({ mark: `document ${index}` });
    return { bytes: Buffer.from(body), valid: true, hashes: files.map(({ sha256 }) => sha256) };
  };
  // Of several files only one is another, so that the others stay.
  const sharing = (index: number): Content => {
    const { part, sha256 } = firstFile(`shared ${index}`);
    const others = createSample().files.slice(1);
    return {
      bytes: toBytes(withFirstFile(aRecord(), { data: part.data, sha256 })),
      valid: true,
      hashes: [sha256, ...others.map((file) => file.sha256)],
    };
  };
  const broken = [
    Buffer.from("{"),
    Buffer.from([0xff, 0xfe]),
    aPayload({ [domain.listedBy]: 7 }),
    toBytes(withFirstFile(aRecord(), { data: "no base64" })),
    toBytes(withFirstFile(aRecord(), { contentType: anotherType(firstFile().bytes) })),
  ].map((bytes) => ({ bytes, valid: false, hashes: [] }));
  const twenty = Array.from({ length: 20 }, (_, index) => [marked(index), sharing(index)]).flat();
  return [marked(20), ...twenty, ...broken];
}

/** Plain files, some of which are not what they say. */
export function createPlainContents(): Contents {
  const plain = (index: number): Content => {
    const { bytes, contentType, sha256 } = aPlainFile(String(index));
    const ofFile = { "content-type": contentType, "file-name": `file%20${index}` };
    return { bytes, valid: true, hashes: [sha256], ofFile };
  };
  const { bytes, contentType } = aPlainFile();
  const broken = [
    { bytes, ofFile: { "content-type": anotherType(bytes) } },
    { bytes, ofFile: { "content-type": contentType, "file-name": "%C3" } },
    { bytes: Buffer.alloc(0), ofFile: { "content-type": contentType } },
  ].map((each) => ({ ...each, valid: false, hashes: [] }));
  return [plain(0), ...Array.from({ length: 9 }, (_, index) => plain(index + 1)), ...broken];
}

/** A media type that these bytes are not of. */
function anotherType(bytes: Buffer): string {
  return domain.mediaTypes.find((mediaType) => !hasSignature(bytes, mediaType))?.name ?? "text/html";
}
