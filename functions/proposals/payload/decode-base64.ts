/**
 * Decodes canonical base64 (RFC 4648 §4), or returns undefined. `Buffer.from` never fails: characters it
 * can't read are skipped, which only the length betrays; `-` and `_` are read as base64url; and characters
 * beyond ASCII may be read as their low byte.
 */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || Buffer.byteLength(text) !== text.length) {
    return undefined;
  }
  if (text.includes("-") || text.includes("_")) {
    return undefined;
  }
  const bytes = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (bytes.length !== (text.length / 4) * 3 - padding) {
    return undefined;
  }
  // Only the last group can hold bits that no byte has.
  const lastGroup = bytes.subarray(bytes.length - (padding === 0 ? 3 : 3 - padding)).toString("base64");
  return text.endsWith(lastGroup) ? bytes : undefined;
}
