const plain = /^[\x20-\x7e\t]*$/;

/**
 * Metadata beyond ASCII as Amazon S3 gives it back: by RFC 2047, in the form Q, or B where a character cannot be printed.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 * @param value as HTTP has it: a character for each byte
 */
export function encodeMetadata(value: string): string {
  if (plain.test(value)) return value;
  const bytes = Buffer.from(value, "latin1");
  if (/\p{C}/u.test(bytes.toString())) return `=?UTF-8?B?${bytes.toString("base64")}?=`;
  return `=?UTF-8?Q?${[...bytes].map(encodeByte).join("")}?=`;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === " ") return "_";
  return plain.test(character) && !"=_".includes(character)
    ? character
    : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
