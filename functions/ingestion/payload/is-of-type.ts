import { hasSignature, type MediaType } from "../../../domain/media-types.ts";
import { isOfficePackage } from "./is-office-package.ts";

/**
 * Whether bytes are what a media type says: they begin as such files do, and a package holds its main part. Nothing looks
 * further inside, and nothing looks for malware.
 */
export function isOfType(bytes: Uint8Array, type: MediaType): boolean {
  return (
    hasSignature(bytes, type) && (type.container === undefined || isOfficePackage(bytes, type.container))
  );
}
